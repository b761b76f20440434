/* eslint-disable no-control-regex -- control sequences are what it is about */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutputFilter } from '../../../../../src/helper/console/filter/OutputFilter';
import { seeded } from '../../../../seed';

const size = { cols: 80, rows: 24 };

function passed(output: string | Buffer, ...more: string[]): string {
  const filter = new OutputFilter(size);
  return [output, ...more]
    .map((chunk) => filter.write(Buffer.from(chunk as string)).toString())
    .join('');
}

describe('OutputFilter', () => {
  it('drops what acts on more than the screen, and leaves the text around it', () => {
    for (const hidden of [
      '\x1b]52;c;aGVsbG8=\x07',
      '\x1b]52;c;?\x1b\\',
      '\x1b]9;a notification\x07',
      '\x1b]99;i=1;a notification\x1b\\',
      '\x1b]777;notify;title;body\x07',
      '\x1b]633;C\x07',
      '\x1b]633;E;rm -rf /;nonce\x07',
      '\x1b]133;A\x07',
      '\x1b]1337;File=inline=1:AAAA\x07',
      '\x1b]7;file://host/etc\x07',
      '\x1b]50;font\x07',
      '\x1b]0052;c;?\x07',
      '\u009d52;c;?\u009c',
      '\u009d52;c;?\x07',
      '\x1bPq#0~~\x1b\\',
      '\x1bPtmux;\x1b\x1b]52;c;?\x07\x1b\\',
      '\x1bP1;1|17/7f\x1b\\',
      '\x1b_Gf=24;AAAA\x1b\\',
      '\x1b^private\x1b\\',
      '\x1bXstring\x1b\\',
      '\x1bkname\x1b\\',
      '\x05',
      '\x1b[21t',
      '\x1b[20t',
      '\x1b[8;500;500t',
      '\x1b[2t',
      '\x1b[5i',
      '\x1b[?2l',
      '\x1b[?3h',
      '\x1b[2h',
      '\x1b[1;1;1;1;1;1*y',
      '\x1b%@',
      '\x1b F',
      '\x1bZ',
      '\x1b[<;>m',
    ])
      assert.equal(
        passed(`before${hidden}after`).replace(/\x07|\x1b\\/g, ''),
        'beforeafter',
        JSON.stringify(hidden),
      );
  });

  it('lets through unchanged what programs need', () => {
    for (const needed of [
      'text ä 漢字 😀\r\n\t\b\x07\x0e\x0f',
      '\x1b[1;38;5;12;48;2;1;2;3;4:3;58:2::1:2:3mx\x1b[m',
      '\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\x1b[H\x1b[2J\x1b[?2004h\x1b[>4;2m',
      '\x1b[?12l\x1b[?25h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?1004h',
      '\x1b[1;24r\x1b[24;80H\x1b[K\x1b[3L\x1b[4M\x1b[5@\x1b[6P\x1b[7X\x1b[8b\x1b[9S\x1b[10T',
      '\x1b7\x1b8\x1bD\x1bE\x1bH\x1bM\x1b(0lqk\x1b(B\x1b)0\x1b#8\x1bc',
      '\x1b[c\x1b[>c\x1b[6n\x1b[?1006$p\x1b[>q\x1b[18t\x1bP$q q\x1b\\\x1bP+q544e\x1b\\',
      '\x1b]0;title\x07\x1b]2;title ä\x1b\\\x1b]11;?\x07\x1b]4;1;rgb:ff/00/00\x1b\\\x1b]104\x07\x1b]112\x07',
      '\x1b]8;id=1;https://example.org/a;b?c\x1b\\link\x1b]8;;\x1b\\',
      '\x1b[2 q\x1b[!p\x1b[1"q\x1b[4h\x1b[20l\x1b[s\x1b[u\x1b[3g\x1b[>1u\x1b[<u',
    ])
      assert.equal(passed(needed), needed);
  });

  it('keeps of a mode that may pass and one that may not the first', () => {
    assert.equal(passed('\x1b[?1049;3;25h'), '\x1b[?1049;25h');
  });

  it('bounds numbers by the screen, in every sequence that a terminal may carry out so many times', () => {
    for (const final of '@CDGIPXZ`ab')
      assert.equal(passed(`\x1b[2147483647${final}`), `\x1b[80${final}`);
    for (const final of 'ABEFLMSTde')
      assert.equal(passed(`\x1b[2147483647${final}`), `\x1b[24${final}`);
    assert.equal(passed('\x1b[99999;99999H'), '\x1b[80;80H');
    assert.equal(passed("\x1b[99999'}\x1b[99999 @"), "\x1b[80'}\x1b[80 @");
    const filter = new OutputFilter(size);
    filter.resize({ cols: 132, rows: 50 });
    assert.equal(filter.write(Buffer.from('\x1b[99999b')).toString(), '\x1b[132b');
  });

  it('links to the web alone: of another link the text stays', () => {
    for (const address of [
      'file:///etc/passwd',
      'command:workbench.action.quit',
      'vscode://x',
      'http://a b',
      'x',
    ])
      assert.equal(
        passed(`\x1b]8;;${address}\x1b\\text\x1b]8;;\x1b\\`),
        '\x1b]8;;\x1b\\text\x1b]8;;\x1b\\',
      );
    assert.equal(passed(`\x1b]8;;http://${'a'.repeat(3000)}\x07`), '\x1b]8;;\x07');
  });

  it('takes control characters and marks of direction out of titles, and cuts them', () => {
    assert.equal(passed('\x1b]2;a\x01\n\u202eb\u200bc\x07'), '\x1b]2;abc\x07');
    assert.equal(passed(`\x1b]2;${'t'.repeat(5000)}\x07`), `\x1b]2;${'t'.repeat(256)}\x07`);
  });

  it('does as terminals do with what stands inside, or ends, a sequence', () => {
    assert.equal(passed('\x1b[3\n1mx'), '\n\x1b[31mx', 'control characters act at once');
    assert.equal(passed('\x1b]0;a\x1b[31mx'), '\x1b]0;a\x1b\\\x1b[31mx', 'ESC ends a string');
    assert.equal(passed('\x1b]52;c\x18x\x1b[3\x1ay'), 'xy', 'CAN and SUB end it without effect');
    assert.equal(passed('\x1b[3é'), 'é', 'what is not ASCII is text');
    assert.equal(passed('a\u009b31mb'), 'a\x1b[31mb', 'C1 characters introduce sequences too');
    assert.equal(passed('\u0084\u0085\u008d'), '\x1bD\x1bE\x1bM');
  });

  it('leaves invalid UTF-8 as it comes, and takes no part of it for an introducer', () => {
    const bytes = Buffer.from([0x61, 0x9b, 0x33, 0x31, 0x6d, 0xff, 0xe6, 0xbc, 0x61]);
    assert.deepEqual(new OutputFilter(size).write(bytes), bytes);
    const filter = new OutputFilter(size);
    assert.deepEqual(filter.write(Buffer.from([0x61, 0xe6, 0xbc])), Buffer.from('a'));
    assert.deepEqual(filter.end(), Buffer.from([0xe6, 0xbc]));
  });

  it('makes no introducer of two halves, whatever it has dropped between them', () => {
    // C2 and 9B are a control sequence introducer, C2 and 9D that of an operating system command.
    const [lead, csi, osc] = [Buffer.from([0xc2]), Buffer.from([0x9b]), Buffer.from([0x9d])];
    for (const dropped of ['\x05', '\x1b', '\x1b]52;c;?\x07', '\x1b_x\x1b\\', '\x1b[5i', '\u009c'])
      for (const second of [csi, osc]) {
        const all = [lead, Buffer.from(dropped), second, Buffer.from('52;c;?\x07')];
        const [once, filter] = [passed(Buffer.concat(all)), new OutputFilter(size)];
        const apart = Buffer.concat(all.map((part) => Buffer.from(filter.write(part)))).toString();
        for (const text of [once, apart])
          assert.equal(text, '\ufffd\ufffd52;c;?\x07', JSON.stringify(dropped));
      }
  });

  it('forgets a sequence that never ends, whatever its length', () => {
    const filter = new OutputFilter(size);
    assert.equal(filter.write(Buffer.from('x\x1b]0;')).toString(), 'x');
    for (let i = 0; i < 1000; i++) assert.equal(filter.write(Buffer.alloc(4096, 'y')).length, 0);
    assert.equal(filter.write(Buffer.from('\x07text')).toString(), 'text');
    assert.equal(passed(`\x1b[${'1;'.repeat(5000)}mtext`), 'text');
  });

  it('says the same however its input is cut', () => {
    const whole = Buffer.from(
      'é\x1b[31mred\x1b]0;títle\x07x\x1b]52;c;?\x1b\\漢\x1b[?25l\u009b5Aq\x1bP$qm\x1b\\\u009d9;n\u009cend\x1b[9999b',
    );
    const expected = passed(whole);
    for (let first = 0; first <= whole.length; first++)
      for (let second = first; second <= whole.length; second++) {
        const filter = new OutputFilter(size);
        const parts = [
          whole.subarray(0, first),
          whole.subarray(first, second),
          whole.subarray(second),
        ];
        assert.equal(
          Buffer.concat(parts.map((part) => Buffer.from(filter.write(part)))).toString(),
          expected,
        );
      }
  });

  it('lets nothing through that it would not let through again, whatever comes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x1b\\',
        '\x07',
        '\u009b',
        '\u009d',
        '\u009c',
        ';',
        '?',
      ),
      fc.constantFrom(
        '52;c;?',
        '8;;http://a',
        '0;t',
        '31m',
        '99999b',
        '1049h',
        '6n',
        '$qm',
        'é',
        '\x18',
        '\n',
      ),
      fc.string({ maxLength: 4 }),
      fc
        .constantFrom([0xc2], [0x9b], [0x9d], [0x05], [0xe2, 0x82], [0xff])
        .map((bytes) => Buffer.from(bytes)),
    );
    const property = fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const filter = new OutputFilter(size);
      const parts = pieces.map((one) => Buffer.from(filter.write(Buffer.from(one as string))));
      const once = Buffer.concat(parts).toString();
      assert.equal(passed(once), once);
      assert.doesNotMatch(
        once,
        /\x1b\](?!(?:[012]|4|8|1[012]|104|11[012])[;\x07\x1b])|\x1b[X^_k]|[\u0080-\u009f]/,
      );
    });
    fc.assert(property, seeded('filtered outputs', 500));
  });

  it('knows how to take back what a program that was killed has changed', () => {
    const remedy = (output: string) => {
      const filter = new OutputFilter(size);
      filter.write(Buffer.from(output));
      return filter.changes.remedy;
    };
    assert.equal(remedy('text\r\n\x1b[?25l\x1b[?25h'), '');
    assert.equal(
      remedy('\x1b[?1049h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?25l\x1b[31m\x1b[2;5r'),
      '\x1b[?1002l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[?1049l\x1b[0m\x1b7\x1b[r\x1b8',
    );
    assert.equal(remedy('\x1b[?1049h\x1b[?1049l'), '');
    assert.equal(remedy('\x1b[?1000h\x1bc'), '');
    assert.equal(
      remedy('\x1b[>1u\x1b=\x1b(0\x1b]11;#fff\x07'),
      '\x1b[=0u\x1b[<1u\x1b>\x1b(B\x0f\x1b]111\x1b\\\x1b]112\x1b\\',
    );
  });
});
