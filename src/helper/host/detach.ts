/** Leaves the terminal in which the helper was authorized. Called by serve.ts. */
import { spawn } from 'node:child_process';
import * as z from 'zod';
import { TerrariumError } from '../../core/errors';
import { hostEnvironment } from './hostTools';

/** What the detached helper tells the one that started it, once. */
export const Readiness = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ code: z.string(), problem: z.string(), remedy: z.string() }),
]);
export type Readiness = z.infer<typeof Readiness>;

/** All that goes on to the detached helper: who called sudo, and that Electron is to be Node. */
const kept = ['SUDO_UID', 'SUDO_GID', 'ELECTRON_RUN_AS_NODE'];

/**
 * Starts this very program again in a session of its own (setsid(2)), so that neither Ctrl+C nor the
 * end of the terminal reaches it, and waits until it listens.
 * @param args its arguments, without `--detach`
 * @throws TerrariumError what kept it from listening
 */
export async function detach(args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(process.execPath, [process.argv[1]!, ...args], {
    cwd: '/',
    env: { ...hostEnvironment, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const answer = await new Promise<Readiness>((resolve, reject) => {
    child.once('message', (message) => resolve(Readiness.parse(message)));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve({
        code: 'helper-ended',
        problem: `The helper ended before it was ready (${signal ?? `exit code ${code}`}).`,
        remedy: 'Run it without --detach to see what it says.',
      }),
    );
  });
  if (child.connected) child.disconnect();
  child.unref();
  if ('problem' in answer) throw new TerrariumError(answer.code, answer.problem, answer.remedy);
}

/** The other side: in a detached helper, answers whoever waits. @returns false where nobody does */
export function answerStarter(answer: Readiness): boolean {
  if (!process.send || !process.connected) return false;
  process.send(answer, () => {
    if (process.connected) process.disconnect();
  });
  return true;
}
