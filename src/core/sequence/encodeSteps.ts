/** Steps as the positional parameters of the fixed scripts (steps.sh, release.sh). */
import type { StartPlan, Step } from './step';

/**
 * @param firstIndex number of the first step in the whole plan: reports name steps by it
 * @returns INDEX GUARD CWD COUNT ARG... for each step, then `end`
 */
export function encodeSteps(steps: readonly Step[], firstIndex: number): string[] {
  return [
    ...steps.flatMap((step, offset) => [
      String(firstIndex + offset),
      step.guard ?? '',
      step.cwd ?? '',
      String(step.argv.length),
      ...step.argv,
    ]),
    'end',
  ];
}

/** The parameters of release.sh after its name. */
export function releaseParameters(plan: StartPlan, rootfs: string): string[] {
  const payload = plan.chroot ? plan.payload.argv.slice(2) : plan.payload.argv;
  return [plan.chroot ? rootfs : '', plan.cwd, plan.umask ?? '', ...plan.env, '--', ...payload];
}
