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

  function evidence() {
    return window.workbench.page
      .frameLocator('iframe.webview')
      .frameLocator('#active-frame')
      .locator('.terrarium-evidence');
  }

  /** Scrolls the notebook until that table stands below its command. */
  async function bringIntoView(pattern: RegExp): Promise<void> {
    const { page } = window.workbench;
    const table = evidence().filter({ hasText: pattern }).first();
    await page.locator('.notebookOverlay .cell-list-container').hover();
    await window.workbench.until(
      async () => {
        const y = (await table.boundingBox())?.y ?? 0;
        if (!isBelowItsCommand(y)) await page.mouse.wheel(0, y - 300);
        return y;
      },
      isBelowItsCommand,
      20_000,
      (y: number) => `The table is at ${y}.`,
    );
  }

  const isBelowItsCommand = (y: number) => y > 260 && y < 340;

  /** The evidence that is drawn, the nearest to the screen: a table as text each. */
  async function waitForEvidence(pattern: RegExp): Promise<string> {
    const tables = evidence();
    const isFound = (text: string) => pattern.test(text);
    const texts = await window.workbench.until(
      () => tables.allInnerTexts(),
      (all: string[]) => all.some(isFound),
      30_000,
      (all: string[]) => `No evidence has ${pattern}:\n${all.join('\n---\n')}`,
    );
    return texts.find(isFound)!;
  }

  it('that comes along runs to its end with sudo, and says what each step changed', async () => {
    const { workbench } = window;
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await workbench.command('Terrarium: Open as Lesson');
    await workbench.pick('A Container in Five Steps');
    await workbench.page.locator('.notebookOverlay .cell-list-container').waitFor();
    await workbench.command('Notebook: Run All');
    await workbench.page.locator('.monaco-dialog-box').getByText('Show It All').click();
    await workbench.waitForTerminal(/asks for your password[^]*password for/);
    await workbench.typeInTerminal(`${user.password}\n`);
    // The lesson's own: a terminal has a password of its own.
    await workbench.waitForTerminal(/unshare [^]*password for/);
    await window.picture('lesson-password');
    await workbench.typeInTerminal(`${user.password}\n`);
    const unshared = await waitForEvidence(/UTS namespace/);
    for (const type of ['PID', 'mount', 'UTS', 'IPC'])
      assert.match(
        unshared,
        new RegExp(`^${type} namespace\\s+the machine’s\\s+a new one\\s+new`, 'm'),
      );
    assert.match(unshared, /^other namespaces\s+net, user, cgroup, time\s+the machine’s\s+shared/m);
    assert.match(unshared, /PID 1: /);
    assert.match(unshared, /^\/proc\s+\d+ processes\s+1 process\s/m);
    await window.picture('lesson-unshare');
    await waitForEvidence(/hostname\s+\S+\s+box/);
    await waitForEvidence(/New: proc on \/tmp\/terrarium-lesson-\w+\/box\/proc/);
    const rooted = await waitForEvidence(/terrarium-lesson-\w+\/box\s+changed\s+Absolute paths/);
    assert.match(rooted, /Its table has what is mounted below its root: proc on \/proc/);
    await window.picture('lesson-chroot');
    await workbench.waitForTerminal(/exit\s[^]*exit\s[^]*\$ $/);
    await waitForEvidence(/UTS namespace\s+another one\s+the machine’s\s+back/);
    await window.picture('lesson-end');
    await workbench.page.setViewportSize({ width: 1100, height: 900 });
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.command('View: Close Primary Side Bar');
    await bringIntoView(/UTS namespace[^]*other namespaces/);
    await window.pictureForDocs('lesson');
    assert.notEqual(hostname(), 'box');
  });
});
