/** Each lesson that comes along as root: picked from the list, run to its end, its results exported; and saved as one’s own. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Learner, lessons } from './alongLessons';
import { Window, useWindow } from './window';

describe('lessons that come along, as root', function () {
  this.timeout(360_000);
  let window: Window;
  let learner: Learner;
  useWindow(
    () => Window.open(),
    (opened) => {
      window = opened;
      learner = new Learner(window, { privilege: 'root', uid: 0 });
    },
  );
  before(() => window.workbench.page.setViewportSize({ width: 1400, height: 1000 }));

  it('hold what they say', () => learner.runAll());

  const lesson = lessons.find(({ file }) => file === 'kill-pid-1.md')!;

  it('come back with the window', async () => {
    await learner.open(lesson);
    const { page } = window.workbench;
    // VS Code has written down what is open when it reloads the page by itself.
    const loaded = page.waitForEvent('load');
    await window.workbench.command('Developer: Reload Window');
    await loaded;
    await page.locator('.tab.active', { hasText: lesson.file }).waitFor();
    await learner.cellOf().waitFor(); // any: it comes back where it was scrolled to
  });

  it('become files of one’s own, with the commands for who saves them', async () => {
    const { workbench } = window;
    const file = path.join(window.workspace, 'my-own.md');
    await workbench.command('Terrarium: Save Lesson As…');
    await workbench.quickValue(/kill-pid-1\.md$/);
    await workbench.quickInput(file);
    await learner.tabOf('my-own.md').and(workbench.page.locator('.active')).waitFor();
    // What is on the screen until then may be the cells of the other.
    await workbench.command('View: Close Other Editors in Group');
    await learner.tabOf(lesson.file).waitFor({ state: 'detached' });
    await learner.cellOf('unshare --pid --fork --mount-proc bash').waitFor();
    await window.picture('lesson-saved-as');
    assert.ok(existsSync(file));
    assert.equal(readFileSync(file, 'utf8'), learner.markdownOf(lesson.file));
  });
});
