import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { TerrariumError } from '../../../../src/core/errors';
import { wantedBy } from '../../../../src/helper/server/wantedBy';

describe('wantedBy', () => {
  const reason = new TerrariumError('cancelled', 'It was cancelled.', 'Try again.');
  const client = (isGone = false) => ({ isGone, onGone: new Set<() => void>() });
  const until = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });

  it('is what the work brings, and leaves nothing with the client', async () => {
    const asked = client();
    const { token } = new CancellationTokenSource();
    assert.equal(await wantedBy(asked, token, reason, () => Promise.resolve(1)), 1);
    assert.equal(asked.onGone.size, 0);
  });

  it('ends with a cancellation, and with the client', async () => {
    const source = new CancellationTokenSource();
    const cancelled = wantedBy(client(), source.token, reason, until);
    source.cancel();
    await assert.rejects(cancelled, reason);

    const asked = client();
    const left = wantedBy(asked, new CancellationTokenSource().token, reason, until);
    for (const gone of asked.onGone) gone();
    await assert.rejects(left, reason);
  });

  it('is ended before it begins, where it was cancelled or the client has gone by then', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    const isEnded = (signal: AbortSignal) => Promise.resolve(signal.aborted);
    assert.equal(await wantedBy(client(), source.token, reason, isEnded), true);
    const { token } = new CancellationTokenSource();
    assert.equal(await wantedBy(client(true), token, reason, isEnded), true);
  });
});
