/**
 * Runs a command of `helper.js` for a client, with the helper's rights and in a process of its own, because a file system
 * that does not answer holds whoever reads it. Used by checkRootfsFor.ts and baselineHandlers.ts.
 */
import { createInterface } from 'node:readline';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { rootfsBelowWords } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { hostEnvironment } from '../host/hostTools';
import { commandOf } from '../host/runHelper';
import type { RpcClient } from './RpcClient';
import { wantedBy } from './wantedBy';

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
  client: Pick<RpcClient, 'onGone' | 'isGone' | 'allowed'>,
  words: readonly [string, ...string[]],
  token: CancellationToken,
  { code, cancelled, failed: what, onLine }: CommandTexts,
): Promise<string> {
  const reason = new TerrariumError(`${code}-cancelled`, ...cancelled);
  return wantedBy(client, token, reason, async (signal) => {
    const { execa } = await import('execa');
    const [command, ...further] = words;
    const { folders = [], person, gid } = client.allowed ?? {};
    const [program, ...rest] = commandOf([command, ...rootfsBelowWords(folders), ...further]);
    // As sudo says it (sudo(8)): the person may own the folders that are allowed.
    const caller = client.allowed && { SUDO_UID: String(person), SUDO_GID: String(gid) };
    const child = execa(program, rest, {
      ...{ cwd: '/', env: { ...hostEnvironment, ...caller }, extendEnv: false },
      ...{ stdin: 'ignore', reject: false },
      ...{ maxBuffer, cancelSignal: signal, stripFinalNewline: false },
    });
    if (onLine && child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (line.startsWith('{')) onLine(line);
      });
    const { failed, stdout, stderr, shortMessage } = await child;
    signal.throwIfAborted();
    if (!failed) return stdout;
    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    const said = lines.join(' ').replace(/^terrarium: /, '') || (shortMessage ?? 'it ended');
    throw new TerrariumError(
      `${code}-failed`,
      `${what}: ${escapeControlCharacters(said)}`,
      `“helper.js ${words[0]}” on the command line does the same.`,
    );
  });
}
