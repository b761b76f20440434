/** A lesson that comes along, run cell by cell as the notebook does it. Used by `lessonsAlong.test.ts`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compareSnapshots } from '../../src/core/lesson/compareSnapshots';
import { type LessonPrivilege, lessonFor } from '../../src/core/lesson/lessonFor';
import { parseLesson } from '../../src/core/lesson/parseLesson';
import { mayFail, typedLines } from '../../src/core/lesson/shellBlock';
import type { ProcessSnapshot } from '../../src/protocol/snapshot';
import { evidencePlain } from '../../src/ui/lessons/evidenceHtml';
import { evidenceRows, evidenceSummary } from '../../src/ui/lessons/evidenceText';
import type { Workplace } from './containers';
import { type Client, size } from './serving';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

/** What one cell did. */
export interface CellRun {
  readonly typed: string;
  readonly output: string;
  /** As lines of text, as a screen reader has it. */
  readonly evidence: string;
  /** Of the process in front, afterwards. */
  readonly after: ProcessSnapshot;
}

export interface LessonOptions {
  readonly privilege: LessonPrivilege;
  /** The person's own helper, in which the shell is. */
  readonly client: Client;
  /** Who reads what the process in front sees: with sudo a helper as root. */
  readonly reader: Client;
  /** Where it runs. */
  readonly cwd: string;
  readonly place: Workplace;
}

/**
 * Every cell in its order. A password is typed where sudo asks for it.
 * @param name of the file in media/lessons, without .md
 * @throws AssertionError where a cell fails of which the lesson does not say so, or the other way round
 */
export async function runLesson(name: string, options: LessonOptions): Promise<CellRun[]> {
  const { client, reader, place, privilege } = options;
  const file = path.resolve('media/lessons', `${name}.md`);
  const markdown = lessonFor(readFileSync(file, 'utf8'), privilege);
  const { cells } = parseLesson(Buffer.from(markdown));
  const { stream } = await client.rpc.request('openLesson', { cwd: options.cwd, ...size });
  const screen = await client.attach(stream);
  client.rpc.onNotification('lessonWaits', (one) => {
    if (one.stream === stream) screen.type(`${place.user.password}\r`);
  });
  const look = async () => {
    const { pid } = await client.rpc.request('frontOfLesson', { stream });
    const { snapshot } = await reader.rpc.request('takeSnapshot', { pid });
    assert.ok(snapshot, `process ${pid} in front can be read`);
    return snapshot;
  };
  // As Debian gives it to ordinary users: without the folders of root's programs.
  if (privilege !== 'root') {
    const lines = ['PATH=/usr/local/bin:/usr/bin:/bin'];
    await client.rpc.request('runInLesson', { stream, lines });
  }
  const runs: CellRun[] = [];
  let before = await look();
  for (const { kind, text, source } of cells) {
    if (kind === 'prose') continue;
    const lines = typedLines(text, kind);
    const run = await client.rpc.request('runInLesson', { stream, lines });
    const failed = run.lines.filter(({ status = 0 }) => status !== 0).length > 0;
    const said = `${lines.join('\n')}\n${run.output}`;
    assert.equal(failed, mayFail(source?.before), `it fails as the lesson says:\n${said}`);
    assert.notEqual(run.lines.at(-1)?.end, 'over', said);
    const after = await look();
    const evidence = compareSnapshots(before, after);
    const summary = evidenceSummary(evidence, t);
    runs.push({
      ...{ typed: lines.join('\n'), output: run.output, after },
      evidence: evidencePlain(summary, evidenceRows(evidence, t)),
    });
    before = after;
  }
  await client.rpc.request('endLesson', { stream });
  return runs;
}
