/** Each lesson that comes along without any rights; the first of them makes a step of the walkthrough complete. */
import assert from 'node:assert/strict';
import { temporaryUser } from '../host/index.mjs';
import { Learner, lessons } from './alongLessons';
import { type SudoUser, Window, requireRoot } from './window';

describe('lessons that come along, rootless', function () {
  this.timeout(360_000);
  let user: SudoUser | undefined;
  let window: Window;
  before(async function () {
    requireRoot(this);
    user = await temporaryUser();
    window = await Window.open({ user, settings: { 'terrarium.privilege': 'rootless' } });
    await window.workbench.page.setViewportSize({ width: 1400, height: 1000 });
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });

  it('hold what they say, and make a step of the walkthrough complete', async () => {
    const { workbench } = window;
    const { page } = workbench;
    await workbench.openViewContainer('Terrarium');
    await workbench.view('Containers').getByText('Take the tour').click();
    const step = page
      .locator('.getting-started-step', { hasText: 'See what each step does' })
      .first();
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
    await new Learner(window, { privilege: 'rootless', uid: user!.uid }).runAll();
    await workbench.view('Containers').getByText('Take the tour').click();
    await ticked.waitFor();
  });

  it('run one cell by Ctrl+Enter, and leave it as it is', async () => {
    const { workbench } = window;
    const learner = new Learner(window, { privilege: 'rootless', uid: user!.uid });
    await learner.open(lessons.find(({ file }) => file === 'whose-hostname.md')!);
    const cell = learner.cellOf();
    await cell.locator('.view-line').last().click();
    const before = await cell.locator('.view-line').allInnerTexts();
    await workbench.page.keyboard.press('Control+Enter');
    await cell.locator('.codicon-notebook-state-success').waitFor();
    assert.deepEqual(await cell.locator('.view-line').allInnerTexts(), before);
  });
});
