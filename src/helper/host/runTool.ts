/** Runs one program of the host to its end, with nothing of the caller's. */
import { execa } from 'execa';
import { hostEnvironment } from './hostTools';

/**
 * @param program absolute
 * @param timeout in milliseconds; without one it may take as long as it takes
 * @returns whether it failed, in whatever way, and all that it printed; never rejects
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { cwd = '/', timeout = 0 }: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<{ readonly failed: boolean; readonly said: string }> {
  const { failed, all } = await execa(program, args, {
    cwd,
    env: hostEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    timeout,
    maxBuffer: 64 * 1024,
  });
  return { failed, said: all };
}
