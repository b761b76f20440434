/** Leaves the terminal in which the helper was authorized. Called by serve.ts. */
import { spawn } from 'node:child_process';
import * as z from 'zod';
import { TerrariumError } from '../../core/errors';
import { hostEnvironment } from './hostTools';

/** The one message of the detached helper to its parent. */
export const Readiness = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ code: z.string(), problem: z.string(), remedy: z.string() }),
]);
export type Readiness = z.infer<typeof Readiness>;

/**
 * The environment of the detached helper: the caller of sudo, Electron's switch to Node, and the home of a
 * lesson's shell, which a `bash` as root of a user namespace would take for /root.
 */
const kept = ['SUDO_UID', 'SUDO_GID', 'ELECTRON_RUN_AS_NODE', 'HOME'];

/**
 * Starts this program again in a session of its own (setsid(2)), where neither Ctrl+C nor a hangup of the
 * terminal reaches it, and waits until it listens.
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

/** Called in the detached helper: answers its parent. @returns false where no parent waits */
export function answerStarter(answer: Readiness): boolean {
  if (!process.send || !process.connected) return false;
  process.send(answer, () => {
    if (process.connected) process.disconnect();
  });
  return true;
}
