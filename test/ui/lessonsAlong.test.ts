/** Each lesson that comes along, as a learner goes it: picked from the list, run to its end, and its results exported. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type LessonPrivilege, lessonFor } from '../../src/core/lesson/lessonFor';
import { parseLesson } from '../../src/core/lesson/parseLesson';
import { lessonsAlong } from '../../src/ui/model/lessonsAlong';
import { temporaryUser } from '../host/index.mjs';
import { type SudoUser, Window, openWithSudo, requireRoot } from './window';

/** What stands in the handout of a lesson, in this order. */
type Lesson = readonly [title: string, ...said: RegExp[]];

const asRoot: Lesson[] = [
  [
    'Leave Out --fork',
    /PID namespace of its children .* That is what --fork is for/,
    /its first child is 1/,
    /fork: Cannot allocate memory/,
    /ended with exit status 254, as the lesson expects/,
    /PID namespace of its children \| another one \| its own/,
  ],
  [
    'Kill PID 1',
    /1 is still here/,
    /1 +0 bash[^]*sleep 1000\n[^]*sleep 2000\n/,
    /1 +0 bash\n.* ps -e/,
  ],
  [
    'A Zombie, and Who Reaps It',
    / 1 [A-Y]\S* +(sleep 3|sh -c sleep 3 &)\n/,
    / Z\S* +\[sleep\] <defunct>/,
  ],
  ['Root Inside: Who Outside?', /0 +0 +4294967295\nmay read it/, /0 +65534 +1\nmay not read it/],
];

const withSudo: Lesson[] = [
  [
    'Out of a chroot, and Not Out of pivot_root',
    /root directory .*\/box \| \/ of the machine/,
    /root directory \| \/ of the machine \| \/ of its own/,
    /bin +old +proc/,
  ],
  ['A Mount That Does Not Leak', /New: tmpfs on /, /tmpfs leak/, /not on the machine/],
];

const rootless: Lesson[] = [
  [
    'What ps Reads, and Why /proc Is Mounted Twice',
    /I am 1/,
    /1 bash/,
    /New: proc on \/proc\./,
    /New: proc on .*\/box\/proc/,
  ],
  [
    'Whose Hostname Changed?',
    /unshare --map-root-user --uts bash/,
    /hostname \| \S+ \| box \|/,
    /you must be root to change the host name/,
  ],
  ['Not Found, and Yet There', /\/bin\/bash: not found/, /No such file or directory/, /\nfound\n/],
  [
    'A Fork Bomb, and pids.max',
    /No limit is to be had here: |limit: 20/,
    /No limit, no bomb|\n19\n/,
  ],
];

const lessons = lessonsAlong((text) => text);

describe('lessons that come along', function () {
  this.timeout(240_000);
  let window: Window;
  let user: SudoUser | undefined;
  let privilege: LessonPrivilege;
  before(function () {
    requireRoot(this);
  });
  afterEach(async function () {
    await window?.keepFailure(this);
    await window?.close();
    await user?.remove();
    user = undefined;
  });

  const fileOf = (title: string) => lessons.find((one) => one.title === title)!.file;
  const lastCell = (title: string) => {
    const markdown = readFileSync(path.join('media/lessons', fileOf(title)), 'utf8');
    const { cells } = parseLesson(Buffer.from(lessonFor(markdown, privilege)));
    return cells.findLastIndex(({ kind }) => kind !== 'prose');
  };
  /** Not that of its handout, `results-…`. */
  const tabOf = (file: string) =>
    window.workbench.page.locator(`.tab[data-resource-name="${file}"]`);
  /** The first cell on the screen with that text. */
  const cellOf = (hasText = '') =>
    window.workbench.page.locator('.notebookOverlay .code-cell-row', { hasText }).first();

  async function open(title: string): Promise<void> {
    const { workbench } = window;
    await workbench.command('Terrarium: Open Lesson…');
    await window.picture('lessons-list');
    await workbench.quickInput(title, { accept: false }); // the last ones are below the list's edge
    await workbench.pick(title);
    await tabOf(fileOf(title)).and(workbench.page.locator('.active')).waitFor();
    await cellOf().waitFor();
  }

  /** Runs it to its end. @returns its handout */
  async function handout(title: string, onRun: () => Promise<void>): Promise<string> {
    const { workbench } = window;
    const { page } = workbench;
    await open(title);
    await workbench.command('Notebook: Run All');
    await onRun();
    const last = page.locator(`.notebookOverlay .monaco-list-row[data-index="${lastCell(title)}"]`);
    await last.locator('.codicon-notebook-state-success').waitFor({ timeout: 60_000 });
    await workbench.command('Terrarium: Export Lesson with Results…');
    // Its dialog opens with a name of its own, which would come over one that is typed before.
    await workbench.quickValue(/-results\.md$/);
    const file = path.join(window.workspace, `results-${fileOf(title)}`);
    await workbench.quickInput(file);
    await workbench.until(
      () => Promise.resolve(existsSync(file) && readFileSync(file, 'utf8')),
      (text: string | false) => text !== false && text.includes('**Answer.**'),
      20_000,
      (text: string | false) => `The handout is ${String(text)}`,
    );
    return readFileSync(file, 'utf8');
  }

  async function runAll(lessons: readonly Lesson[], onRun = async (_at: number) => {}) {
    for (const [at, [title, ...said]] of lessons.entries()) {
      const text = await handout(title, () => onRun(at));
      await window.picture(`lesson-${path.basename(fileOf(title), '.md')}`);
      assert.doesNotMatch(
        text,
        /ended with exit status \d+\.$/m,
        'no cell fails but where it says so',
      );
      let rest = text;
      for (const pattern of said) {
        const found = pattern.exec(rest);
        assert.ok(found, `${title} says ${pattern}, in this order:\n${text}`);
        rest = rest.slice(found.index + found[0].length);
      }
      // The handout, and with the lesson its terminal.
      await window.workbench.command('View: Close Editor');
      await window.workbench.command('View: Close Editor');
      await tabOf(fileOf(title)).waitFor({ state: 'detached' });
    }
  }

  it('hold what they say as root, and come back with the window', async () => {
    privilege = 'root';
    window = await Window.open();
    await window.workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await runAll(asRoot);
    await open('Kill PID 1');
    const { page } = window.workbench;
    // VS Code has written down what is open when it reloads the page by itself.
    const loaded = page.waitForEvent('load');
    await window.workbench.command('Developer: Reload Window');
    await loaded;
    await page.locator('.tab.active', { hasText: 'kill-pid-1.md' }).waitFor();
    await cellOf('unshare --pid --fork --mount-proc bash').waitFor();
  });

  it('hold what they say with sudo, whose password is typed in the terminal', async () => {
    privilege = 'sudo';
    ({ user, window } = await openWithSudo(() => undefined));
    const { workbench } = window;
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await runAll(withSudo, async (at) => {
      if (at === 0) {
        await workbench.page.locator('.monaco-dialog-box').getByText('Show It All').click();
        await workbench.waitForTerminal(/asks for your password[^]*password for/);
        await workbench.typeInTerminal(`${user!.password}\n`);
      }
      // The lesson's own: a terminal has a password of its own.
      await workbench.waitForTerminal(/sudo unshare [^]*password for/);
      await workbench.typeInTerminal(`${user!.password}\n`);
    });
    assert.notEqual(hostname(), 'box');
  });

  it('hold what they say without any rights, and make a step of the walkthrough complete', async () => {
    privilege = 'rootless';
    user = await temporaryUser();
    window = await Window.open({ user, settings: { 'terrarium.privilege': 'rootless' } });
    const { workbench } = window;
    const { page } = workbench;
    await page.setViewportSize({ width: 1400, height: 1000 });
    await workbench.openViewContainer('Terrarium');
    await workbench.view('Containers').getByText('Take the tour').click();
    const step = page.locator('.getting-started-step', { hasText: 'Take it apart' }).first();
    await step.click();
    await window.picture('tour-learn');
    const ticked = step.locator('.codicon.complete').first();
    assert.equal(await ticked.count(), 0);
    await step.getByText('hostname', { exact: true }).click();
    await page.locator('.tab.active', { hasText: 'whose-hostname.md' }).waitFor();
    await page.locator('.tab', { hasText: /Welcome|Walkthrough/ }).click();
    assert.equal(await ticked.count(), 0, 'not for opening it');
    // What comes to the front when a lesson is closed would take the focus from the list.
    await workbench.command('View: Close All Editors');
    await runAll(rootless);
    await workbench.view('Containers').getByText('Take the tour').click();
    await ticked.waitFor();
  });
});
