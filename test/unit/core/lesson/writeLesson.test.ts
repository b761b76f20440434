// Markdown through cells and back: nothing changes but what was edited.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Lesson, LessonCell } from '../../../../src/core/lesson/Lesson';
import { parseLesson } from '../../../../src/core/lesson/parseLesson';
import { writeLesson } from '../../../../src/core/lesson/writeLesson';
import { seeded } from '../../../seed';
import { markdown } from './lessons';

const saved = (text: string, change: (cells: LessonCell[]) => LessonCell[]) => {
  const lesson = parseLesson(Buffer.from(text));
  return writeLesson({ ...lesson, cells: change([...lesson.cells]) }).toString();
};
const edit = (at: number, text: string) => (cells: LessonCell[]) =>
  cells.map((cell, index) => (index === at ? { ...cell, text } : cell));

/** Through JSON, as VS Code keeps it. */
const kept = (lesson: Lesson) => JSON.parse(JSON.stringify(lesson)) as Lesson;

describe('writeLesson', () => {
  it('writes what was not edited as it was, byte for byte', () => {
    fc.assert(
      fc.property(markdown, (bytes) => {
        assert.deepEqual(writeLesson(kept(parseLesson(bytes))), bytes);
      }),
      seeded('lessons saved without an edit', 2000),
    );
  });

  it('writes bytes that are not UTF-8 as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const file = Buffer.concat([
          bytes,
          Buffer.from('\n```sh\n'),
          bytes,
          Buffer.from('\n```\n'),
        ]);
        assert.deepEqual(writeLesson(parseLesson(file)), file);
      }),
      seeded('lessons of any bytes', 300),
    );
  });

  it('changes the one block that was edited, and reads it back', () => {
    const words = fc.constantFrom('echo b', '```', '````', '~~~', '  x', '', '# c', '<!--');
    const edits = fc.tuple(markdown, fc.nat(), fc.array(words, { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(edits, ([bytes, which, lines]) => {
        // Between a CR of the one line and a LF of the next no empty line can stand.
        fc.pre(!/\r[^\n]/.test(bytes.toString()) || !bytes.includes('\n'));
        const lesson = parseLesson(bytes);
        const scripts = [...lesson.cells.entries()].filter(([, { kind }]) => kind === 'script');
        if (scripts.length === 0) return;
        const [at] = scripts[which % scripts.length]!;
        const text = lines.join('\n');
        const cells = edit(at, text)([...lesson.cells]);
        const again = parseLesson(writeLesson({ ...lesson, cells }));
        const shown = ({ kind, text }: LessonCell) => ({ kind, text });
        assert.deepEqual(again.cells.map(shown), cells.map(shown));
        const others = (one: Lesson) => one.cells.filter((_, index) => index !== at);
        assert.deepEqual(others(again), others(lesson));
      }),
      seeded('lessons with an edit', 2000),
    );
  });

  const text = '# A\n\n```bash title=x\nls\n```\n\n\nmiddle\n~~~sh\nid\n~~~\nend\n';

  it('keeps fences and blank lines around an edit', () => {
    assert.equal(saved(text, edit(1, 'ls -l\npwd')), text.replace('ls\n', 'ls -l\npwd\n'));
    assert.equal(saved(text, edit(2, 'new')), text.replace('middle', 'new'));
  });

  it('keeps CRLF in an edited cell', () => {
    const crlf = text.replaceAll('\n', '\r\n');
    assert.equal(saved(crlf, edit(1, 'a\nb')), crlf.replace('ls\r\n', 'a\r\nb\r\n'));
  });

  it('takes no line ending of the editor for an edit', () => {
    const mixed = 'a\r\nb\nc\r\n\n```sh\nx\r\ny\n```\n';
    const asEditor = (cells: LessonCell[]) =>
      cells.map((cell) => ({ ...cell, text: cell.text.replaceAll('\n', '\r\n') }));
    assert.equal(saved(mixed, asEditor), mixed);
  });

  it('indents an edited block as its fences are', () => {
    const list = '- a\n\n  ```sh\n  ls\n  ```\n';
    assert.equal(
      saved(list, edit(1, 'if x; then\n\n  y\nfi')),
      list.replace('ls', 'if x; then\n\n    y\n  fi'),
    );
  });

  it('fills an empty block, and empties one', () => {
    assert.equal(saved('```sh\n```\n', edit(0, 'ls')), '```sh\nls\n```\n');
    assert.equal(saved('```sh\nls\n```\n', edit(0, '')), '```sh\n\n```\n');
  });

  it('makes a fence longer where the text would close it', () => {
    assert.equal(
      saved('```sh\nls\n```\n', edit(0, 'cat <<E\n```\nE')),
      '````sh\ncat <<E\n```\nE\n````\n',
    );
    assert.equal(saved('~~~sh\nls\n~~~\n', edit(0, '~~~~')), '~~~~~sh\n~~~~\n~~~~~\n');
  });

  it('adds, moves and takes out cells, with blank lines between new neighbours', () => {
    const prose: LessonCell = { kind: 'prose', text: 'new' };
    const script: LessonCell = { kind: 'script', text: 'pwd' };
    const cut = 'a\n```sh\nx\n```\nb\n```sh\ny\n```';
    assert.equal(
      saved(cut, (cells) => [...cells, prose, script]),
      `${cut}\n\nnew\n\n\`\`\`sh\npwd\n\`\`\`\n`,
    );
    assert.equal(
      saved(cut, ([a, , b, y]) => [a!, b!, y!]),
      'a\n\nb\n```sh\ny\n```',
    );
    assert.equal(
      saved(cut, ([a, x, b, y]) => [y!, a!, x!, b!]),
      '```sh\ny\n```\n\na\n```sh\nx\n```\nb\n',
    );
    assert.equal(
      saved('', () => [script]),
      '```sh\npwd\n```\n',
    );
  });

  it('takes linear time', function () {
    this.timeout(20_000);
    const timeOf = (text: string) => {
      const bytes = Buffer.from(text);
      const start = performance.now();
      assert.deepEqual(writeLesson(parseLesson(bytes)), bytes);
      return performance.now() - start;
    };
    const blocks = 'prose\n\n```sh\necho\n```\n\n'.repeat(2000);
    assert.equal(parseLesson(Buffer.from(blocks)).cells.length, 4000);
    const hostile = ['```sh\n', '- ', '- \n', '`', '```sh\n```', ' ', '\n', '<!--\n', '> - ', '\r'];
    for (const part of [blocks, ...hostile]) {
      const count = part === blocks ? 1 : 50_000;
      timeOf(part.repeat(count)); // compiles
      const [one, ten] = [timeOf(part.repeat(count)), timeOf(part.repeat(count * 10))];
      assert.ok(
        ten < 40 * one + 200,
        `${JSON.stringify(part.slice(0, 10))}: ${one} ms, then ${ten} ms`,
      );
    }
  });
});
