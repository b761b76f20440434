/**
 * Programs that wait for the plans of the next starts and further shells. Node takes some milliseconds to spawn a
 * process, in which this one does nothing else: so it spawns one for several of them, which forks for each
 * (src/init/spawner.c), and none waits for that. It ends with this process, by the end of its plans. Kept by `serve`.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { initProgram } from '../../host/initProgram';
import { type WaitingProgram, spawnProgram, spawnPrograms } from './spawnProgram';

/** For how many starts one is spawned; each has four pipes. */
const perSpawner = 16;

/** With fewer that wait, another one is spawned. */
const fewest = 3;

/** One with at least one that waits. */
interface Spawner {
  readonly child: ChildProcess;
  readonly waiting: WaitingProgram[];
}

/** The oldest first, which have fewer that wait. */
let spawners: Spawner[] = [];
let isKept = false;

/** @returns a program on no terminal: its plan names that */
export function takeProgram(): WaitingProgram {
  return takeSpareProgram() ?? spawnProgram([initProgram(), 'start'], 'planned');
}

/** @returns undefined where none is kept, or to be had */
export function takeSpareProgram(): WaitingProgram | undefined {
  if (isKept && spawners.length === 0) spawn();
  const program = spawners[0]?.waiting.shift();
  spawners = spawners.filter(({ waiting }) => waiting.length > 0);
  return program;
}

/** Where too few wait: they keep neither this process alive nor a failure of their own, which the next start says. */
export function keepSparePrograms(): void {
  isKept = true;
  const left = spawners.reduce((sum, { waiting }) => sum + waiting.length, 0);
  if (left < fewest) spawn();
}

/** To be called when no container runs: further shells end with it. Resolves when those that wait have ended. */
export async function dropSparePrograms(): Promise<void> {
  isKept = false;
  const dropped = spawners;
  spawners = [];
  await Promise.all(
    dropped.map(async ({ child, waiting }) => {
      end(waiting);
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL'); // it may have been stopped
      await ended;
    }),
  );
}

function spawn(): void {
  const { child, programs } = spawnPrograms(initProgram(), perSpawner);
  const spawner = { child, waiting: [...programs] };
  const forget = () => {
    spawners = spawners.filter((one) => one !== spawner);
    end(spawner.waiting);
  };
  child.once('error', forget).once('exit', forget);
  if (programs.length > 0) spawners.push(spawner);
}

/** What waits for a plan ends with it. */
function end(waiting: readonly WaitingProgram[]): void {
  for (const { pipes } of waiting) for (const pipe of pipes) pipe.destroy();
}
