/** Turns a parsed bundle into the start sequence. Pure: what it must know of the host comes as facts. */
import type { Bundle } from '../bundle/loadBundle';
import type { CgroupFacts } from '../cgroup/cgroupFacts';
import { type CgroupLayout, notCarriedOut } from '../config/notCarriedOut';
import { remarks } from '../config/remarks';
import type { OciConfig } from '../config/schema';
import { isBind, isCgroupMount } from '../config/mountKinds';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';
import { confineSteps } from './confineSteps';
import type { DeviceFacts } from './deviceFacts';
import { deviceSteps, maskSteps, withDev } from './dressSteps';
import { flagsAt, withFlags } from './mountFlags';
import type { MountFacts, Shells } from './mountSources';
import { mountSteps } from './mountSteps';
import { quietly } from './mountWords';
import { ownDeviceSteps } from './ownDeviceSteps';
import { payloadEnvironment } from './payloadEnvironment';
import { planCgroup } from './planCgroup';
import { type StartPlan, type Step, pidPlaceholder } from './step';
import { sysctlSteps } from './sysctlSteps';
import {
  type IdMapping,
  deniesGroups,
  idMapText,
  mappingsFor,
  requireMapped,
} from './userNamespace';

/** What the plan must know of the machine and of the person; gathered by the helper. */
export interface HostFacts extends Partial<DeviceFacts>, MountFacts {
  readonly privilege: 'root' | 'rootless';
  /** The person's ids: container root is them where there is a user namespace. */
  readonly uid: number;
  readonly gid: number;
  /** Whether the helper is in groups beside its own, which a container gets only if it asks. */
  readonly furtherGroups?: boolean;
  /** Their range in /etc/subuid and /etc/subgid, where `newuidmap` can use it. */
  readonly subuid?: { readonly start: number; readonly count: number };
  readonly subgid?: { readonly start: number; readonly count: number };
  /** The terminal that PID 1 gets: `run` has none to give where its caller has none. */
  readonly tty?: string;
  /** The machine's own nodes at the paths of linux.devices: `c 10:229`. */
  readonly devices: ReadonlyMap<string, string>;
  readonly cgroups: CgroupLayout;
  /** Where config.json asks for a cgroup. */
  readonly cgroup?: CgroupFacts;
}

/** The flags of unshare(1) and nsenter(1), which are the same, by the types of linux.namespaces. */
export const namespaceFlags: Readonly<Record<string, string>> = {
  user: '--user',
  pid: '--pid',
  mount: '--mount',
  uts: '--uts',
  ipc: '--ipc',
  network: '--net',
  cgroup: '--cgroup',
  time: '--time',
};

/**
 * @returns the steps, in order, with what config.json asks for and the built-in engine cannot do.
 * @throws TerrariumError where the configuration cannot mean a container here.
 */
export function planStart(given: Bundle, facts: HostFacts): StartPlan {
  const chroot = given.config.annotations?.['dev.terrarium.root'] === 'chroot';
  if (chroot) requireChroot(given);
  const made = withoutUnmade(given.config, facts.cgroups);
  const config = chroot ? made : withDev(made);
  const bundle: Bundle = { ...given, config };
  const { name } = bundle;
  const wanted = namespacesOf(config, name);
  const added = facts.privilege === 'rootless' && !wanted.has('user');
  if (added) wanted.add('user');
  const userNamespace = wanted.has('user') ? mappingsFor(config, facts) : undefined;
  if (userNamespace) {
    requireMapped(bundle, userNamespace);
    requireOwnProcesses(bundle, wanted);
  }
  const joined = joinedNamespaces(config);
  const created = new Set([...wanted].filter((type) => !joined.has(type)));
  const { process } = config;
  const planned = facts.cgroup && planCgroup(bundle, facts.cgroup);
  const cgroup = planned && 'steps' in planned ? planned : undefined;
  const environment = payloadEnvironment(process.env ?? [], chroot, name);
  const dress: Step[] = [
    ...(process.oomScoreAdj === undefined
      ? []
      : [
          {
            id: 'oom',
            where: 'namespaces' as const,
            argv: ['write_file', String(process.oomScoreAdj), '/proc/self/oom_score_adj'],
            why: 'How soon the kernel ends it when memory runs out',
          },
        ]),
    ...(chroot
      ? []
      : [
          ...shellSteps(facts, environment.needsBash ? 'bash' : 'sh'),
          {
            id: 'bind-rootfs',
            where: 'namespaces' as const,
            argv: ['mount', quietly, '--bind', '.', '.'],
            cwd: '/',
            why: 'Make the rootfs a mount of its own: only a mount can become a root',
          },
        ]),
    ...mountSteps(bundle, facts),
    ...deviceSteps(config, {
      makesDevices: facts.makesDevices === true && userNamespace === undefined,
      hasDeviceLinks: facts.hasDeviceLinks === true,
      console: process.terminal === true ? facts.tty : undefined,
    }),
    ...ownDeviceSteps(config, facts, userNamespace !== undefined),
    ...maskSteps(config, (place) => flagsAt(bundle, place, facts.flags)),
    ...(config.root?.readonly && !chroot
      ? [
          {
            id: 'readonly-root',
            where: 'namespaces' as const,
            argv: ['mount', quietly, '-o', `remount,${readOnly(facts, bundle.rootfs)}`, '.'],
            cwd: '/',
            why: 'Make the root read-only',
          },
        ]
      : []),
    ...propagationSteps(config, chroot),
    ...nameSteps(config, created),
    ...sysctlSteps(config, created),
  ];

  return {
    ...(cgroup ? { cgroup } : {}),
    ...(joined.size ? { join: joinStep(joined) } : {}),
    unshare: {
      id: 'unshare',
      where: 'host',
      argv: [
        'unshare',
        ...Object.keys(namespaceFlags).flatMap((type) =>
          created.has(type) ? [namespaceFlags[type]!] : [],
        ),
        ...(userNamespace?.byUnshare ? ['--map-root-user'] : []),
        '--fork',
        '--kill-child',
      ],
      why:
        `Create the namespaces (${[...created].join(', ')}) and fork the first process into them` +
        (added ? '; the user namespace is what lets you do it without root' : ''),
    },
    map: userNamespace && !userNamespace.byUnshare ? mapSteps(userNamespace, facts) : [],
    ...become(userNamespace, facts),
    dress,
    confine: [
      ...confineSteps(config, {
        furtherGroups: facts.furtherGroups === true,
        mayChangeGroups:
          facts.privilege === 'root' || !userNamespace || !deniesGroups(userNamespace, facts),
        mapped: userNamespace?.byUnshare === false,
      }),
      ...environment.steps,
    ],
    pivot: [
      ...(cgroup?.last ?? []),
      ...(chroot ? [] : pivotSteps(facts, userNamespace !== undefined)),
    ],
    payload: {
      id: 'payload',
      where: 'container',
      argv: chroot ? ['chroot', bundle.rootfs, ...process.args] : process.args,
      why: chroot
        ? 'Change the root for a child of PID 1, as in the notes, and hand over'
        : 'Hand over: this program is PID 1 of the container',
    },
    chroot,
    cwd: process.cwd,
    ...(process.user?.umask === undefined
      ? {}
      : { umask: process.user.umask.toString(8).padStart(4, '0') }),
    env: environment.exported,
    ...(environment.needsBash ? { shell: 'bash' as const } : {}),
    warnings: [
      ...notCarriedOut(given.config, facts.cgroups, facts.privilege).map(({ message }) => message),
      ...(planned && 'warning' in planned ? [planned.warning] : []),
      ...(userNamespace?.byUnshare
        ? [
            'Only root exists inside: no range of further ids can be mapped. “Terrarium: Check This Machine” says how to get one (subordinate-ids).',
          ]
        : []),
      ...(userNamespace?.uid.some(({ hostID }) => hostID === 0)
        ? [
            'Its user namespace maps root inside to root of this machine, so a setuid program made inside is root’s outside too: start it as an ordinary person, or set linux.uidMappings.',
          ]
        : []),
      ...ignoredWarnings(bundle),
    ],
  };
}

/** chroot(2) comes last, by the payload's own user and with its capabilities. */
function requireChroot({ name, config: { process } }: Bundle): void {
  const bounding = process.capabilities?.bounding;
  const given = process.capabilities && !bounding?.includes('CAP_SYS_CHROOT');
  if (process.user.uid === 0 && !given) return;
  const what = given
    ? 'capabilities without CAP_SYS_CHROOT in the bounding set'
    : `user ${process.user.uid}`;
  throw new TerrariumError(
    'chroot-privilege',
    `“${visible(name)}” asks for chroot and for ${what}: chroot(2) needs root and that capability, and what runs as the payload has given them up by then.`,
    'Remove the annotation dev.terrarium.root for pivot_root, or run it as root with CAP_SYS_CHROOT.',
  );
}

/**
 * What is to be said at a start whichever engine makes it.
 * @param runtime the one that gets the whole document
 */
export function ignoredWarnings({ config, ignored = [] }: Bundle, runtime?: string): string[] {
  const passedOn = runtime ? `, and ${runtime} is given it as it is` : '';
  return [
    ...remarks(config).map(({ message }) => message),
    ...ignored.map((key) => `${key} is a key that Terrarium does not know${passedOn}.`),
  ];
}

function namespacesOf(config: OciConfig, name: string): Set<string> {
  const types = new Set<string>();
  for (const namespace of config.linux?.namespaces ?? []) {
    if (namespace.path !== undefined && !joinFlags[namespace.type]) {
      throw new TerrariumError(
        'namespace-path',
        `“${name}” asks to join the ${namespace.type} namespace at ${namespace.path}; the built-in engine makes that one anew.`,
        'Remove "path" from that entry of linux.namespaces in config.json, or set dev.terrarium.engine to "crun" or "runc".',
      );
    }
    types.add(namespace.type);
  }
  if (!types.has('mount')) {
    throw new TerrariumError(
      'mount-namespace-missing',
      `“${name}” has no mount namespace, so its mounts would be made on this machine itself.`,
      'Add { "type": "mount" } to linux.namespaces in config.json.',
    );
  }
  return types;
}

/** The kernel makes a procfs for who owns the PID namespace that it shows (mount_capable in fs/super.c). */
function requireOwnProcesses({ name, config }: Bundle, wanted: ReadonlySet<string>): void {
  const mount = config.mounts.find((one) => one.type === 'proc' && !isBind(one));
  if (!mount || wanted.has('pid')) return;
  throw new TerrariumError(
    'pid-namespace-missing',
    `“${visible(name)}” mounts a procfs at ${visible(mount.destination)} in a user namespace without a pid namespace: it would show the processes of this machine, which the kernel allows its root only.`,
    'Add { "type": "pid" } to linux.namespaces in config.json, or remove that mount.',
  );
}

/** What can be entered before the rest is made: the mounts and processes of another are not ours to use. */
const joinFlags: Partial<Record<string, string>> = {
  network: '--net',
  ipc: '--ipc',
  uts: '--uts',
  cgroup: '--cgroup',
  time: '--time',
};

function joinedNamespaces(config: OciConfig): Map<string, string> {
  return new Map(
    config.linux.namespaces.flatMap(({ type, path }) =>
      path === undefined ? [] : [[type, path] as const],
    ),
  );
}

function joinStep(joined: ReadonlyMap<string, string>): Step {
  return {
    id: 'join',
    where: 'host',
    argv: ['nsenter', ...[...joined].map(([type, path]) => `${joinFlags[type]!}=${path}`)],
    why: `Enter the namespaces that exist already (${[...joined.keys()].join(', ')})`,
  };
}

/** Mounts of the container are private to it from the start: only what narrows that is left to do. */
function propagationSteps(config: OciConfig, chroot: boolean): Step[] {
  const wanted = config.linux.rootfsPropagation;
  if (chroot || wanted === undefined || !/^r?(private|unbindable)$/.test(wanted)) return [];
  return [
    {
      id: 'rootfs-propagation',
      where: 'namespaces',
      argv: ['mount', quietly, `--make-${wanted}`, '.'],
      cwd: '/',
      why: 'Pass on no mount of the root',
    },
  ];
}

/** A cgroup mount is left out where the machine has no cgroup v2 alone, which notCarriedOut says. */
function withoutUnmade(config: OciConfig, cgroups: CgroupLayout): OciConfig {
  if (cgroups === 'v2') return config;
  const mounts = config.mounts.filter(
    (mount) => !(isCgroupMount(mount) && mount.type === 'cgroup'),
  );
  return { ...config, mounts };
}

/**
 * PID 1 waits as the machine's shell, and what it executes first may be that very file, by way of
 * /proc/self/exe (CVE-2019-5736).
 */
function shellSteps(facts: HostFacts, name: keyof Shells): Step[] {
  const shell = facts.shells?.[name];
  if (shell === undefined) return [];
  return [
    {
      id: 'readonly-shell',
      where: 'namespaces',
      argv: ['mount', quietly, '-o', readOnly(facts, shell), shell, shell],
      why: 'Lend PID 1 the shell that it waits in: read-only, for the container can get at that file',
    },
  ];
}

/** Of something of the host's, with what its mount has already. */
function readOnly({ flags }: HostFacts, file: string): string {
  return withFlags(['bind', 'ro'], flags.get(file)).join(',');
}

function becomeStep(uid: number, gid: number): Step {
  return {
    id: 'become-person',
    where: 'host',
    argv: [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--pdeathsig=KILL',
      '--',
    ],
    why: 'Be you from here on: the user namespace will be yours, and what it writes too',
  };
}

function mapSteps(mappings: { uid: IdMapping[]; gid: IdMapping[] }, facts: HostFacts): Step[] {
  return (['uid', 'gid'] as const).map((kind) => ({
    id: `map-${kind}`,
    where: 'host',
    argv:
      facts.privilege === 'root'
        ? ['write_file', idMapText(mappings[kind]), `/proc/${pidPlaceholder}/${kind}_map`]
        : [
            `new${kind}map`,
            pidPlaceholder,
            ...mappings[kind].flatMap((m) => [m.containerID, m.hostID, m.size].map(String)),
          ],
    why: `Say which ${kind === 'uid' ? 'user' : 'group'} inside is which outside: inside, outside, how many`,
  }));
}

function become(
  mappings: { uid: IdMapping[]; gid: IdMapping[] } | undefined,
  facts: HostFacts,
): Pick<StartPlan, 'become'> {
  if (!mappings || facts.privilege !== 'root') return {};
  const [uid, gid] = [rootOutside(mappings.uid), rootOutside(mappings.gid)];
  if (uid === undefined || gid === undefined) {
    throw new TerrariumError(
      'mapping-without-root',
      'linux.uidMappings and gidMappings in config.json leave out id 0, which the start sequence needs inside.',
      'Add a mapping with "containerID": 0.',
    );
  }
  return uid === 0 && gid === 0 ? {} : { become: becomeStep(uid, gid) };
}

function rootOutside(mappings: readonly IdMapping[]): number | undefined {
  const found = mappings.find((m) => m.containerID <= 0 && m.containerID + m.size > 0);
  return found?.hostID;
}

/**
 * PID 1 keeps waiting while its root is switched under it: pivot_root(2) moves the root of every
 * process that had the old one. "." over "." stacks the old root on the new one, where the second
 * nsenter finds it (setns(2) goes to the topmost mount of the root) with all the host's programs;
 * so no program has to run from the new root to get rid of the old.
 */
function pivotSteps(facts: HostFacts, hasUsers: boolean): Step[] {
  const enter = [
    'nsenter',
    `--target=${pidPlaceholder}`,
    // As root of the user namespace: somebody else may own that and lay a program of theirs over ours.
    ...(hasUsers ? ['--user'] : []),
    ...(facts.privilege === 'rootless' ? ['--preserve-credentials'] : []),
    '--mount',
  ];
  return [
    {
      id: 'pivot_root',
      where: 'namespaces',
      argv: [...enter, '--wd', '--', 'pivot_root', '.', '.'],
      why: 'From outside: make the rootfs the root of the mount namespace, the old one on top of it',
    },
    {
      id: 'umount-old-root',
      where: 'namespaces',
      argv:
        facts.privilege === 'rootless'
          ? [...enter, '--', 'umount', quietly, '-l', '/']
          : ['umount', quietly, '-N', pidPlaceholder, '-l', '/'],
      why: 'Take the old root away: nothing of the host is left to see',
    },
  ];
}

/** @param created one that is joined is others' too */
function nameSteps(config: OciConfig, created: ReadonlySet<string>): Step[] {
  const names = { hostname: config.hostname, domainname: config.domainname };
  return Object.entries(names).flatMap(([program, value]) => {
    if (value === undefined || value === '') return [];
    if (!created.has('uts')) {
      throw new TerrariumError(
        'uts-namespace-missing',
        `config.json sets "${program}" without a uts namespace of its own, which would rename this machine.`,
        'Have { "type": "uts" } without "path" in linux.namespaces, or remove that line.',
      );
    }
    return [
      {
        id: program,
        where: 'namespaces' as const,
        argv: [program, value],
        why: `Give the UTS namespace its ${program}`,
      },
    ];
  });
}
