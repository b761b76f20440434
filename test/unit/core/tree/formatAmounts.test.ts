import assert from 'node:assert/strict';
import { formatBytes, formatElapsed, sparkline } from '../../../../src/core/tree/formatAmounts';

describe('amounts in a row', () => {
  it('have few digits', () => {
    const sizes = [0, 1536, 1024 ** 2 * 3.4, 1024 ** 2 * 812, 1024 ** 3 * 1.25];
    assert.deepEqual(sizes.map(formatBytes), ['0 KiB', '2 KiB', '3.4 MiB', '812 MiB', '1.3 GiB']);
  });

  it('say how long in one or two units, and nothing negative when clocks differ', () => {
    const seconds = [-5, 8, 200, 7500, 4 * 86400 + 3 * 3600];
    assert.deepEqual(
      seconds.map((each) => formatElapsed(each * 1000)),
      ['0 s', '8 s', '3 min', '2 h 5 min', '4 d 3 h'],
    );
  });

  it('draw a line as high as its top', () => {
    assert.equal(sparkline([0, 50, 100], 100), '▁▅█');
    assert.equal(sparkline([0, 0]), '▁▁');
    assert.equal(sparkline([300], 100), '█');
  });
});
