/** Runs one program of the host to its end, with nothing of the caller's. */
import { hostEnvironment } from './findTool';

export interface ToolResult {
  readonly failed: boolean;
  /** Standard output and standard error, as they came. */
  readonly said: string;
  readonly stdout: string;
  /** Why it failed: its exit code, a signal, the time limit. */
  readonly reason: string | undefined;
}

/** What is printed at most, in bytes; with more it has failed. */
const maxBuffer = 1024 * 1024;

/**
 * Never rejects.
 * @param program absolute
 * @param timeout in milliseconds; without one it may take as long as it takes
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { cwd = '/', timeout = 0 }: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<ToolResult> {
  const { execa } = await import('execa'); // most starts run none, and need not load it
  const { failed, all, stdout, shortMessage } = await execa(program, args, {
    cwd,
    env: hostEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    timeout,
    maxBuffer,
  });
  return { failed, said: all, stdout, reason: failed ? shortMessage : undefined };
}
