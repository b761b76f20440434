/** pasteableWord: what a shell makes of it is the word, and nothing in it acts on a terminal. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pasteableWord } from '../../../../src/core/text/pasteableWord';
import { skipBecause } from '../../../skip';

const words = [
  ...['sleep', '', "it's", 'a b', '$(id)', '-n', '~', 'a\\b', '*'],
  ...['two\nlines', '\x1b[2J', 'tab\there', '\x07f00', "both\n'quotes\\", '\u202egnp', 'ü\n€'],
];

describe('pasteableWord', () => {
  for (const word of words)
    it(`is taken back by bash: ${JSON.stringify(word)}`, function () {
      if (!existsSync('/bin/bash')) skipBecause(this, 'there is no bash');
      const text = pasteableWord(word);
      // eslint-disable-next-line no-control-regex -- that there is none of them
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202e]/);
      const { stdout } = spawnSync('/bin/bash', ['--norc', '-c', `printf '%s.' ${text}`]);
      assert.equal(stdout.toString(), `${word}.`);
    });
});
