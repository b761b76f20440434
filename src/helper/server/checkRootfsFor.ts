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
import { wantedBy } from './wantedBy';

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
  const reason = new TerrariumError(
    'check-cancelled',
    'The check was cancelled.',
    'It only reads.',
  );
  return wantedBy(client, token, reason, async (signal) => {
    const { execa } = await import('execa');
    const [program, ...words] = commandOf([
      ...['lint', ...rootfsBelowWords(client.allowed?.folders ?? [])],
      ...[`--${kind}`, bundle, ...paths],
    ]);
    // As sudo says it (sudo(8)): the person may own the folders that are allowed.
    const caller = { SUDO_UID: String(owner.uid), SUDO_GID: String(owner.gid) };
    const { failed, stdout, stderr, shortMessage } = await execa(program, words, {
      ...{ env: { ...hostEnvironment, ...caller }, extendEnv: false },
      ...{ cwd: '/', stdin: 'ignore', reject: false },
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
