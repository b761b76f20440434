/* eslint-disable no-control-regex -- control sequences are what it is about */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Terminal } from '@xterm/headless';
import { OutputFilter } from '../../../../src/helper/console/filter/OutputFilter';
import { Screen } from '../../../../src/helper/console/Screen';
import { cellAt, isSecondHalf } from '../../../../src/helper/console/screen/writeLine';
import { coreOf } from '../../../../src/helper/console/screen/xtermCore';
import { seeded } from '../../../seed';
import { stateOf } from './terminalState';

const size = { cols: 12, rows: 5 };

const terminalOf = (screen: Screen) => (screen as unknown as { terminal: Terminal }).terminal;

function snapshotOf(screen: Screen): Buffer {
  let bytes: Buffer | undefined;
  screen.snapshot((screen) => (bytes = screen));
  return bytes!;
}

function restoredFrom(screen: Screen, at = size): Screen {
  const restored = new Screen(at);
  restored.write(snapshotOf(screen));
  return restored;
}

/**
 * The one state that no output makes in an empty terminal: the cursor waits behind the last column, and the
 * cell before it was taken away by moving the row under it.
 */
function waitsBehindNothing(screen: Screen): boolean {
  const { active } = coreOf(terminalOf(screen)).buffers;
  const line = active.lines.get(active.ybase + active.y)!;
  return (
    active.x >= size.cols &&
    cellAt(line, size.cols - 1).text === '' &&
    !isSecondHalf(line, size.cols - 1)
  );
}

/**
 * What comes next may join the half of a wide character, which is drawn blank: a mark without width joins what
 * would have been the other half, at the end of a row that does not wrap. No output makes such a half.
 */
function joinsHalf(screen: Screen): boolean {
  const core = coreOf(terminalOf(screen));
  const { active } = core.buffers;
  const line = active.lines.get(active.ybase + active.y)!;
  const before = Math.min(active.x, size.cols) - 1;
  if (before < 0 || core._inputHandler._parser.precedingJoinState === 0) return false;
  const isWhole = before + 1 < size.cols && isSecondHalf(line, before + 1);
  return cellAt(line, before).width === 2 && !isWhole;
}

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 13 }) },
  { weight: 1, arbitrary: fc.integer({ min: 14, max: 10_000 }) },
);
const text = fc.constantFrom(
  ...[
    'a',
    'bc',
    'q',
    'x'.repeat(11),
    'y'.repeat(12),
    'z'.repeat(30),
    '漢',
    '漢字',
    '😀',
    'e\u0301',
  ],
  ...['\u0301', '\u200d', ' ', 'ä', '−', '\ufe0f'],
);
const control = fc.constantFrom('\r', '\n', '\r\n', '\n\n\n', '\b', '\t', '\x0e', '\x0f', '\v');
const colour = fc.constantFrom(
  ...[
    '31',
    '42',
    '97',
    '104',
    '39',
    '49',
    '38;5;3',
    '48;5;200',
    '38;2;1;2;3',
    '48;2;9;8;7',
    '58;5;5',
  ],
  ...[
    '58;2;1;1;1',
    '59',
    '0',
    '1',
    '2',
    '3',
    '4',
    '4:3',
    '4:0',
    '21',
    '24',
    '5',
    '7',
    '8',
    '9',
    '22',
  ],
  ...['23', '25', '27', '28', '29', '53', '55', ''],
);
const counted = fc
  .tuple(number, fc.constantFrom(...'@ABCDEFGILMPSTXZ`abde', ' @', ' A', "'}", "'~"))
  .map(([n, final]) => `\x1b[${n}${final}`);
const placed = fc
  .tuple(number, number, fc.constantFrom('H', 'f', 'r'))
  .map(([a, b, final]) => `\x1b[${a};${b}${final}`);
const erased = fc
  .tuple(fc.constantFrom('', '0', '1', '2', '3'), fc.constantFrom('J', 'K', '?J', '?K'))
  .map(([n, final]) => `\x1b[${final.startsWith('?') ? '?' : ''}${n}${final.at(-1)}`);
const mode = fc
  .tuple(
    fc.constantFrom(
      ...[
        1, 6, 7, 9, 12, 25, 45, 47, 66, 1000, 1002, 1003, 1004, 1006, 1016, 1047, 1048, 1049, 2004,
        2026,
      ],
    ),
    fc.constantFrom('h', 'l'),
  )
  .map(([n, final]) => `\x1b[?${n}${final}`);
const other = fc.constantFrom(
  ...[
    '\x1b7',
    '\x1b8',
    '\x1b[s',
    '\x1b[u',
    '\x1bD',
    '\x1bE',
    '\x1bH',
    '\x1bM',
    '\x1b=',
    '\x1b>',
    '\x1bc',
  ],
  ...[
    '\x1b[3g',
    '\x1b[0g',
    '\x1b[4h',
    '\x1b[4l',
    '\x1b[20h',
    '\x1b[20l',
    '\x1b[!p',
    '\x1b#8',
    '\x1b[r',
  ],
  ...[
    '\x1b(0',
    '\x1b(B',
    '\x1b)0',
    '\x1b*A',
    '\x1b+K',
    '\x1bn',
    '\x1bo',
    '\x1b(4',
    '\x1b[1"q',
    '\x1b[0"q',
  ],
  ...[
    '\x1b[0 q',
    '\x1b[3 q',
    '\x1b[6 q',
    '\x1b]2;title\x07',
    '\x1b]1;icon\x07',
    '\x1b]4;1;#ff0000\x07',
  ],
  ...['\x1b]10;rgb:1/2/3\x07', '\x1b]104\x07', '\x1b]110\x07'],
  ...['\x1b]8;;http://a/\x07link\x1b]8;;\x07', '\x1b]8;id=x;https://b/;c\x07id\x1b]8;;\x07'],
);
const piece = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 3, arbitrary: control },
  { weight: 3, arbitrary: colour.map((n) => `\x1b[${n}m`) },
  { weight: 3, arbitrary: counted },
  { weight: 3, arbitrary: placed },
  { weight: 2, arbitrary: erased },
  { weight: 2, arbitrary: mode },
  { weight: 2, arbitrary: other },
);
const output = fc.array(piece, { maxLength: 40 });

describe('Screen', () => {
  it('brings another terminal to the same state, cell by cell and mode by mode, whatever was printed', function () {
    this.timeout(0);
    const property = fc.property(output, output, (before, after) => {
      const filter = new OutputFilter(size);
      const never = new Screen(size);
      never.write(filter.write(Buffer.from(before.join(''))));
      fc.pre(!waitsBehindNothing(never));
      const restored = restoredFrom(never);
      assert.deepEqual(stateOf(terminalOf(restored)), stateOf(terminalOf(never)));
      fc.pre(!joinsHalf(never));
      // What does not show now shows in what is printed next.
      // (xterm counts the row of a saved cursor from the top of the scrollback, which ED 3 takes away.)
      const more = filter.write(Buffer.from(after.join('').replaceAll(/\x1b\[\??3J/g, '')));
      never.write(more);
      restored.write(more);
      assert.deepEqual(stateOf(terminalOf(restored)), stateOf(terminalOf(never)));
      never.dispose();
      restored.dispose();
    });
    fc.assert(property, seeded('restored screens', 400));
  });

  it('leaves half of a wide character blank, where the next one could join it', () => {
    const screen = new Screen(size);
    screen.write(Buffer.from(`\x1b[?7l${'x'.repeat(11)}漢\u0301`));
    const restored = restoredFrom(screen);
    assert.deepEqual(stateOf(terminalOf(restored)), stateOf(terminalOf(screen)));
  });

  it('shows no difference where a pen was restored in part, as xterm does', () => {
    const screen = new Screen(size);
    screen.write(Buffer.from('\x1b[21m\x1b[u'));
    const restored = restoredFrom(screen);
    for (const one of [screen, restored]) one.write(Buffer.from('\x1b[59ma'));
    assert.deepEqual(stateOf(terminalOf(restored)), stateOf(terminalOf(screen)));
  });

  it('keeps a link that is open, and 5,000 lines above the screen', () => {
    const screen = new Screen(size);
    for (let i = 0; i < 7000; i++) screen.write(Buffer.from(`line ${i}\r\n`));
    screen.write(Buffer.from('\x1b]8;;http://a/\x07open'));
    const restored = restoredFrom(screen);
    assert.deepEqual(stateOf(terminalOf(restored)), stateOf(terminalOf(screen)));
    assert.equal(coreOf(terminalOf(restored)).buffers.normal.lines.length, 5005);
  });

  it('goes on where xterm throws: erasing above, with the cursor at the very end', () => {
    const screen = new Screen(size);
    screen.write(Buffer.from('one\r\ntwo\x1b[99;99H\x1b[1Jthree'));
    const { active } = terminalOf(screen).buffer;
    const rows = Array.from({ length: size.rows }, (_, y) =>
      active.getLine(active.baseY + y)!.translateToString(true),
    );
    assert.deepEqual(rows, ['', '', '', '           t', 'hree']);
  });

  it('has the widths of characters that the terminal of VS Code has', () => {
    const screen = new Screen(size);
    screen.write(Buffer.from('😀x'));
    assert.equal(coreOf(terminalOf(screen)).buffers.active.x, 3);
  });
});
