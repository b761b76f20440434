import assert from 'node:assert/strict';
import { whyNoProgram } from '../../../../src/helper/host/initProgram';

describe('whyNoProgram', () => {
  it('names a kernel that is too old, by its number', () => {
    for (const kernel of ['5.11.22-generic', '5.4.0', '4.19.0-27-amd64'])
      assert.match(whyNoProgram(kernel)!, /needs Linux 5\.12 or later, and this is \d/);
  });

  it('names the file that is not there, on a kernel that would do', () => {
    // Beside a test there is none.
    for (const kernel of ['5.12.0', '6.1.0-28-amd64', '10.0'])
      assert.match(whyNoProgram(kernel)!, /\/terrarium-init-\w+, which .* cannot be executed/);
  });
});
