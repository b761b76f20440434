// Every command and option that Terrarium shows has a word: of the plans, of the lessons, of the fixtures.
// Computed from those files, so that a new step without a word fails.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseLesson } from '../../../../../src/core/lesson/parseLesson';
import { spotsIn } from '../../../../../src/ui/model/words/shell/wordAt';
import { word } from '../../../../../src/ui/model/words/word';
import { projectRoot } from '../../../../host/project.mjs';

const t = (text: string) => text;
const plans = path.join(projectRoot(), 'test/unit/core/sequence/plans');
const lessons = path.join(projectRoot(), 'media/lessons');

/** Programs of a bundle, which nobody knows beforehand, and what makes a program of a function. */
const ofBundles = /^(?:\/|\.\/)/;

function withoutWord(code: string): string[] {
  return spotsIn(code, t)
    .filter(({ kind, name }) => word(kind, name, t) === undefined)
    .filter(({ kind, start }) => kind !== 'file' && !ofBundles.test(code.slice(start)))
    .map(({ kind, name }) => `${kind} ${name}`);
}

/** The commands of a golden file stand below their reasons. */
function commandsOf(plan: string): string[] {
  return plan.split('\n').flatMap((line) => /^ {14}(\S.*)$/.exec(line)?.[1] ?? []);
}

describe('the words for our own commands', () => {
  it('are looked for in some hundred commands', () => {
    const all = readdirSync(plans).map((file) => readFileSync(path.join(plans, file), 'utf8'));
    assert.ok(all.flatMap(commandsOf).length > 300);
  });

  for (const file of readdirSync(plans))
    it(`are there for every command, option and value of the plan ${file}`, () => {
      const commands = commandsOf(readFileSync(path.join(plans, file), 'utf8'));
      for (const command of commands) {
        assert.ok(spotsIn(command, t).length > 0, command);
        assert.deepEqual(withoutWord(command), [], command);
      }
    });

  for (const file of readdirSync(lessons))
    it(`are there for every command and option of the lesson ${file}`, () => {
      const cells = parseLesson(readFileSync(path.join(lessons, file))).cells.filter(
        ({ kind }) => kind !== 'prose',
      );
      assert.ok(cells.length > 0);
      for (const { text } of cells) assert.deepEqual(withoutWord(text), [], text);
    });
});
