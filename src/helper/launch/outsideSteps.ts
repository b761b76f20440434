/** Runs the steps that happen from outside while PID 1 waits: one shell for all of them. */
import { encodeSteps } from '../../core/sequence/encodeSteps';
import { type Step, pidPlaceholder } from '../../core/sequence/step';
import stepsScript from '../../core/sequence/steps.sh';
import { type Reports, readReports } from './reports';
import { spawnScript } from './spawnScript';

/** Started early, so that the shell is up by the time PID 1 is ready; `go()` lets it run. */
export interface OutsideSteps {
  /** Resolves when every step is done; rejects with the step that failed. */
  go(): Promise<void>;
}

export function prepareOutside(
  steps: readonly Step[],
  firstIndex: number,
  pid: number,
  reports: Reports,
  signal: AbortSignal,
): OutsideSteps {
  if (steps.length === 0) return { go: () => Promise.resolve() };
  const known = steps.map((step) => ({
    ...step,
    argv: step.argv.map((word) => word.replaceAll(pidPlaceholder, String(pid))),
  }));
  const child = spawnScript(
    ['/bin/sh', '-c', stepsScript, 'sh', '', ...encodeSteps(known, firstIndex)],
    'none',
    signal,
  );
  const finished = readReports(child, reports);
  return {
    async go() {
      child.words.end('go\n');
      await finished;
      const { exitCode } = await child.result;
      if (exitCode !== 0) reports.throwFailure(exitCode ?? 1);
    },
  };
}
