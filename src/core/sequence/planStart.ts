/** Turns a parsed bundle into the start sequence. Pure: what it must know of the host comes as facts. */
import type { Bundle } from '../bundle/loadBundle';
import type { CgroupLayout } from '../cgroup/cgroupFacts';
import { unsupported } from '../config/unsupported';
import { boundingSet } from '../config/boundingSet';
import { refusesRemount, remountFilter } from '../config/remountFilter';
import { isSystemInit, shutdownWarnings } from '../config/systemInit';
import { namespaceFlagOrder } from '../config/namespaceTypes';
import type { OciConfig } from '../config/schema';
import { isCgroupMount } from '../config/mountKinds';
import { isByHand } from '../config/byHand';
import { type StartWay, startWay } from '../config/startWay';
import { TerrariumError } from '../errors';
import { type SeccompFilter, compileSeccomp } from '../seccomp/compileSeccomp';
import { filterReason } from '../seccomp/filterReason';
import type { SeccompProfile } from '../seccomp/profile';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { withDev } from './deviceSteps';
import { dropPrivileges } from './dropPrivileges';
import { rootfsPropagation, rootfsSteps, sharedRootSteps } from './rootfsSteps';
import type { HostFacts } from './hostFacts';
import {
  switchUserStep,
  idMapSteps,
  mappingWarnings,
  ownerWarnings,
  rootInside,
} from './identitySteps';
import {
  addsUsers,
  emulationWarnings,
  usersOf,
  withMachineSysfs,
  withoutEmulators,
} from './emulationSteps';
import { loopbackWarnings } from './loopback';
import { idMapWarnings } from './idMapWarnings';
import { joinStep, joinedNamespaces, namespacesOf, requireOwn } from './namespaces';
import { payloadEnvironment, withHome } from './payloadEnvironment';
import { pivotSteps } from './pivotSteps';
import { planByHand } from './planByHand';
import { planCgroup } from './planCgroup';
import type { StartPlan, Step, StepOf } from './step';
import { commonWarnings, warningList } from './startWarnings';
import { deniesGroups, requireMapped } from './userNamespace';

/**
 * @param way what is to carry it out; a script that is exported has commands alone
 * @returns the steps, in order, with what config.json asks for and the built-in engine cannot do.
 * @throws TerrariumError where the configuration cannot mean a container here.
 */
export function planStart(
  asked: Bundle,
  known: HostFacts,
  way: StartWay = startWay(asked.config),
): StartPlan {
  if (isByHand(asked.config)) return planByHand(asked, known);
  const { bundle: given, facts, warnings } = withMachineSysfs(asked, known, way);
  requireBounded(given);
  const config = withDev(withoutUnmade(given.config, facts.cgroups));
  const bundle: Bundle = { ...given, config };
  const { name } = bundle;
  const wanted = namespacesOf(config, name);
  const addedByRoot = addsUsers(facts, wanted);
  const added = facts.privilege === 'rootless' && !wanted.has('user');
  if (added || addedByRoot) wanted.add('user');
  const userNamespace = wanted.has('user') ? usersOf(bundle, facts, addedByRoot) : undefined;
  if (userNamespace) {
    requireMapped(bundle, userNamespace);
    requireOwn(bundle, wanted);
  }
  // Root of the machine is who it is told to be before it makes the namespace.
  const becomesRoot = facts.privilege === 'rootless' && userNamespace?.ofRange === true;
  const joined = joinedNamespaces(config);
  const created = new Set([...wanted].filter((type) => !joined.has(type)));
  const { process } = config;
  const planned = facts.cgroup && planCgroup(bundle, facts.cgroup, way, facts.privilege);
  const cgroup = planned && 'steps' in planned ? planned : undefined;
  const variables = withoutEmulators(withHome(process.env, facts.home), facts);
  const environment =
    way === 'program'
      ? { exported: variables, steps: [], needsBash: false }
      : payloadEnvironment(variables, name);
  const isKept = way === 'program' && !userNamespace && refusesRemount(config);
  const profile = isKept ? remountFilter(config) : (given.seccomp ?? config.linux.seccomp);
  const filter = profile && way === 'program' ? compileSeccomp(profile, facts.machine) : undefined;
  const { securityModules: modules = [] } = facts;
  const rootfs = rootfsSteps(bundle, facts, {
    ...{ way, created },
    ...(userNamespace ? { users: userNamespace } : {}),
    needsBash: environment.needsBash,
  });
  return {
    way,
    ...(cgroup ? { cgroup } : {}),
    ...(joined.size ? { join: joinStep(joined) } : {}),
    unshare: {
      id: 'unshare',
      where: 'host',
      kind: 'unshare',
      types: namespaceFlagOrder.filter((type) => created.has(type)),
      mapRootUser: userNamespace?.byUnshare === true,
      keepCaps: becomesRoot,
      ...followed(rootfs),
      ...(created.has('time') && config.linux.timeOffsets
        ? { offsets: config.linux.timeOffsets }
        : {}),
      why:
        `Create the namespaces (${[...created].join(', ')}) and fork the first process into them` +
        (added ? '; the user namespace is what lets you do it without root' : '') +
        (addedByRoot ? '; the user namespace is what lets the container register an emulator' : ''),
    },
    session: sessionStep(config, facts),
    writeIdMaps: userNamespace && !userNamespace.byUnshare ? idMapSteps(userNamespace, facts) : [],
    ...switchUserStep(userNamespace, facts),
    ...(becomesRoot ? { rootInside } : {}),
    rootfs,
    dropPrivileges: [
      ...(way === 'program' ? sharedRootSteps(config) : []),
      ...dropPrivileges(config, {
        furtherGroups: facts.furtherGroups === true,
        mayChangeGroups:
          facts.privilege === 'root' || !userNamespace || !deniesGroups(userNamespace, facts),
        mapped: userNamespace?.byUnshare === false,
      }),
      ...environment.steps,
      ...(profile && filter ? [filterStep(profile, filter, isKept)] : []),
    ],
    pivot: [
      ...(cgroup?.last ?? []),
      ...pivotSteps(facts, userNamespace !== undefined, becomesRoot),
    ],
    payload: {
      id: 'payload',
      where: 'container',
      ...{ kind: 'execute', args: process.args },
      why: 'Hand over: this program is PID 1 of the container',
    },
    cwd: process.cwd,
    ...(process.user?.umask === undefined
      ? {}
      : { umask: process.user.umask.toString(8).padStart(4, '0') }),
    env: environment.exported,
    ...(environment.needsBash ? { shell: 'bash' as const } : {}),
    filterWarnings: filter?.warnings ?? [],
    ...(facts.emulation ? { emulation: facts.emulation } : {}),
    warnings: warningList([
      ...unsupported(asked.config, facts.cgroups, facts.privilege, way, modules).map(
        ({ message }) => message,
      ),
      ...(filter?.warnings.map(({ message }) => message) ?? []),
      ...(planned?.warnings ?? []),
      ...(userNamespace
        ? mappingWarnings(userNamespace)
        : shutdownWarnings(config, isKept, facts.cgroups)),
      ...(way === 'program' ? [] : loopbackWarnings(facts, created)),
      ...ownerWarnings(userNamespace, facts),
      ...idMapWarnings(bundle, facts.privilege, way, userNamespace),
      ...emulationWarnings(bundle, facts, addedByRoot),
      ...warnings,
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

/** Whether something inside is a slave of the machine's mounts: all the others are made private then, one by one. */
function followed(rootfs: readonly Step[]): Pick<StepOf<'unshare'>, 'follows'> {
  const isSlave = (step: Step) =>
    step.id === rootfsPropagation &&
    step.kind === 'propagation' &&
    step.changes.some((change) => change.endsWith('slave'));
  if (rootfs.some(isSlave)) return { follows: 'root' };
  return rootfs.some((step) => step.kind === 'bind' && step.follows) ? { follows: 'binds' } : {};
}

/** Last of all: from then on PID 1 is refused what the payload is refused. */
function filterStep(
  profile: SeccompProfile,
  { flags, hex }: SeccompFilter,
  isOfRemounts: boolean,
): StepOf<'filter'> {
  return {
    id: 'seccomp',
    where: 'namespaces',
    ...{ kind: 'filter', flags, program: hex },
    why: isOfRemounts
      ? 'Refuse to remount a whole file system, which would be the machine’s too ("dev.terrarium.remount": "allowed" lets it)'
      : filterReason(profile, hex.length / 16),
  };
}

/** capset(2): what is kept over an exec cannot go beyond the bounding set. */
function requireBounded({ name, config }: Bundle): void {
  const { inheritable = [], ambient = [] } = config.process.capabilities ?? {};
  const bounding = boundingSet(config);
  const beyond = bounding && [...inheritable, ...ambient].find((one) => !bounding.includes(one));
  if (beyond === undefined) return;
  throw new TerrariumError(
    'capability-beyond-bounding',
    `“${escapeControlCharacters(name)}” wants ${escapeControlCharacters(beyond)} to be kept over an exec, and it is not in "bounding" of process.capabilities.`,
    'Add it to "bounding" in config.json, or remove it from "inheritable" and "ambient".',
  );
}

/** A cgroup mount is left out where the machine has no cgroup v2 alone, which `unsupported` says. */
function withoutUnmade(config: OciConfig, cgroups: CgroupLayout): OciConfig {
  if (cgroups === 'v2') return config;
  const mounts = config.mounts.filter(
    (mount) => !(isCgroupMount(mount) && mount.type === 'cgroup'),
  );
  return { ...config, mounts };
}
