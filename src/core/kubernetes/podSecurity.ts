/** User, capabilities, filters and namespaces of config.json as security contexts. Pure; used by podManifest.ts. */
import type { IPodSecurityContext, ISecurityContext } from 'kubernetes-models/v1';
import type { OciConfig } from '../config/schema';
import { type Unsaid, shown } from './unsaid';

export function securityOf({ process, root, linux }: OciConfig): {
  value: ISecurityContext;
  unsaid: Unsaid[];
} {
  const hasOwnUsers = linux.namespaces.some(({ type }) => type === 'user');
  const capabilities = capabilitiesOf(process.capabilities, hasOwnUsers);
  const labels = seLinuxOf(process.selinuxLabel);
  const { seccomp } = linux;
  const filter: Unsaid = [
    'linux.seccomp',
    'a manifest holds no filter of its own, so the runtime’s holds. A file on each node would be “Localhost”.',
  ];
  return {
    value: {
      runAsUser: process.user.uid,
      runAsGroup: process.user.gid,
      allowPrivilegeEscalation: !process.noNewPrivileges,
      readOnlyRootFilesystem: root.readonly ?? false,
      capabilities: capabilities.value,
      seccompProfile: seccomp ? { type: 'RuntimeDefault' } : undefined,
      appArmorProfile: appArmorOf(process.apparmorProfile),
      seLinuxOptions: labels.value,
    },
    unsaid: [...capabilities.unsaid, ...(seccomp ? [filter] : []), ...labels.unsaid],
  };
}

type Capabilities = OciConfig['process']['capabilities'];

function capabilitiesOf(sets: Capabilities, hasOwnUsers: boolean) {
  if (sets === undefined) return allCapabilities(hasOwnUsers);
  const { bounding = [], effective = [], permitted = [], ambient = [] } = sets;
  const names = (set: readonly string[]) => [...new Set(set)].sort();
  const add = names(bounding).map((name) => name.replace(/^CAP_/, ''));
  const isSame = [effective, permitted].every(
    (set) => String(names(set)) === String(names(bounding)),
  );
  const unsaid: Unsaid[] = [
    ...(isSame
      ? []
      : [['process.capabilities', 'a Pod has one set: here it is the bounding one.'] as const]),
    ...(ambient.length > 0
      ? [['process.capabilities.ambient', 'a Pod gives a user other than root none.'] as const]
      : []),
  ];
  return { value: { drop: ['ALL'], ...(add.length > 0 ? { add } : {}) }, unsaid };
}

/** Without a user namespace they would be root's of the node. */
function allCapabilities(hasOwnUsers: boolean): {
  value: ISecurityContext['capabilities'];
  unsaid: Unsaid[];
} {
  if (hasOwnUsers) return { value: { add: ['ALL'] }, unsaid: [] };
  const reason =
    'config.json names none, and so here root has all. On a node these would be those of the node’s root: the Pod has what its runtime gives. All of them are capabilities: { add: ["ALL"] }.';
  return { value: undefined, unsaid: [['process.capabilities', reason]] };
}

/** https://kubernetes.io/docs/tutorials/security/apparmor: one that nodes have, or none. */
function appArmorOf(profile: string | undefined): ISecurityContext['appArmorProfile'] {
  if (profile === undefined || profile === '') return undefined;
  if (profile === 'unconfined') return { type: 'Unconfined' };
  return { type: 'Localhost', localhostProfile: profile };
}

/** user:role:type:level, of which a level may have a colon. */
function seLinuxOf(label: string | undefined): {
  value?: ISecurityContext['seLinuxOptions'];
  unsaid: Unsaid[];
} {
  if (label === undefined || label === '') return { unsaid: [] };
  const [, user, role, type, level] = /^([^:]+):([^:]+):([^:]+)(?::(.+))?$/.exec(label) ?? [];
  if (user !== undefined) return { value: { user, role, type, level }, unsaid: [] };
  return { unsaid: [['process.selinuxLabel', `${shown(label)} is no USER:ROLE:TYPE:LEVEL.`]] };
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

export function podSecurity(config: OciConfig): {
  value: IPodSecurityContext | undefined;
  hostUsers: false | undefined;
  unsaid: Unsaid[];
} {
  const { process, linux } = config;
  const groups = process.user.additionalGids ?? [];
  const entries = Object.entries(linux.sysctl ?? {});
  const sysctls = entries.flatMap(([name, value]) =>
    sysctlName.test(name) ? [{ name, value }] : [],
  );
  const unsaid = entries.flatMap(([name]) =>
    sysctlName.test(name) ? [] : [['linux.sysctl', `a Pod takes no ${shown(name)}.`] as const],
  );
  const isEmpty = groups.length + sysctls.length === 0;
  return {
    value: isEmpty
      ? undefined
      : {
          supplementalGroups: groups.length > 0 ? groups : undefined,
          sysctls: sysctls.length > 0 ? sysctls : undefined,
        },
    hostUsers: linux.namespaces.some(({ type }) => type === 'user') ? false : undefined,
    unsaid: [...unsaid, ...namespacesOf(linux), ...kernelOf(linux)],
  };
}

type Linux = OciConfig['linux'];

const shares: Readonly<Record<string, string>> = {
  pid: 'hostPID: true would show it the processes of the node.',
  network: 'hostNetwork: true would give it the node’s.',
  ipc: 'hostIPC: true would give it the node’s.',
};

/** What is not in the list is the machine's here. A Pod never gets the node's without being asked. */
function namespacesOf({ namespaces, uidMappings }: Linux): Unsaid[] {
  const has = (type: string) => namespaces.some((one) => one.type === type);
  return [
    ...Object.entries(shares).flatMap(([type, remedy]) =>
      has(type)
        ? []
        : [
            [
              'linux.namespaces',
              `none for “${type}”, so here it is this machine’s; the Pod has its own. ${remedy}`,
            ] as const,
          ],
    ),
    ...namespaces.flatMap(({ type, path }) =>
      path === undefined
        ? []
        : [
            [
              'linux.namespaces',
              `${shown(path)} is joined here; the Pod has its own ${type}.`,
            ] as const,
          ],
    ),
    ...(has('time') ? [['linux.namespaces', 'a Pod has no clocks of its own.'] as const] : []),
    ...(uidMappings?.length
      ? [['linux.uidMappings, gidMappings', 'the kubelet chooses the ids of a Pod.'] as const]
      : []),
  ];
}

function kernelOf(linux: Linux): Unsaid[] {
  const { devices, maskedPaths, readonlyPaths, rootfsPropagation, cgroupsPath } = linux;
  const rows: readonly (readonly [key: string, value: unknown, reason: string])[] = [
    ['devices', devices?.length, 'devices are a plugin’s to give.'],
    ['maskedPaths', maskedPaths?.length, 'the runtime’s own list holds (procMount: Default).'],
    ['readonlyPaths', readonlyPaths?.length, 'the runtime’s own list holds (procMount: Default).'],
    ['rootfsPropagation', rootfsPropagation, 'each volume says it for itself.'],
    ['cgroupsPath', cgroupsPath, 'the kubelet chooses the cgroup.'],
    ['personality', linux.personality, 'a Pod chooses no execution domain.'],
    ['timeOffsets', linux.timeOffsets, 'a Pod has the clocks of its node.'],
    ['intelRdt', linux.intelRdt, 'a Pod has no share of caches.'],
    ['memoryPolicy', linux.memoryPolicy, 'the kubelet’s memory manager chooses nodes.'],
    ['mountLabel', linux.mountLabel, 'seLinuxOptions labels the volumes of a Pod.'],
    ['netDevices', linux.netDevices, 'interfaces are a plugin’s to give.'],
  ];
  return rows.flatMap(([key, value, reason]) =>
    value === undefined || value === 0 || value === '' ? [] : [[`linux.${key}`, reason] as const],
  );
}
