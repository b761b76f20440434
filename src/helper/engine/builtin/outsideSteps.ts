/**
 * Runs the steps that happen from outside while PID 1 waits: one shell for all of them, or nobody
 * but us where they only write into files of the kernel.
 */
import { writeFileSync } from 'node:fs';
import { encodeSteps } from '../../../core/sequence/encodeSteps';
import { type Step, pidPlaceholder } from '../../../core/sequence/step';
import stepsScript from '../../../core/sequence/steps.sh';
import { type Reports, readReports } from './reports';
import { spawnScript } from './spawnScript';

/** Started early, so that the shell is up by the time PID 1 is ready; `go()` lets it run. */
export interface OutsideSteps {
  /** Resolves once every step is done; rejects with the step that failed. */
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
  const known = (word: string) => word.replaceAll(pidPlaceholder, String(pid));
  if (steps.every((step) => step.kind === 'write')) {
    const files = steps.map(({ file, text }) => ({ file: known(file), text }));
    return { go: () => Promise.resolve(writeFiles(files, firstIndex, reports)) };
  }
  const child = spawnScript(
    ['/bin/sh', '-c', stepsScript, 'sh', '', ...encodeSteps(steps, firstIndex).map(known)],
    'none',
    signal,
  );
  // The shell's own end would say nothing more than the report of its last step.
  const last = `done ${firstIndex + steps.length - 1}`;
  const done = new Promise<'done' | 'ended'>((resolve) => {
    const finished = readReports(child, reports, (line) => {
      if (line === last) resolve('done');
    });
    void finished.then(() => resolve('ended'));
  });
  return {
    async go() {
      child.words.end('go\n');
      if ((await done) === 'done') return;
      const { exitCode } = await child.result;
      reports.throwFailure(exitCode ?? 1);
    },
  };
}

/** write_file of steps.sh without a shell. */
function writeFiles(
  files: readonly { readonly file: string; readonly text: string }[],
  firstIndex: number,
  reports: Reports,
): void {
  for (const [offset, { file, text }] of files.entries()) {
    reports.line(`step ${firstIndex + offset}`);
    try {
      writeFileSync(file, `${text}\n`);
    } catch (error) {
      reports.print((error as Error).message);
      reports.line(`fail ${firstIndex + offset} 1`);
      reports.throwFailure(1);
    }
    reports.line(`done ${firstIndex + offset}`);
  }
}
