/** A look into a container that never answers; promises stand for what the kernel keeps waiting. */
import assert from 'node:assert/strict';
import type { LaunchedContainer } from '../../../../../src/helper/engine/shared/Engine';
import { withContainerFsTimeout } from '../../../../../src/helper/engine/shared/withContainerFsTimeout';

const container = (name: string) => ({ bundle: { name } }) as LaunchedContainer;

describe('withContainerFsTimeout', () => {
  it('gives up on containers that do not answer, and asks no more while there are many', async () => {
    const answers: ((value: string) => void)[] = [];
    const never = () => new Promise<string>((resolve) => void answers.push(resolve));
    const silent = Array.from({ length: 8 }, (_, index) => container(`silent${index}`));
    for (const one of silent)
      await assert.rejects(withContainerFsTimeout(one, never, 1), /“silent\d” does not answer/);
    await assert.rejects(
      withContainerFsTimeout(container('box'), () => Promise.resolve('here')),
      /“box” is not looked into: .*“silent7”/,
    );
    answers.forEach((answer) => answer('late'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(
      await withContainerFsTimeout(container('box'), () => Promise.resolve('here')),
      'here',
    );
    assert.equal(await withContainerFsTimeout(silent[0]!, () => Promise.resolve('again')), 'again');
  });
});
