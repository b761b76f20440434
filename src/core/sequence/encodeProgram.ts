/**
 * A plan as the words that terrarium-init reads (src/init/plan.c says what each means), ended by a NUL each:
 * what the commands of `toArgv` do, as data for system calls.
 */
import path from 'node:path';
import { cloneFlags } from '../config/namespaceTypes';
import { programOperation } from './programOperation';
import { offsetWords } from './timeOffsets';
import {
  type StartPlan,
  type Step,
  type StepOf,
  limitsOpenFiles,
  pidPlaceholder,
  stepsOf,
} from './step';
import { idMapText } from './userNamespace';

/** What the helper knows beside the plan. */
export interface ProgramFacts {
  readonly rootfs: string;
  /** Soft limit of open files where config.json sets none: the caller's own. */
  readonly openFiles?: number;
  /** The terminal of PID 1, absolute; the program has it on 0, 1 and 6 already where this is left out. */
  readonly tty?: string;
  /** Of the person who starts it, without root and without a range of ids. */
  readonly uid: number;
  readonly gid: number;
  /** The absolute path of newuidmap(1) or newgidmap(1). */
  readonly toolOf: (name: string) => string;
  /** It waits before each step. */
  readonly stepwise?: boolean;
}

/** What stands before a plan on descriptor 5 of the program, which does not wait for the end of what it reads there. */
export function lengthWord({ length }: Buffer): Buffer {
  return Buffer.from(`${length}\0`);
}

/** @returns what descriptor 5 gives then; a config.json has 1 MiB at most, and the program takes 16 */
export function encodeProgram(plan: StartPlan, facts: ProgramFacts): Buffer {
  const words = [
    ...['terrarium-init', '1'],
    ...settings(plan, facts),
    ...['steps', ...steps(plan), 'end'],
  ];
  return Buffer.from(words.map((word) => `${word}\0`).join(''));
}

function settings(
  plan: StartPlan,
  { rootfs, openFiles, tty, uid, gid, toolOf, stepwise }: ProgramFacts,
): string[] {
  const { join, switchUser, unshare, payload, cgroup, umask } = plan;
  const index = indexIn(plan);
  const pivot = plan.pivot[0];
  return [
    ...['rootfs', rootfs],
    ...plan.rootfs.flatMap((step) =>
      step.kind === 'overlay'
        ? ['layer', path.posix.resolve(rootfs, step.layer), index(step), labelOf(step)]
        : [],
    ),
    ...['namespaces', cloneFlags(unshare.types)],
    ...(join ? ['join', ...counted(join.paths, ([type, path]) => [cloneFlags([type]), path])] : []),
    ...(switchUser ? ['person', String(switchUser.uid), String(switchUser.gid)] : []),
    ...(unshare.mapRootUser ? ['selfmap', String(uid), String(gid)] : []),
    ...plan.writeIdMaps.flatMap((step) => idMap(step, index(step), toolOf)),
    ...(cgroup ? ['cgroup', cgroup.folder, cgroup.isThere ? '0' : '1'] : []),
    ...(tty === undefined ? [] : ['tty', tty]),
    ...['terminal', plan.session.takesTerminal ? '1' : '0'],
    ...(unshare.offsets ? ['timeoffsets', ...offsetWords(unshare.offsets)] : []),
    ...['follows', String(['nothing', 'binds', 'root'].indexOf(unshare.follows ?? 'nothing'))],
    ...['unshare', index(unshare)],
    ...['session', index(plan.session)],
    ...(plan.rootInside ? ['become', index(plan.rootInside)] : []),
    ...(pivot ? ['pivot', index(pivot)] : []),
    ...(umask === undefined ? [] : ['umask', String(parseInt(umask, 8))]),
    ...(openFiles === undefined || limitsOpenFiles(plan) ? [] : ['openfiles', String(openFiles)]),
    ...plan.dropPrivileges.flatMap((step) =>
      step.kind === 'filter' ? ['seccomp', String(step.flags), step.program] : [],
    ),
    ...(stepwise ? ['stepwise', ...ownSteps(plan).map(index)] : []),
    ...['cwd', path.posix.resolve('/', plan.cwd)],
    ...['environment', ...counted(plan.env, (one) => [one])],
    ...['arguments', ...counted(payload.args, (one) => [one])],
  ];
}

/** What the program does beside those steps that it is told as such, and before which it can wait. */
function ownSteps({ rootfs, pivot }: StartPlan): Step[] {
  return [
    ...rootfs.filter(({ id }) => id === 'bind-rootfs' || id === 'overlay-rootfs'),
    ...pivot.filter(({ kind }) => kind === 'umountOldRoot'),
  ];
}

/** Numbers of the steps in their plan: reports name them by these. */
function indexIn(plan: StartPlan): (step: Step) => string {
  const numbers = new Map(stepsOf(plan).map((step, index) => [step, String(index)]));
  return (step) => numbers.get(step) ?? '0';
}

function idMap(step: Step, index: string, toolOf: ProgramFacts['toolOf']): string[] {
  if (step.kind === 'write') {
    const kind = step.file === `/proc/${pidPlaceholder}/uid_map` ? 'uidmap' : 'gidmap';
    return [kind, index, step.text];
  }
  if (step.kind !== 'idMap') return [];
  const ranges = idMapText(step.mappings).split(/\s/);
  return [
    step.id === 'map-uid' ? 'uidtool' : 'gidtool',
    index,
    toolOf(step.tool),
    ...counted(ranges, (one) => [one]),
  ];
}

function steps(plan: StartPlan): string[] {
  const index = indexIn(plan);
  const encode = (phase: 'before' | 'inside' | 'drop', all: readonly Step[]) =>
    all.flatMap((step) =>
      programOperation(step).flatMap(({ kind, words }) => [
        ...['step', index(step), phase, guardOf(step), step.cwd ?? ''],
        ...[kind, String(words.length), ...words],
      ]),
    );
  return [
    // The last one moves a shell into it; PID 1 is born there (clone(2), CLONE_INTO_CGROUP).
    ...encode('before', plan.cgroup?.steps.slice(0, -1) ?? []),
    ...encode('inside', plan.rootfs),
    ...encode('drop', plan.dropPrivileges),
  ];
}

/** How many reports each step makes, by its number: some are more than one operation, or none. */
export function reportsOf(plan: StartPlan): number[] {
  return stepsOf(plan).map((step) => programOperation(step).length);
}

/** What a container's kernel files are mounted on is not to be moved by a link (CVE-2023-27561). */
const plainPlaces = /^\/(proc(\/.*)?|sys(\/.*)?|dev)$/;

function guardOf(step: Step): string {
  if (step.guard?.startsWith('if-directory:')) return 'directory';
  if (step.guard?.startsWith('if-file:')) return 'file';
  const mounts = step.kind === 'mount' || step.kind === 'bind';
  return mounts && step.name === '.' && plainPlaces.test(step.cwd ?? '') ? 'plain' : '';
}

function counted<T>(all: readonly T[], words: (one: T) => string[]): string[] {
  return [String(all.length), ...all.flatMap(words)];
}

/** Of the files of a mount, for the machine's security module; empty for none. */
function labelOf({ options }: StepOf<'overlay'>): string {
  return options.find((one) => one.startsWith('context='))?.slice('context='.length) ?? '';
}
