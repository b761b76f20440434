/** Each lesson that comes along with sudo: its password is typed into the terminal, and nothing of the machine changes. */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { Learner } from './alongLessons';
import { type SudoUser, type Window, openWithSudo, requireRoot } from './window';

describe('lessons that come along, with sudo', function () {
  this.timeout(360_000);
  let user: SudoUser | undefined;
  let window: Window;
  before(async function () {
    requireRoot(this);
    ({ user, window } = await openWithSudo(() => undefined));
    await window.workbench.page.setViewportSize({ width: 1400, height: 1000 });
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  it('hold what they say', async () => {
    const { workbench } = window;
    const { uid, password } = user!;
    await new Learner(window, { privilege: 'sudo', uid }).runAll(async (at) => {
      if (at === 0) {
        await workbench.page.locator('.monaco-dialog-box').getByText('Show It All').click();
        await workbench.waitForTerminal(/asks for your password[^]*password for/);
        await workbench.typeInTerminal(`${password}\n`);
      }
      // The lesson's own: a terminal has a password of its own.
      await workbench.waitForTerminal(/\$ sudo [^]*password for \S+:\s*$/);
      await workbench.typeInTerminal(`${password}\n`);
    });
    assert.notEqual(hostname(), 'box');
  });
});
