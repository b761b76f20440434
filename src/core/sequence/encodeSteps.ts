/** Steps as the positional parameters of the fixed scripts (steps.sh, init.sh). */
import { type StartPlan, type Step, isPinned } from './step';
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
      `${isPinned(step) ? '@' : ''}${toArgv(step).length}`,
      ...toArgv(step),
    ]),
    'end',
  ];
}

/** The parameters of init.sh after its name. */
export function initParameters({ cwd, umask, env, payload }: StartPlan): string[] {
  return [cwd, umask ?? '', ...env, '--', ...payload.args];
}
