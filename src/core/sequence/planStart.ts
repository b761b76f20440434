/** Turns a parsed bundle into the start sequence. Pure: what it must know of the host comes as facts. */
import type { Bundle } from '../bundle/loadBundle';
import { type CgroupLayout, notCarriedOut } from '../config/notCarriedOut';
import { boundingSet } from '../config/boundingSet';
import { isSystemInit, shutdownWarnings } from '../config/systemInit';
import type { OciConfig } from '../config/schema';
import { isCgroupMount } from '../config/mountKinds';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';
import { asMade } from './batchMounts';
import { confineSteps } from './confineSteps';
import { deviceSteps, maskSteps, withDev } from './dressSteps';
import type { HostFacts } from './hostFacts';
import { become, mapSteps, mappingWarnings, ownerWarnings, rootInside } from './identitySteps';
import { loopbackSteps, loopbackWarnings } from './loopback';
import { flagsAt, withFlags } from './mountFlags';
import type { Shells } from './mountSources';
import { mountSteps } from './mountSteps';
import { joinStep, joinedNamespaces, namespaceFlags, namespacesOf, requireOwn } from './namespaces';
import type { Operation } from './operation';
import { ownDeviceSteps } from './ownDeviceSteps';
import { hasHome, payloadEnvironment } from './payloadEnvironment';
import { pivotSteps } from './pivotSteps';
import { planCgroup } from './planCgroup';
import { type StartPlan, type Step, type StepOf, readonlyShell } from './step';
import { sysctlSteps } from './sysctlSteps';
import { commonWarnings, warningList } from './startWarnings';
import { deniesGroups, mappingsFor, requireMapped } from './userNamespace';

/**
 * @returns the steps, in order, with what config.json asks for and the built-in engine cannot do.
 * @throws TerrariumError where the configuration cannot mean a container here.
 */
export function planStart(given: Bundle, facts: HostFacts): StartPlan {
  const chroot = given.config.annotations?.['dev.terrarium.root'] === 'chroot';
  if (chroot) requireChroot(given);
  requireBounded(given);
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
    requireOwn(bundle, wanted);
  }
  // Root of the machine is who it is told to be before it makes the namespace.
  const becomesRoot = facts.privilege === 'rootless' && userNamespace?.ofRange === true;
  const joined = joinedNamespaces(config);
  const created = new Set([...wanted].filter((type) => !joined.has(type)));
  const { process } = config;
  const planned = facts.cgroup && planCgroup(bundle, facts.cgroup);
  const cgroup = planned && 'steps' in planned ? planned : undefined;
  const environment = payloadEnvironment(withHome(process.env ?? [], facts), chroot, name);
  const dress = asMade([
    ...(process.oomScoreAdj === undefined
      ? []
      : [
          {
            id: 'oom',
            where: 'namespaces' as const,
            ...{
              kind: 'write' as const,
              text: String(process.oomScoreAdj),
              file: '/proc/self/oom_score_adj',
            },
            why: 'Set how early the kernel kills it when memory runs out (OOM score)',
          },
        ]),
    ...(chroot
      ? []
      : [
          ...shellSteps(facts, environment.needsBash ? 'bash' : 'sh'),
          {
            id: 'bind-rootfs',
            where: 'namespaces' as const,
            ...{ kind: 'bind' as const, source: '.', name: '.', options: [] },
            cwd: '/',
            why: 'Bind the rootfs to itself: pivot_root(2) needs a mount point',
          },
        ]),
    ...mountSteps(bundle, facts),
    ...deviceSteps(config, {
      makesDevices: facts.makesDevices === true && userNamespace === undefined,
      hasDeviceLinks: facts.hasDeviceLinks === true,
      console: process.terminal === true ? facts.tty : undefined,
    }),
    ...ownDeviceSteps(config, facts, userNamespace !== undefined),
    ...(facts.missingCwd === undefined || chroot ? [] : [cwdStep(facts.missingCwd)]),
    ...maskSteps(config, (place) => flagsAt(bundle, place, facts.flags)),
    ...(config.root?.readonly && !chroot
      ? [
          {
            id: 'readonly-root',
            where: 'namespaces' as const,
            ...{
              kind: 'remount' as const,
              name: '.',
              options: readOnly(facts, bundle.rootfs),
            },
            cwd: '/',
            why: 'Make the root read-only',
          },
        ]
      : []),
    ...propagationSteps(config, chroot),
    ...nameSteps(config, created, userNamespace !== undefined),
    ...loopbackSteps(facts, created),
    ...sysctlSteps(config, created),
  ]);

  return {
    ...(cgroup ? { cgroup } : {}),
    ...(joined.size ? { join: joinStep(joined) } : {}),
    unshare: {
      id: 'unshare',
      where: 'host',
      kind: 'unshare',
      types: Object.keys(namespaceFlags).filter((type) => created.has(type)),
      mapRootUser: userNamespace?.byUnshare === true,
      keepCaps: becomesRoot,
      why:
        `Create the namespaces (${[...created].join(', ')}) and fork the first process into them` +
        (added ? '; the user namespace is what lets you do it without root' : ''),
    },
    session: sessionStep(config, facts),
    map: userNamespace && !userNamespace.byUnshare ? mapSteps(userNamespace, facts) : [],
    ...become(userNamespace, facts),
    ...(becomesRoot ? { rootInside } : {}),
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
      ...(chroot ? [] : pivotSteps(facts, userNamespace !== undefined, becomesRoot)),
    ],
    payload: {
      id: 'payload',
      where: 'container',
      ...{ kind: 'execute', args: process.args, ...(chroot ? { chroot: bundle.rootfs } : {}) },
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
    warnings: warningList([
      ...notCarriedOut(given.config, facts.cgroups, facts.privilege).map(({ message }) => message),
      ...(planned && 'warning' in planned ? [planned.warning] : []),
      ...(userNamespace ? mappingWarnings(userNamespace) : shutdownWarnings(config, facts.cgroups)),
      ...loopbackWarnings(facts, created),
      ...ownerWarnings(userNamespace, facts),
      ...commonWarnings(bundle),
    ]),
  };
}

/**
 * A signal for a process group, and the hangup of a terminal, cross PID namespaces: without this they
 * would reach unshare(1) outside, and with it end the container (setsid(2), kill(2)). setsid(1) does not
 * fork here: the child of unshare leads no group yet.
 */
function sessionStep(config: OciConfig, { tty }: HostFacts): StepOf<'setsid'> {
  const lead =
    'Start a session and a process group of its own, so that signals to the group stay inside';
  // As the kernel's own init it has none: a getty takes the console, which nobody can take from another
  // session without being root of the machine (ioctl_tty(2), TIOCSCTTY).
  const takes = tty !== undefined && !isSystemInit(config);
  return {
    id: 'session',
    where: 'namespaces',
    ...{ kind: 'setsid', takesTerminal: takes },
    why: takes ? `${lead}; the terminal becomes its controlling terminal` : lead,
  };
}

/** Images rely on it (runc: libcontainer/init_linux.go). An empty one stays, as under crun. */
function withHome(env: readonly string[], { home }: HostFacts): readonly string[] {
  return hasHome(env) ? env : [...env, `HOME=${home ?? '/'}`];
}

/** Before anything becomes read-only: the root, or a folder of readonlyPaths. */
function cwdStep(place: string): Step {
  return {
    id: 'cwd',
    where: 'namespaces',
    kind: 'createFolder',
    cwd: place,
    guard: 'unless-link',
    why: 'Make the working directory of PID 1, where it is missing',
  };
}

/** chroot(2) comes last, by the payload's own user and with its capabilities. */
function requireChroot({ name, config }: Bundle): void {
  const { process } = config;
  const isTaken = boundingSet(config)?.includes('CAP_SYS_CHROOT') === false;
  if (process.user.uid === 0 && !isTaken) return;
  const what = isTaken
    ? 'capabilities without CAP_SYS_CHROOT in the bounding set'
    : `user ${process.user.uid}`;
  throw new TerrariumError(
    'chroot-privilege',
    `“${visible(name)}” asks for chroot and for ${what}: chroot(2) needs root and that capability, and what runs as the payload has given them up by then.`,
    'Remove the annotation dev.terrarium.root for pivot_root, or run it as root with CAP_SYS_CHROOT.',
  );
}

/** capset(2): what is kept over an exec cannot go beyond the bounding set. */
function requireBounded({ name, config }: Bundle): void {
  const { inheritable = [], ambient = [] } = config.process.capabilities ?? {};
  const bounding = boundingSet(config);
  const beyond = bounding && [...inheritable, ...ambient].find((one) => !bounding.includes(one));
  if (beyond === undefined) return;
  throw new TerrariumError(
    'capability-beyond-bounding',
    `“${visible(name)}” wants ${visible(beyond)} to be kept over an exec, and it is not in "bounding" of process.capabilities.`,
    'Add it to "bounding" in config.json, or remove it from "inheritable" and "ambient".',
  );
}

/** Mounts of the container are private to it from the start: only what narrows that is left to do. */
function propagationSteps(config: OciConfig, chroot: boolean): Step[] {
  const wanted = config.linux.rootfsPropagation;
  if (chroot || wanted === undefined || !/^r?(private|unbindable)$/.test(wanted)) return [];
  return [
    {
      id: 'rootfs-propagation',
      where: 'namespaces',
      ...{ kind: 'propagation', name: '.', changes: [wanted] },
      cwd: '/',
      why: `Make the root ${wanted}: its mounts do not propagate`,
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
      id: readonlyShell,
      where: 'namespaces',
      ...{ kind: 'bind', source: shell, name: shell, options: readOnly(facts, shell) },
      why: 'Bind the shell in which PID 1 waits read-only, so that the container cannot write to its file',
    },
  ];
}

/** Of something of the host's, with what its mount has already. */
function readOnly({ flags }: HostFacts, file: string): string[] {
  return withFlags(['ro'], flags.get(file));
}

/** @param created one that is joined is others' too */
function nameSteps(config: OciConfig, created: ReadonlySet<string>, hasUsers: boolean): Step[] {
  const names = { hostname: config.hostname, domainname: config.domainname };
  return Object.entries(names).flatMap(([program, value]): Step[] => {
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
        where: 'namespaces',
        ...nameOperation(program as keyof typeof names, value, hasUsers),
        why: `Set the ${program} of the UTS namespace`,
      },
    ];
  });
}

/**
 * hostname(1) of Debian refuses what sethostname(2) takes: an underscore, a dash or dot at the end. Only a
 * root of the machine may write the file of the kernel (proc_sys_kernel(5)); BusyBox's hostname refuses
 * nothing. domainname(1) takes every name.
 */
function nameOperation(
  program: 'hostname' | 'domainname',
  value: string,
  hasUsers: boolean,
): Operation {
  const label = '[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*';
  const isTaken = new RegExp(`^${label}(?:\\.${label})*$`).test(value);
  if (program !== 'hostname' || isTaken) return { kind: 'setName', program, value };
  return hasUsers
    ? { kind: 'setName', program, value, busybox: true }
    : { kind: 'write', text: value, file: '/proc/sys/kernel/hostname' };
}
