/** A rootfs check that a client asks for, with the helper's rights: `helper.js lint`. Called by handlers.ts. */
import type { CancellationToken } from 'vscode-jsonrpc/node';
import type { Params } from '../../protocol/messages';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import type { RpcClient } from './RpcClient';
import { commandFor } from './commandFor';

/** @throws TerrariumError `check-failed`, `check-cancelled` */
export async function checkRootfsFor(
  client: Pick<RpcClient, 'onGone' | 'isGone' | 'allowed'>,
  { bundle, kind, paths }: Params<'checkRootfs'>,
  token: CancellationToken,
): Promise<RootfsCheck> {
  const said = await commandFor(client, ['lint', `--${kind}`, bundle, ...paths], token, {
    ...{ code: 'check', cancelled: ['The check was cancelled.', 'It only reads.'] },
    failed: 'The rootfs was not checked',
  });
  return RootfsCheck.parse(JSON.parse(said));
}
