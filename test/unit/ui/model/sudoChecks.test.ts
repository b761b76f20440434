import assert from 'node:assert/strict';
import { TerrariumError } from '../../../../src/core/errors';
import { requireSudo, sudoFailure } from '../../../../src/ui/model/sudoChecks';

const status = (noNewPrivs: number) => () =>
  Promise.resolve(`Name:\tnode\nNoNewPrivs:\t${noNewPrivs}\n`);
const code = (wanted: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === wanted;

describe('before sudo asks for a password', () => {
  it('finds sudo in the first of its places that has it', async () => {
    assert.equal(await requireSudo(['/nowhere/sudo', '/bin/sh'], status(0)), '/bin/sh');
  });

  it('says that a process with NoNewPrivs cannot use it', () =>
    assert.rejects(requireSudo(['/bin/sh'], status(1)), code('no-new-privileges')));

  it('says that sudo is not installed, and what needs none', () =>
    assert.rejects(requireSudo(['/nowhere/sudo'], status(0)), /not installed.*rootless/s));
});

describe('after sudo has failed', () => {
  it('tells a closed terminal and Ctrl+C from a refusal', () => {
    assert.equal(sudoFailure(undefined).code, 'sudo-cancelled');
    assert.equal(sudoFailure(130).code, 'sudo-cancelled');
    assert.equal(sudoFailure(1).code, 'sudo-refused');
    assert.equal(sudoFailure(125).code, 'helper-failed');
  });

  it('names the exit code and says that nothing was started', () => {
    for (const exit of [1, 125, 130]) {
      assert.match(sudoFailure(exit).message, new RegExp(`exit code ${exit}`));
      assert.match(sudoFailure(exit).message, /othing was started/);
    }
  });
});
