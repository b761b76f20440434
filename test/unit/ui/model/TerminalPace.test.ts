import assert from 'node:assert/strict';
import { Terminal } from '@xterm/headless';
import {
  TerminalPace,
  charactersPerQuestion,
  maxUnanswered,
} from '../../../../src/ui/model/TerminalPace';

const question = '\x1b[?7741$p';
const answer = '\x1b[?7741;0$y';
const block = 'x'.repeat(charactersPerQuestion);

describe('TerminalPace', () => {
  it('asks once for each block, and is full until answers come', () => {
    const pace = new TerminalPace();
    let written = 0;
    while (!pace.full) {
      assert.equal(pace.write(block), block + question);
      written += block.length;
    }
    assert.equal(written, maxUnanswered);
    assert.equal(pace.read(answer), '');
    assert.equal(pace.full, false);
  });

  it('gets its answer from a real terminal', async () => {
    const terminal = new Terminal({ allowProposedApi: true });
    const pace = new TerminalPace();
    const answered = new Promise<string>((resolve) => terminal.onData(resolve));
    terminal.write(pace.write(block));
    assert.equal(await answered, answer);
    terminal.dispose();
  });

  it('leaves the answers out of what is typed, and nothing else', () => {
    const pace = new TerminalPace();
    pace.write(block);
    assert.equal(pace.read(`ls${answer}\r`), 'ls\r');
    assert.equal(pace.read('\x1b[?25;1$y'), '\x1b[?25;1$y');
    assert.equal(pace.read(answer), '', 'also one that comes late');
  });

  it('never asks in the middle of a control sequence', () => {
    for (const [start, rest] of [
      ['\x1b', '[0m'],
      ['\x1b[38;5', ';1m'],
      ['\x1b]0;a title', ' of a window\x07'],
      ['\x1bP' + 'q'.repeat(10_000), 'q\x1b\\'],
      ['\x1b]8;;http://x', '\x1b\\'],
    ] as const) {
      const pace = new TerminalPace();
      assert.equal(pace.write(block + start), block + start);
      assert.equal(pace.write(rest), rest + question);
    }
  });

  it('starts anew with nothing unanswered', () => {
    const pace = new TerminalPace();
    while (!pace.full) pace.write(block);
    pace.reset();
    assert.equal(pace.full, false);
  });
});
