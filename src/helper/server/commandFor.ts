/**
 * Runs a command of `helper.js` for a client, with the helper's rights and in a process of its own, because a file system
 * that does not answer holds whoever reads it. Used by checkRootfsFor.ts and baselineHandlers.ts.
 */
import { createInterface } from 'node:readline';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { hostEnvironment } from '../host/hostTools';
import { commandOf } from '../host/runHelper';
import type { RpcClient } from './RpcClient';

/** Of a report, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

export interface CommandTexts {
  /** The errors are `CODE-failed` and `CODE-cancelled`. */
  readonly code: string;
  readonly cancelled: readonly [problem: string, remedy: string];
  /** Without a full stop: the reason follows. */
  readonly failed: string;
  /** Told of each line of its standard error that is a JSON object. */
  readonly onLine?: (line: string) => void;
}

/**
 * @returns its standard output
 * @throws TerrariumError `CODE-failed`, `CODE-cancelled`
 */
export async function commandFor(
  client: Pick<RpcClient, 'onGone' | 'isGone'>,
  words: readonly [string, ...string[]],
  token: CancellationToken,
  { code, cancelled, failed: what, onLine }: CommandTexts,
): Promise<string> {
  const abort = new AbortController();
  const cancel = () => abort.abort(new TerrariumError(`${code}-cancelled`, ...cancelled));
  client.onGone.add(cancel);
  const ended = token.onCancellationRequested(cancel);
  // A token that was cancelled before anybody had it calls no listener (vscode-jsonrpc).
  if (client.isGone || token.isCancellationRequested) cancel();
  try {
    const { execa } = await import('execa');
    const [program, ...rest] = commandOf(words);
    const child = execa(program, rest, {
      ...{ cwd: '/', env: hostEnvironment, extendEnv: false, stdin: 'ignore', reject: false },
      ...{ maxBuffer, cancelSignal: abort.signal, stripFinalNewline: false },
    });
    if (onLine && child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (line.startsWith('{')) onLine(line);
      });
    const { failed, stdout, stderr, shortMessage } = await child;
    abort.signal.throwIfAborted();
    if (!failed) return stdout;
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    const reason = said.join(' ').replace(/^terrarium: /, '') || (shortMessage ?? 'it ended');
    throw new TerrariumError(
      `${code}-failed`,
      `${what}: ${escapeControlCharacters(reason)}`,
      `“helper.js ${words[0]}” on the command line does the same.`,
    );
  } finally {
    client.onGone.delete(cancel);
    ended.dispose();
  }
}
