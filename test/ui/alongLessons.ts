/** The lessons that come along, gone through in a window as a learner does, and what each says. Used by `lessonsAs….test.ts`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type LessonPrivilege, lessonFor } from '../../src/core/lesson/lessonFor';
import { parseLesson } from '../../src/core/lesson/parseLesson';
import { lessonsAlong } from '../../src/ui/model/lessonsAlong';
import type { Window } from './window';

export interface Person {
  readonly privilege: LessonPrivilege;
  readonly uid: number;
}

/** What stands in the handout of a lesson, in this order. */
type Answers = (person: Person) => readonly RegExp[];

const answers: Readonly<Record<string, Answers>> = {
  'a-container-in-five-steps': () => [
    /PID namespace \| the machine’s \| a new one \| new/,
    /UTS namespace \| the machine’s \| a new one \| new/,
    /hostname \| \S+ \| box \|/,
    /New: proc on .*\/box\/proc/,
    /root directory .*\/box \|/,
    /1 0 +bash\n/,
    /PID namespace \| another one \| the machine’s \| back/,
  ],
  'leave-out-fork': () => [
    /PID namespace of its children .* That is what --fork is for/,
    /its first child is 1/,
    /fork: Cannot allocate memory/,
    /ended with exit status 254, as the lesson expects/,
    /PID namespace of its children \| another one \| its own/,
  ],
  'what-ps-reads': () => [
    /I am 1/,
    /1 bash/,
    /New: proc on \/proc\./,
    /New: proc on .*\/box\/proc/,
  ],
  'whose-hostname': ({ privilege }) => [
    privilege === 'rootless' ? /unshare --map-root-user --uts bash/ : /unshare --uts bash/,
    /hostname \| \S+ \| box \|/,
    ...(privilege === 'rootless' ? [/you must be root to change the host name/] : []),
  ],
  'a-mount-that-does-not-leak': () => [/New: tmpfs on /, /tmpfs leak/, /not on the machine/],
  'root-inside-who-outside': ({ privilege, uid }) => [
    privilege === 'rootless' ? /Operation not permitted/ : /0 +0 +4294967295\nmay read it/,
    new RegExp(`0 +${privilege === 'root' ? 65534 : uid} +1\nmay not read it`),
  ],
  'out-of-a-root': () => [
    /root directory .*\/box \| \/ of the machine/,
    /root directory \| \/ of the machine \| \/ of its own/,
    /bin +old +proc/,
  ],
  'kill-pid-1': () => [
    /1 is still here/,
    /1 +0 bash[^]*sleep 1000\n[^]*sleep 2000\n/,
    /1 +0 bash\n.* ps -e/,
  ],
  zombies: () => [
    // Whether it runs or sleeps just now is chance; before its execve(2) it is what its `sh` was.
    / 1 [A-Y]\S* +(sleep 1000|sh -c sleep 1000 .*)\n/,
    / Z\S* +\[sleep\] <defunct>/,
  ],
  'not-found-and-yet-there': () => [
    /\/bin\/bash: not found/,
    /No such file or directory/,
    /\nfound\n/,
  ],
  'a-fork-bomb-and-its-limit': () => [
    /No limit is to be had here: |limit: 20/,
    /No limit, no bomb|\n19\n/,
  ],
};

export const lessons = lessonsAlong((text) => text);

/** A learner in a window. */
export class Learner {
  constructor(
    readonly window: Window,
    readonly person: Person,
  ) {}

  /** Picks it from the list. */
  async open({ title, file }: (typeof lessons)[number]): Promise<void> {
    const { workbench } = this.window;
    await workbench.command('Terrarium: Open Lesson…');
    await workbench.quickInput(title, { accept: false }); // the last ones are below the list's edge
    await workbench.pick(title);
    await this.tabOf(file).and(workbench.page.locator('.active')).waitFor();
    await this.cellOf().waitFor();
  }

  /** Each to its end, with its results exported; then what it says holds. */
  async runAll(onRun: (at: number) => Promise<void> = () => Promise.resolve()): Promise<void> {
    assert.deepEqual(
      lessons.map(({ file }) => path.basename(file, '.md')).sort(),
      Object.keys(answers).sort(),
    );
    for (const [at, lesson] of lessons.entries()) {
      const text = await this.handout(lesson, () => onRun(at));
      const name = path.basename(lesson.file, '.md');
      await this.window.picture(`lesson-${name}-${this.person.privilege}`);
      assertSays(lesson.title, text, answers[name]!(this.person));
      // The handout, and with the lesson its terminal.
      await this.window.workbench.command('View: Close All Editors');
      await this.tabOf(lesson.file).waitFor({ state: 'detached' });
    }
  }

  /** The first cell on the screen with that text. */
  cellOf(hasText = '') {
    const { page } = this.window.workbench;
    return page.locator('.notebookOverlay .code-cell-row', { hasText }).first();
  }

  /** Not that of its handout, `results-…`. */
  tabOf(file: string) {
    return this.window.workbench.page.locator(`.tab[data-resource-name="${file}"]`);
  }

  /** As it comes along for this person. */
  markdownOf(file: string): string {
    return lessonFor(readFileSync(path.join('media/lessons', file), 'utf8'), this.person.privilege);
  }

  /** Runs it to its end. @returns its handout */
  private async handout(
    lesson: (typeof lessons)[number],
    onRun: () => Promise<void>,
  ): Promise<string> {
    const { workbench, workspace } = this.window;
    await this.open(lesson);
    await workbench.command('Notebook: Run All');
    await onRun();
    const { cells } = parseLesson(Buffer.from(this.markdownOf(lesson.file)));
    const last = cells.findLastIndex(({ kind }) => kind !== 'prose');
    const row = workbench.page.locator(`.notebookOverlay .monaco-list-row[data-index="${last}"]`);
    await row.locator('.codicon-notebook-state-success').waitFor({ timeout: 60_000 });
    await workbench.command('Terrarium: Export with Results…');
    // Its dialog opens with a name of its own, which would come over one that is typed before.
    await workbench.quickValue(/-results\.md$/);
    const name = `results-${lesson.file}`;
    await workbench.quickInput(path.join(workspace, name));
    // It is shown when it has been written.
    await this.tabOf(name).and(workbench.page.locator('.active')).waitFor();
    return readFileSync(path.join(workspace, name), 'utf8');
  }
}

function assertSays(title: string, text: string, said: readonly RegExp[]): void {
  const failed = /ended with exit status \d+\.$/m;
  assert.doesNotMatch(text, failed, 'no cell fails but where it says so');
  let rest = text;
  for (const pattern of said) {
    const found = pattern.exec(rest);
    assert.ok(found, `${title} says ${pattern}, in this order:\n${text}`);
    rest = rest.slice(found.index + found[0].length);
  }
}
