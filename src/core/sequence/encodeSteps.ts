/** Steps as the positional parameters of the fixed scripts (steps.sh, release.sh). */
import { batchMounts, fstabWords } from './batchMounts';
import { type StartPlan, type Step, readonlyShell } from './step';

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
      `${step.held ? '@' : ''}${step.argv.length}`,
      ...step.argv,
    ]),
    'end',
  ];
}

/** Nothing that follows needs these to be done; the script waits for them at its end. */
const aside = new Set(['cp', 'make_links', 'hostname', 'domainname', 'ip', 'ifconfig', 'busybox']);

/**
 * The mount of PID 1's shell touches nothing that the others do, unless one of them binds a path of the
 * machine that may hold the shell: then the order decides what is bound.
 */
function isShellAlone({ id }: Step, steps: readonly Step[]): boolean {
  return id === readonlyShell && !steps.some(bindsOfMachine);
}

/** A mount whose source is a path of the machine, but for its devices. */
function bindsOfMachine({ id, argv }: Step): boolean {
  if (argv[0] !== 'mount' || id === readonlyShell) return false;
  return argv.some((word) => word.startsWith('/') && !word.startsWith('/dev/'));
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
        ...fstabWords(mount),
      ]);
      return [...flush(index), ...lines];
    }
    // Whether there is something to hide is seen when it is there.
    const looks = steps.slice(index + 1).some(({ guard, cwd }) => guard && cwd === step.cwd);
    const isAside = (aside.has(step.argv[0]!) && !looks) || isShellAlone(step, steps);
    const how = step.held ? '@' : isAside ? '&' : '';
    const count = `${how}${step.argv.length}`;
    return [...flush(index), number, guard, step.cwd ?? '', count, ...step.argv];
  });
  return [...words, ...flush(steps.length), 'end'];
}

/**
 * The parameters of release.sh after its name.
 * @param openFiles the caller's own soft limit, where this process has another
 */
export function releaseParameters(plan: StartPlan, rootfs: string, openFiles?: number): string[] {
  const payload = plan.chroot ? plan.payload.argv.slice(2) : plan.payload.argv;
  const limitsFiles = plan.confine.some(({ argv }) => argv.some((word) => /^--nofile=/.test(word)));
  return [
    ...[plan.chroot ? rootfs : '', plan.cwd, plan.umask ?? ''],
    openFiles === undefined || limitsFiles ? '' : String(openFiles),
    ...[...plan.env, '--', ...payload],
  ];
}
