/**
 * Programs that wait for the plans of the next starts. Node takes some milliseconds to spawn a process, in which this
 * one does nothing else: so it spawns one for several starts, which forks for each (src/init/spawner.c), and no start
 * waits for that. It ends with this process, by the end of its plans. Kept by `serve`.
 */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { initProgram } from '../../host/initProgram';
import { type WaitingProgram, spawnProgram, spawnPrograms } from './spawnProgram';

/** For how many starts one is spawned; each has four pipes. */
const perSpawner = 8;

/** With fewer that wait, another one is spawned. */
const fewest = 3;

interface Spawner {
  readonly child: ChildProcess;
  readonly waiting: WaitingProgram[];
}

/** The oldest first, which have fewer that wait. */
let spawners: Spawner[] = [];
let isKept = false;

/** @returns a program on no terminal: its plan names that */
export function takeProgram(): WaitingProgram {
  if (!isKept) return spawnProgram([initProgram(), 'start'], 'planned');
  if (!spawners.some(({ waiting }) => waiting.length > 0)) spawners.push(spawned());
  const program = spawners.find(({ waiting }) => waiting.length > 0)!.waiting.shift()!;
  spawners = spawners.filter(({ waiting }) => waiting.length > 0);
  return program;
}

/** Where too few wait: they keep neither this process alive nor a failure of their own, which the next start says. */
export function keepSparePrograms(): void {
  isKept = true;
  const left = spawners.reduce((sum, { waiting }) => sum + waiting.length, 0);
  if (left < fewest) spawners.push(spawned());
}

/** To be called when no further start comes. Resolves when those that wait have ended. */
export async function dropSparePrograms(): Promise<void> {
  isKept = false;
  const dropped = spawners;
  spawners = [];
  await Promise.all(
    dropped.map(async ({ child, waiting }) => {
      for (const { pipes } of waiting) for (const pipe of pipes) pipe.destroy();
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL'); // it may have been stopped
      await ended;
    }),
  );
}

function spawned(): Spawner {
  const { child, programs } = spawnPrograms(initProgram(), perSpawner);
  const spawner = { child, waiting: [...programs] };
  const forget = () => {
    spawners = spawners.filter((one) => one !== spawner);
  };
  child.once('error', forget).once('exit', forget);
  return spawner;
}
