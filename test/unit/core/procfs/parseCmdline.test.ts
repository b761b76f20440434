import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  commandLineOf,
  maxCommandLine,
  parseCmdline,
} from '../../../../src/core/procfs/parseCmdline';

describe('parseCmdline', () => {
  it('gives back the arguments that execve(2) got, empty ones included', () => {
    const argument = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), (argv) => {
        const content = Buffer.from(argv.map((one) => `${one}\0`).join(''));
        assert.deepEqual(parseCmdline(content), argv);
      }),
    );
  });

  it('has no arguments for a zombie', () => {
    assert.deepEqual(parseCmdline(Buffer.alloc(0)), []);
  });

  it('reads a process title that ends without NUL', () => {
    assert.deepEqual(parseCmdline(Buffer.from('nginx: master process')), ['nginx: master process']);
  });
});

describe('commandLineOf', () => {
  it('leaves out the NULs with which a process title is padded', () => {
    assert.equal(commandLineOf(parseCmdline(Buffer.from('sshd: me\0\0\0\0'))), 'sshd: me');
  });

  it('cuts a long line, and never inside a character', () => {
    const line = commandLineOf(['x'.repeat(maxCommandLine - 1), '😀']);
    assert.equal(line.length, maxCommandLine);
    const emoji = commandLineOf(['x'.repeat(maxCommandLine - 1) + '😀']);
    assert.equal(emoji, 'x'.repeat(maxCommandLine - 1));
  });

  it('keeps control characters: making them visible is the business of whoever shows them', () => {
    assert.equal(commandLineOf(['sh', '-c', 'a\n\x1b[2J']), 'sh -c a\n\x1b[2J');
  });
});
