// What makes foreign text safe for tooltips, and console bytes fit for the terminal.
import assert from 'node:assert/strict';
import { signalChoices } from '../../../../src/ui/model/signals';
import { signalNumber } from '../../../../src/helper/processes/signalProcess';
import { requests } from '../../../../src/protocol/messages';
import { TerminalDecoder, chunkBytes } from '../../../../src/ui/model/chunks';
import { escapeMarkdown, withoutLinks } from '../../../../src/ui/model/markdown';

describe('escapeMarkdown', () => {
  it('leaves no character that Markdown, HTML or icons give a meaning', () => {
    const hostile = '[x](command:evil) <img src=x> $(zap) **b** `c` ![i](http://h) | ~~s~~';
    assert.doesNotMatch(escapeMarkdown(hostile), /[[\]()<>$*`|~!:]/);
  });

  it('keeps letters and makes control characters visible', () => {
    assert.equal(escapeMarkdown('sh\x1b'), 'sh&#92;x1b');
    assert.doesNotMatch(escapeMarkdown('a\nb'), /\n/);
  });
});

describe('withoutLinks', () => {
  // VS Code, src/vs/base/common/linkedText.ts
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

  it('leaves nothing that VS Code makes a link of in a message', () => {
    for (const hostile of [
      '/bin/sh. [Repair it](command:workbench.action.quit)',
      '[[x](command:a)](command:b "c")',
      '[x](https://example.org)](file:///etc/passwd)',
    ]) {
      assert.match(hostile, link);
      assert.doesNotMatch(withoutLinks(hostile), link);
    }
  });

  it('changes nothing else', () => {
    const text = 'a[0] (b) [c] \\[ $(zap) ] \n(';
    assert.equal(withoutLinks(text), text);
  });
});

describe('TerminalDecoder', () => {
  it('holds back half a character until the rest has come', () => {
    const decoder = new TerminalDecoder();
    const bytes = Buffer.from('aé€😀');
    const pieces = [...bytes].flatMap((byte) => decoder.write(Buffer.of(byte)));
    assert.equal(pieces.map(({ text }) => text).join('') + decoder.end(), 'aé€😀');
  });

  it('cuts long output into pieces, none through a character, and counts its bytes', () => {
    const text = 'x' + '😀'.repeat(chunkBytes);
    const bytes = Buffer.from(text);
    const pieces = new TerminalDecoder().write(bytes);
    assert.equal(pieces.map((piece) => piece.text).join(''), text);
    assert.equal(
      pieces.reduce((sum, piece) => sum + piece.bytes, 0),
      bytes.length,
    );
    for (const piece of pieces) {
      assert.ok(piece.bytes <= chunkBytes);
      assert.doesNotMatch(piece.text, /[\ud800-\udbff]$|\ufffd/);
    }
  });

  it('shows an incomplete character at the end as a replacement character', () => {
    const decoder = new TerminalDecoder();
    decoder.write(Buffer.of(0xe2, 0x82));
    assert.equal(decoder.end(), '\ufffd');
  });
});

describe('the signals to choose from', () => {
  it('are ones that the helper accepts, each with a meaning, each once', () => {
    const { signal } = requests.signal.params.shape;
    for (const { name, meaning } of signalChoices) {
      assert.ok(signal.safeParse(name).success, name);
      assert.doesNotThrow(() => signalNumber(name), name);
      assert.ok(meaning.endsWith('.'), name);
    }
    assert.equal(signalChoices.at(-1)?.name, 'SIGRTMIN+30'); // 64, the last one
    assert.equal(new Set(signalChoices.map(({ name }) => name)).size, signalChoices.length);
  });
});
