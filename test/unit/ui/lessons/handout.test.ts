// A lesson with its results as Markdown.
import assert from 'node:assert/strict';
import { compareSnapshots } from '../../../../src/core/lesson/compareSnapshots';
import type { LessonCell } from '../../../../src/core/lesson/Lesson';
import { parseLesson } from '../../../../src/core/lesson/parseLesson';
import { writeLesson } from '../../../../src/core/lesson/writeLesson';
import { type CellResults, handoutCells } from '../../../../src/ui/lessons/handout';
import { snapshot } from '../../core/lesson/snapshots';

const lesson = parseLesson(Buffer.from('# A\n\n```sh\nhostname box\n```\nend\n'));

function handout(texts: string[], evidence: CellResults['evidence'] = []): string {
  const results = (cell: LessonCell) =>
    cell.kind === 'prose' ? { texts: [], evidence: [] } : { texts, evidence };
  const cells = lesson.cells.map((cell) => ({ cell, results: results(cell) }));
  return writeLesson({ ...lesson, cells: handoutCells(cells, (text) => text) }).toString();
}

describe('a handout', () => {
  it('is the lesson where nothing was run', () =>
    assert.equal(handout([]), '# A\n\n```sh\nhostname box\n```\nend\n'));

  it('has outputs below their cells, without colours', () =>
    assert.equal(
      handout(['\x1b[31mred\x1b[0m\n', '“false” ended\n']),
      [
        '# A\n\n```sh\nhostname box\n```\n',
        '```text\nred\n```\n',
        '```text\n“false” ended\n```\n',
        'end\n',
      ].join('\n'),
    ));

  it('has the evidence as a table', () => {
    const after = snapshot({ hostname: 'a|b*<i>' });
    const markdown = handout([], [compareSnapshots(snapshot(), after)]);
    assert.match(markdown, /^\| what \| before \| now \| change \| in words \|\n(\| --- ){5}\|$/m);
    assert.match(markdown, /^\| hostname \| machine \| a\\\|b\\\*\\<i\\> \| changed \| /m);
  });

  it('is a lesson again, with the same blocks', () => {
    const again = parseLesson(Buffer.from(handout(['```sh\nrm -rf /\n```\n'])));
    const scripts = again.cells.filter(({ kind }) => kind !== 'prose');
    assert.deepEqual(
      scripts.map(({ text }) => text),
      ['hostname box'],
    );
  });
});
