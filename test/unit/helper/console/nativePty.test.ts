import assert from 'node:assert/strict';
import { TerrariumError } from '../../../../src/core/errors';
import { nativePty } from '../../../../src/helper/console/nativePty';

describe('nativePty', () => {
  const refused = (load: () => unknown) =>
    assert.throws(
      () => nativePty(load),
      (error) =>
        error instanceof TerrariumError &&
        error.code === 'no-pty' &&
        error.problem.includes(process.arch) &&
        !error.message.includes('\n'),
    );

  it('says in a sentence that there is no build for this machine, and what to do', () => {
    refused(() => {
      throw new Error('Failed to load native module: pty.node\n  at stack');
    });
  });

  it('refuses a node-pty that no longer has what we use of it', () => {
    refused(() => ({ native: null }));
    refused(() => ({ native: { open: () => undefined } }));
  });

  it('finds both functions in the version that is installed, which are no public API', () => {
    const native = nativePty();
    assert.equal(typeof native.open, 'function');
    assert.equal(typeof native.resize, 'function');
  });
});
