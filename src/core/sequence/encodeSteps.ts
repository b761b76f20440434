/** Steps as the positional parameters of the fixed scripts (steps.sh, init.sh). */
import { batchMounts, fstabFields } from './batchMounts';
import { type StartPlan, type Step, isPinned, limitsOpenFiles, readonlyShell } from './step';
import { toArgv } from './toArgv';

/**
 * @param firstIndex number of the first step in the whole plan: reports name steps by it
 * @returns INDEX GUARD CWD COUNT ARG... for each step, then `end`; COUNT is `@N` for one that is held
 */
export function encodeSteps(steps: readonly Step[], firstIndex: number): string[] {
  return [
    ...steps.flatMap((step, offset) => [
      String(firstIndex + offset),
      step.guard ?? '',
      step.cwd ?? '',
      ...counted(toArgv(step), isPinned(step) ? '@' : ''),
    ]),
    'end',
  ];
}

/** Nothing that follows needs these to be done; the script waits for them at its end. */
const aside = new Set<Step['kind']>(['copy', 'symlinks', 'setName', 'loopback']);

/**
 * The mount of PID 1's shell touches nothing that the others do, unless one of them binds a path of the
 * machine that may hold the shell: then the order decides what is bound.
 */
function isShellAlone({ id }: Step, steps: readonly Step[]): boolean {
  return id === readonlyShell && !steps.some(bindsOfMachine);
}

/** A mount whose source is a path of the machine, but for its devices. */
function bindsOfMachine(step: Step): boolean {
  if ((step.kind !== 'mount' && step.kind !== 'bind') || step.id === readonlyShell) return false;
  return step.source.startsWith('/') && !step.source.startsWith('/dev/');
}

/**
 * The same, as quick as a shell can: mounts are made together (one exec of mount(8) on an fstab),
 * and what nothing waits for runs beside the rest. Where the mounts fail together the script names
 * the one that did.
 * @returns as `encodeSteps`; COUNT is `fstab` for a mount that is only written down, and `&N` for a
 *   step beside the others; `flush` in place of a step makes what is written down, and +INDEX stands
 *   for one more mount of the same step
 */
export function encodeBatched(steps: readonly Step[], firstIndex: number): string[] {
  const { roles, flushBefore } = batchMounts(steps);
  const flush = (index: number) => (flushBefore.has(index) ? ['flush'] : []);
  const words = steps.flatMap((step, index) => {
    const number = String(firstIndex + index);
    const guard = step.guard ?? '';
    const role = roles[index]!;
    if (role.kind === 'defer') {
      const lines = role.mounts.flatMap((mount, nth) => [
        ...[`${nth ? '+' : ''}${number}`, guard, role.folder, 'fstab', String(role.slot)],
        ...fstabFields(mount),
      ]);
      return [...flush(index), ...lines];
    }
    // Whether there is something to hide is seen when it is there.
    const looks = steps
      .slice(index + 1)
      .some(({ guard, cwd, kind }) => (guard || kind === 'remount') && cwd === step.cwd);
    const isAside = (aside.has(step.kind) && !looks) || isShellAlone(step, steps);
    const how = isPinned(step) ? '@' : isAside ? '&' : '';
    return [...flush(index), number, guard, step.cwd ?? '', ...counted(toArgv(step), how)];
  });
  return [...words, ...flush(steps.length), 'end'];
}

function counted(argv: readonly string[], how: '@' | '&' | ''): string[] {
  return [`${how}${argv.length}`, ...argv];
}

/**
 * The parameters of init.sh after its name.
 * @param openFiles the caller's own soft limit, where this process has another
 */
export function initParameters(plan: StartPlan, rootfs: string, openFiles?: number): string[] {
  return [
    ...[plan.chroot ? rootfs : '', plan.cwd, plan.umask ?? ''],
    openFiles === undefined || limitsOpenFiles(plan) ? '' : String(openFiles),
    ...[...plan.env, '--', ...plan.payload.args],
  ];
}
