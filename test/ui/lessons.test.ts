/** A lesson as a learner goes it: opened, run to its end with sudo and a password, and read off the screen. */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { type SudoUser, type Window, openWithSudo, requireRoot } from './window';

describe('a lesson', function () {
  this.timeout(240_000);
  let user: SudoUser;
  let window: Window;
  before(async function () {
    requireRoot(this);
    ({ user, window } = await openWithSudo(() => undefined));
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  /** What stands below the cells. */
  const outputs = () =>
    window.workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');

  it('that comes along runs to its end, and sudo asks in its terminal', async () => {
    const { workbench } = window;
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await workbench.command('Terrarium: Open as Lesson');
    await workbench.pick('A Container in Five Steps');
    await workbench.page.locator('.notebookOverlay .cell-list-container').waitFor();
    await workbench.command('Notebook: Run All');
    await workbench.waitForTerminal(/password for/);
    await window.picture('lesson-password');
    await workbench.typeInTerminal(`${user.password}\n`);
    await workbench.waitForTerminal(/exit\s[^]*exit\s[^]*\$ $/);
    await window.picture('lesson-end');
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.page.mouse.move(700, 400);
    for (let at = 0; at < 9; at++) {
      await workbench.page.waitForTimeout(600);
      await workbench.screenshot(`lesson-${at}`);
      await workbench.page.mouse.move(700, 400);
      await workbench.page.mouse.wheel(0, -700);
    }
    const texts = await outputs().locator('.terrarium-evidence').allInnerTexts();
    console.log(texts.join('\n----\n'));
    assert.equal(hostname(), hostname());
  });
});
