/**
 * One terrarium-init that waits for the plan of the next start: Node takes some milliseconds to spawn a
 * process, which a start need not wait for. It ends with this process, by the end of its plan. Kept by `serve`.
 */
import { once } from 'node:events';
import { initProgram } from '../../host/initProgram';
import { type WaitingProgram, ownPipes, spawnProgram } from './spawnProgram';

let spare: WaitingProgram | undefined;

/** @returns a program on no terminal: its plan names that */
export function takeProgram(): WaitingProgram {
  const waiting = spare;
  spare = undefined;
  if (!waiting) return spawnProgram([initProgram(), 'start'], 'planned');
  waiting.child.ref();
  for (const pipe of ownPipes(waiting.child)) pipe.ref();
  return waiting;
}

/** Where none waits: it keeps neither this process alive nor a failure of its own, which the next start says. */
export function keepSpareProgram(): void {
  if (spare) return;
  const waiting = spawnProgram([initProgram(), 'start'], 'planned');
  const forget = () => {
    if (spare === waiting) spare = undefined;
  };
  waiting.child.once('error', forget).once('exit', forget);
  waiting.child.unref();
  for (const pipe of ownPipes(waiting.child)) pipe.unref();
  spare = waiting;
}

/** To be called when no further start comes. Resolves when it has ended. */
export async function dropSpareProgram(): Promise<void> {
  const waiting = spare;
  spare = undefined;
  if (waiting?.child.pid === undefined) return; // none, or one that could not be spawned
  const { child } = waiting;
  const ended = once(child, 'exit');
  child.ref();
  for (const pipe of ownPipes(child)) pipe.destroy();
  child.kill('SIGKILL'); // it may have been stopped
  await ended;
}
