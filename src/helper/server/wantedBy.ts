/** Ends what a client has asked for when it is cancelled, or the client has gone. Used by commandFor.ts and importFor.ts. */
import type { CancellationToken } from 'vscode-jsonrpc/node';
import type { TerrariumError } from '../../core/errors';
import type { RpcClient } from './RpcClient';

/**
 * @param reason what the signal is aborted with
 * @param work ends by the signal
 */
export async function wantedBy<T>(
  client: Pick<RpcClient, 'onGone' | 'isGone'>,
  token: CancellationToken,
  reason: TerrariumError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const cancel = () => abort.abort(reason);
  client.onGone.add(cancel);
  const cancelled = token.onCancellationRequested(cancel);
  // A token that was cancelled before anybody had it calls no listener (vscode-jsonrpc).
  if (client.isGone || token.isCancellationRequested) cancel();
  try {
    return await work(abort.signal);
  } finally {
    client.onGone.delete(cancel);
    cancelled.dispose();
  }
}
