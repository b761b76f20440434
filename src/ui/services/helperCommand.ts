/** Runs a command of the helper that only reads and prints, as the person and without sudo. */
import { createInterface } from 'node:readline';
import type { ExecaError } from 'execa';
import type * as vscode from 'vscode';
import { messageOf } from '../../core/errors';

/** What is printed at most, in bytes: 10,000 faults of a rootfs have less. */
const maxBuffer = 64 * 1024 * 1024;

/**
 * @param until after how many milliseconds it is ended, or what ends it
 * @param onLine told of each line of its standard error that is a JSON object
 * @returns its standard output
 * @throws Error with its standard error, or its exit status; the reason of a signal
 */
export async function helperCommand(
  context: vscode.ExtensionContext,
  words: readonly string[],
  until: number | AbortSignal,
  onLine?: (line: string) => void,
): Promise<string> {
  const { execa } = await import('../../core/lazy');
  const program = context.asAbsolutePath('dist/helper.js');
  try {
    const child = execa(process.execPath, [program, ...words], {
      ...{ cwd: '/', env: { ELECTRON_RUN_AS_NODE: '1' } },
      ...{ stdin: 'ignore', maxBuffer, stripFinalNewline: false },
      ...(typeof until === 'number' ? { timeout: until } : { cancelSignal: until }),
    });
    if (onLine && child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (line.startsWith('{')) onLine(line);
      });
    return (await child).stdout;
  } catch (error) {
    if (typeof until !== 'number') until.throwIfAborted();
    const { stderr, shortMessage } = error as ExecaError<{ encoding: 'utf8' }>;
    const lines = typeof stderr === 'string' ? stderr.replace(/^\{.*\n/gm, '') : '';
    const said = lines.trim().replace(/^terrarium: /, '');
    throw new Error(said || shortMessage || messageOf(error), { cause: error });
  }
}
