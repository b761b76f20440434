/**
 * A rootfs check that a client asks for, with the helper's rights: `helper.js lint` in a process of its own, because a
 * file system that does not answer holds whoever reads it. Called by handlers.ts.
 */
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Params } from '../../protocol/messages';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import { hostEnvironment } from '../host/hostTools';
import { commandOf } from '../host/runHelper';
import type { RpcClient } from './RpcClient';
import { wantedBy } from './wantedBy';

/** Of a report, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

/** @throws TerrariumError `check-failed`, `check-cancelled` */
export async function checkRootfsFor(
  client: Pick<RpcClient, 'onGone' | 'isGone'>,
  { bundle, kind, paths }: Params<'checkRootfs'>,
  token: CancellationToken,
): Promise<RootfsCheck> {
  const reason = new TerrariumError(
    'check-cancelled',
    'The check was cancelled.',
    'It only reads.',
  );
  return wantedBy(client, token, reason, async (signal) => {
    const { execa } = await import('execa');
    const [program, ...words] = commandOf(['lint', `--${kind}`, bundle, ...paths]);
    const { failed, stdout, stderr, shortMessage } = await execa(program, words, {
      ...{ cwd: '/', env: hostEnvironment, extendEnv: false, stdin: 'ignore', reject: false },
      ...{ maxBuffer, cancelSignal: signal, stripFinalNewline: false },
    });
    signal.throwIfAborted();
    if (!failed) return RootfsCheck.parse(JSON.parse(stdout));
    const said = stderr.trim().replace(/^terrarium: /, '') || (shortMessage ?? 'it ended');
    throw new TerrariumError(
      'check-failed',
      `The rootfs was not checked: ${escapeControlCharacters(said)}`,
      '“helper.js lint” on the command line does the same.',
    );
  });
}
