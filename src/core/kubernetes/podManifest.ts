/**
 * The Kubernetes Pod that runs an exported image as config.json says, as far as a Pod can say it; a comment for
 * each thing that it cannot. Pure; used by helper/export. config.json may be a stranger's.
 */
import type { IContainer, IPod } from 'kubernetes-models/v1';
import { portsOf } from '../image/toImageConfig';
import type { OciConfig } from '../config/schema';
import { resourcesOf } from './podResources';
import { podSecurity, securityOf } from './podSecurity';
import { volumesOf } from './podVolumes';
import { type Unsaid, shown } from './unsaid';

export interface PodOptions {
  /** Of the bundle. */
  readonly name: string;
  /** Its folder: sources of binds are relative to it. */
  readonly folder: string;
  readonly image: string;
}

export interface Pod {
  readonly manifest: IPod;
  readonly unsaid: readonly Unsaid[];
}

export function podOf(config: OciConfig, { name, folder, image }: PodOptions): Pod {
  const { process } = config;
  const label = labelOf(name);
  const env = envOf(process.env);
  const resources = resourcesOf(config);
  const security = securityOf(config);
  const pod = podSecurity(config);
  const volumes = volumesOf(config, folder);
  const host = hostnameOf(config.hostname);
  const ports = portsOf(config).map((port) => {
    const [number, protocol = 'tcp'] = port.split('/');
    return { containerPort: Number(number), protocol: protocol.toUpperCase() as 'TCP' };
  });
  const container: IContainer = {
    name: label,
    image,
    // Else a tag “latest” is pulled anew each time, also where the node has it.
    imagePullPolicy: 'IfNotPresent',
    command: process.args.map(literal),
    workingDir: process.cwd,
    env: env.value,
    ports: ports.length > 0 ? ports : undefined,
    stdin: process.terminal || undefined,
    tty: process.terminal || undefined,
    resources: resources.value,
    securityContext: security.value,
    volumeMounts: volumes.mounts.length > 0 ? volumes.mounts : undefined,
  };
  const manifest: IPod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: label },
    spec: {
      restartPolicy: 'Never',
      // Nothing comes in that config.json does not say: no variables of services, no token.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostname: host.value,
      hostUsers: pod.hostUsers,
      securityContext: pod.value,
      containers: [container],
      volumes: volumes.volumes.length > 0 ? volumes.volumes : undefined,
    },
  };
  const parts = [host, env, security, pod, resources, volumes];
  return { manifest, unsaid: [...parts.flatMap(({ unsaid }) => unsaid), ...processOf(config)] };
}

/** A Pod expands `$(NAME)`, and `$$` is a dollar sign: only those are written otherwise. */
function literal(text: string): string {
  return text.replace(/\$(?=[$(])/g, '$$$$');
}

const variableName = /^[-._A-Za-z][-._A-Za-z0-9]*$/;

function envOf(entries: readonly string[]) {
  const unsaid: Unsaid[] = [];
  const values = new Map<string, string>();
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals);
    if (variableName.test(name)) values.set(name, literal(entry.slice(equals + 1)));
    else unsaid.push(['process.env', `a Pod has no variable of the name ${shown(name)}.`]);
  }
  const value = [...values].map(([name, text]) => ({ name, value: text }));
  return { value: value.length > 0 ? value : undefined, unsaid };
}

/** A label of DNS (RFC 1123). */
function labelOf(name: string): string {
  const near = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return near === '' ? 'container' : near;
}

function hostnameOf(hostname: string | undefined): { value?: string; unsaid: Unsaid[] } {
  if (hostname === undefined || hostname === '') return { unsaid: [] };
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostname)) return { value: hostname, unsaid: [] };
  const reason = `a Pod’s name is of small letters, digits and “-”, so it has its own, and not ${shown(hostname)}.`;
  return { unsaid: [['hostname', reason]] };
}

/** Keys of which a Pod has nothing. */
function processOf({ process, domainname }: OciConfig): Unsaid[] {
  const { user, rlimits, oomScoreAdj, scheduler, ioPriority, execCPUAffinity } = process;
  const limits = rlimits?.map(({ type, soft, hard }) => `${type} ${soft}/${hard}`).join(', ');
  const rows: readonly (readonly [key: string, value: unknown, reason: string])[] = [
    ['domainname', domainname, 'a Pod sets no NIS domain.'],
    ['process.user.umask', user.umask, 'the runtime’s umask holds, mostly 0022.'],
    ['process.rlimits', limits, `the runtime’s limits hold, and not ${limits}.`],
    ['process.oomScoreAdj', oomScoreAdj, 'Kubernetes computes it from requests and limits.'],
    ['process.scheduler', scheduler, 'a Pod chooses no scheduling policy.'],
    ['process.ioPriority', ioPriority, 'a Pod has no priority at disks.'],
    ['process.execCPUAffinity', execCPUAffinity, 'the kubelet’s CPU manager chooses processors.'],
  ];
  return rows.flatMap(([key, value, reason]) =>
    value === undefined || value === '' ? [] : [[key, reason] as const],
  );
}
