import assert from 'node:assert/strict';
import { stderrTail } from '../../../../src/helper/host/stderrTail';

describe('what a failed command printed', () => {
  it('becomes a part of a sentence, without what helps nobody', () => {
    const printed =
      "mount: ./data: unknown filesystem type 'nosuchfs'.\n       dmesg(1) may have more information after failed mount system call.\n";
    assert.equal(stderrTail(printed), "mount: ./data: unknown filesystem type 'nosuchfs'");
  });

  it('is one line, and safe to show', () => {
    assert.equal(stderrTail('one\n two \x1b[2J\n\n'), 'one two \\x1b[2J');
    assert.equal(stderrTail('\n'), '');
  });
});
