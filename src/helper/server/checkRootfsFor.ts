/**
 * A rootfs check that a client asks for, with the helper's rights: `helper.js lint` in a process of its own, because a
 * file system that does not answer holds whoever reads it. Called by handlers.ts.
 */
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { rootfsBelowWords } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Params } from '../../protocol/messages';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import { hostEnvironment } from '../host/hostTools';
import { commandOf } from '../host/runHelper';
import type { RpcClient } from './RpcClient';

/** Of a report, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

/**
 * @param owner the person
 * @throws TerrariumError `check-failed`, `check-cancelled`
 */
export async function checkRootfsFor(
  client: Pick<RpcClient, 'onGone' | 'isGone' | 'allowed'>,
  { bundle, kind, paths }: Params<'checkRootfs'>,
  token: CancellationToken,
  owner: { readonly uid: number; readonly gid: number },
): Promise<RootfsCheck> {
  const abort = new AbortController();
  const cancel = () =>
    abort.abort(
      new TerrariumError('check-cancelled', 'The check was cancelled.', 'It only reads.'),
    );
  client.onGone.add(cancel);
  const cancelled = token.onCancellationRequested(cancel);
  // A token that was cancelled before anybody had it calls no listener (vscode-jsonrpc).
  if (client.isGone || token.isCancellationRequested) cancel();
  try {
    const { execa } = await import('execa');
    const [program, ...words] = commandOf([
      ...['lint', ...rootfsBelowWords(client.allowed?.folders ?? [])],
      ...[`--${kind}`, bundle, ...paths],
    ]);
    // As sudo says it (sudo(8)): the person may own the folders that are allowed.
    const caller = { SUDO_UID: String(owner.uid), SUDO_GID: String(owner.gid) };
    const { failed, stdout, stderr, shortMessage } = await execa(program, words, {
      ...{
        cwd: '/',
        env: { ...hostEnvironment, ...caller },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
      },
      ...{ maxBuffer, cancelSignal: abort.signal, stripFinalNewline: false },
    });
    abort.signal.throwIfAborted();
    if (!failed) return RootfsCheck.parse(JSON.parse(stdout));
    const said = stderr.trim().replace(/^terrarium: /, '') || (shortMessage ?? 'it ended');
    throw new TerrariumError(
      'check-failed',
      `The rootfs was not checked: ${escapeControlCharacters(said)}`,
      '“helper.js lint” on the command line does the same.',
    );
  } finally {
    client.onGone.delete(cancel);
    cancelled.dispose();
  }
}
