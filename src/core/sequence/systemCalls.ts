/**
 * The system calls that carry a step out, as strace(1) would show them, with the answers that they have where
 * nothing fails. Left out: close(2), looks at what is there already, and folders that are made on the way.
 * Pure; the private mirror of src/init. Called by stepwise.ts.
 */
import { capabilityNames } from '../procfs/capabilities';
import type { AnsweredCall } from '../../protocol/steps';
import * as files from './fileCalls';
import * as mounts from './mountCalls';
import * as processes from './processCalls';
import { type StartPlan, type Step, pidPlaceholder } from './step';
import { Trace, quoted } from './straceText';
import { offsetText } from './timeOffsets';

/** What is the same for all steps of a plan. */
export interface CallFacts {
  readonly byHand: boolean;
  /** Its path on the host. */
  readonly rootfs: string;
  /** Of PID 1; `$pid` until it is known. */
  readonly pid: string;
  /** What setsid(2) answers. */
  readonly session: string;
  /** A process between the monitor and PID 1. */
  readonly hasStage: boolean;
  /** PID 1 moves to its cgroup. */
  readonly moves: boolean;
  /** The folder of the cgroup in which PID 1 is born. */
  readonly cgroup: string | undefined;
  readonly follows: 'binds' | 'root' | undefined;
  /** What PID 1 leaves once it is there: its cgroup namespace, its clocks. */
  readonly later: { readonly cgroup: boolean; readonly offsets: string | undefined };
  /** Of the person whom root inside is, where no map is a step of its own. */
  readonly own: { readonly uid: number; readonly gid: number } | undefined;
  /** Capabilities that PID 1 has in its bounding set. */
  readonly bounding: readonly string[];
  readonly variables: number;
  /** Descriptors of the monitor, and of PID 1, and that of the root of the container. */
  readonly monitor: readonly number[];
  readonly pid1: readonly number[];
  readonly root: number;
}

/** What a plan does not say. */
export interface KnownOfHost {
  readonly rootfs: string;
  readonly pid?: number | undefined;
  readonly own?: { readonly uid: number; readonly gid: number };
  /** All that Linux 5.12 has unless given. */
  readonly bounding?: readonly string[];
}

export function callFacts(plan: StartPlan, host: KnownOfHost): CallFacts {
  const { unshare, switchUser, join } = plan;
  const hasStage = join !== undefined || switchUser !== undefined;
  const moves = plan.cgroup !== undefined && (hasStage || plan.cgroup.isThere);
  const cgroup = moves ? undefined : plan.cgroup?.folder;
  const opener = asksForSources(plan);
  const isFree = (taken: readonly number[]) => (one: number) => !taken.includes(one);
  // 0 to 6 are given to it; 5, where the plan was, and 7 are the two ends of PID 1’s words.
  const monitor = [0, 1, 2, 3, 4, 5, 6, 7, ...(opener ? [8, 9] : [])];
  const free = [8, 9, 10, 11].filter(isFree(monitor));
  const stage = hasStage ? free.slice(0, 2) : cgroup === undefined ? [] : free.slice(0, 1);
  const pid1 = [0, 1, 2, 3, 4, 5, 6, ...(opener ? [9] : []), ...stage];
  const root = [8, 9, 10, 11, 12].find(isFree(pid1))!;
  const pid = host.pid === undefined ? '$pid' : String(host.pid);
  return {
    byHand: plan.way === 'hand',
    rootfs: host.rootfs,
    pid,
    session: unshare.types.includes('pid') ? '1' : pid,
    ...{ hasStage, moves, cgroup, root, monitor },
    pid1: [...pid1, root],
    follows: unshare.follows,
    later: {
      cgroup: unshare.types.includes('cgroup'),
      offsets: unshare.offsets && offsetText(unshare.offsets),
    },
    own: host.own,
    bounding: host.bounding ?? capabilityNames.map((name) => `CAP_${name}`),
    variables: plan.env.length,
  };
}

/** As prepare_sources of sources.c decides. */
function asksForSources(plan: StartPlan): boolean {
  const changesIds =
    plan.switchUser !== undefined ||
    plan.rootInside !== undefined ||
    plan.writeIdMaps.some(({ kind }) => kind === 'write');
  return plan.rootfs.some(
    (step) =>
      step.kind === 'bind' &&
      step.source.startsWith('/') &&
      step.source !== '/dev/null' &&
      (changesIds || step.mapped !== undefined),
  );
}

/** Of one step; where it is for what is not there, it makes none of them. */
export function systemCalls(step: Step, facts: CallFacts): AnsweredCall[] {
  const trace = new Trace(step.where === 'host' ? facts.monitor : facts.pid1);
  add(trace, step, facts);
  return trace.calls;
}

function add(trace: Trace, step: Step, facts: CallFacts): unknown {
  switch (step.kind) {
    case 'mount':
      return facts.byHand
        ? mounts.mountByHand(trace, step)
        : mounts.filesystemCalls(trace, step, facts);
    case 'bind':
      if (facts.byHand) return mounts.mountByHand(trace, step);
      if (step.id === 'bind-rootfs') return rootfs(facts, trace);
      return mounts.bindCalls(trace, step, facts);
    case 'overlay':
      trace.close(facts.root);
      return mounts.overlayCalls(trace, step, facts);
    case 'bindEach':
      return mounts.bindEachCalls(trace, step, facts);
    case 'remount':
      return mounts.remountCalls(trace, step, facts);
    case 'propagation':
      return mounts.propagationCalls(trace, step, facts);
    case 'write':
      return write(trace, step, facts);
    case 'register':
      return files.registerCalls(trace, step, facts);
    case 'deviceFilter':
      return processes.deviceFilterCalls(trace, step);
    case 'createFiles':
      return files.createFilesCalls(trace, step, facts);
    case 'createFolder':
      return files.createFolderCalls(trace, step, facts);
    case 'mkdir':
      return trace.add(`mkdir(${quoted(step.folder)}, 0755)`);
    case 'symlinks':
      return files.symlinksCalls(trace, step, facts);
    case 'copy':
      return files.copyCalls(trace, step, facts);
    case 'mknod':
      return files.mknodCalls(trace, step, facts);
    case 'chown':
      return files.chownCalls(trace, step, facts);
    case 'join':
      return processes.joinCalls(trace, step);
    case 'unshare':
      return facts.byHand
        ? processes.unshareByHand(trace, step, facts)
        : processes.cloneCalls(trace, step, facts);
    case 'setsid':
      return processes.setsidCalls(trace, step, facts);
    case 'switchUser':
      return processes.switchUserCalls(trace, step);
    case 'scheduler':
      return processes.schedulerCalls(trace, step);
    case 'ioPriority':
      return processes.ioPriorityCalls(trace, step);
    case 'personality':
      return processes.personalityCalls(trace, step);
    case 'rlimits':
      return processes.limitCalls(trace, step);
    case 'dropPrivileges':
      return processes.dropPrivilegesCalls(trace, step, facts);
    case 'filter':
      return processes.filterCalls(trace, step);
    case 'environment':
      return undefined; // of a script alone
    case 'execute':
      return processes.executeCalls(trace, step, facts);
    case 'idMap':
      return processes.idMapCalls(trace, step, facts);
    case 'setName':
      return files.setNameCalls(trace, step);
    case 'loopback':
      return files.loopbackCalls(trace);
    case 'pivotRoot':
      return trace.add(`fchdir(${facts.root})`).add('pivot_root(".", ".")');
    case 'umountOldRoot':
      return trace.add('umount2(".", MNT_DETACH)').add('chdir("/")');
  }
}

/** The descriptor of the root is what this step opens. */
function rootfs(facts: CallFacts, trace: Trace): void {
  trace.close(facts.root);
  mounts.rootfsCalls(trace, facts);
}

function write(trace: Trace, step: Extract<Step, { kind: 'write' }>, facts: CallFacts): void {
  const file = step.file.replace(pidPlaceholder, facts.pid);
  if (step.id !== 'enter-cgroup') {
    // As the maps are written, without a newline (identity.c).
    trace.write(file, step.file.includes(pidPlaceholder) ? step.text : `${step.text}\n`);
  } else if (facts.moves) {
    trace.write(file, facts.pid);
    if (facts.later.cgroup) processes.leaveCgroups(trace);
  }
  // Otherwise PID 1 is born there (clone(2), CLONE_INTO_CGROUP).
}
