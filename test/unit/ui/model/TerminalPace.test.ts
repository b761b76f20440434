import assert from 'node:assert/strict';
import { Terminal } from '@xterm/headless';
import { TerminalPace, bytesPerQuestion, windowBytes } from '../../../../src/ui/model/TerminalPace';

const question = '\x1b[?7741$p';
const answer = '\x1b[?7741;0$y';
const piece = (text: string) => ({ text, bytes: Buffer.byteLength(text) });
const block = piece('x'.repeat(bytesPerQuestion));

describe('TerminalPace', () => {
  it('asks once for each block, and is full until answers come', () => {
    const pace = new TerminalPace();
    let written = 0;
    while (!pace.full) {
      assert.equal(pace.write(block), block.text + question);
      written += block.bytes;
    }
    assert.equal(written, windowBytes);
    assert.equal(pace.takeDrawn(), 0);
    assert.equal(pace.read(answer), '');
    assert.equal(pace.full, false);
    assert.equal(pace.takeDrawn(), bytesPerQuestion);
    assert.equal(pace.takeDrawn(), 0, 'told once');
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
      assert.equal(pace.write(piece(block.text + start)), block.text + start);
      assert.equal(pace.write(piece(rest)), rest + question);
    }
  });

  it('counts bytes, also of half a character, and never more than came', () => {
    const pace = new TerminalPace();
    assert.equal(pace.write({ text: '', bytes: 3 }), '');
    assert.equal(
      pace.write({ text: '😀'.repeat(1024), bytes: 4093 }),
      '😀'.repeat(1024) + question,
    );
    pace.read(answer + answer); // one more than was asked
    assert.equal(pace.takeDrawn(), 4096);
  });

  it('counts all as drawn where no answers come', () => {
    const pace = new TerminalPace();
    let written = 0;
    while (!pace.full) {
      pace.write(block);
      pace.write(piece('y'));
      written += block.bytes + 1;
    }
    pace.giveUp();
    assert.equal(pace.full, false);
    assert.equal(pace.takeDrawn(), written);
    pace.read(answer); // late
    assert.equal(pace.takeDrawn(), 0);
  });

  it('starts anew with nothing unanswered, and nothing drawn', () => {
    const pace = new TerminalPace();
    while (!pace.full) pace.write(block);
    pace.read(answer);
    pace.reset();
    assert.equal(pace.full, false);
    assert.equal(pace.takeDrawn(), 0);
  });
});
