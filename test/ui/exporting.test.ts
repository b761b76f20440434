/** Export Start Script: the script of the privilege in force, the same as Show Start Sequence shows. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type SudoUser, Window, makeContainers, openWithSudo, requireRoot } from './window';

describe('the exported start script', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  before(async function () {
    requireRoot(this);
    ({ user, window } = await openWithSudo((parent) => makeContainers(parent, 'box')));
    await window.workbench.openViewContainer('Terrarium');
    await window.workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });

  async function exported(): Promise<string> {
    const { workbench } = window;
    const file = path.join(window.workspace, 'exported.sh');
    rmSync(file, { force: true });
    await workbench.command('View: Close All Editors');
    await workbench.command('Terrarium: Export Start Script…');
    // Its dialog opens with a name of its own, which would come over one that is typed before.
    await workbench.quickValue(/box-start\.sh$/);
    await workbench.quickInput(file);
    // It opens once it is written; before that it would close the command palette.
    await workbench.page.locator('.tab.active', { hasText: 'exported.sh' }).waitFor();
    return readFileSync(file, 'utf8');
  }

  /** Waits until the editor shows its first command, unshare, as expected: it may show what it had before. */
  async function showsUnshare(expected: RegExp): Promise<void> {
    await window.workbench.command('View: Close All Editors');
    await window.workbench.command('Terrarium: Show Start Sequence');
    const lines = window.workbench.page.locator('.editor-instance .view-lines');
    await lines.getByText('unshare').first().waitFor();
    await window.workbench.until(
      // VS Code renders spaces as no-break ones, and wraps.
      async () => (await lines.innerText()).replace(/[\s\u00a0]+/g, ' '),
      (text) => expected.test(text),
      15_000,
      (text) => `${text} is not ${expected}`,
    );
  }

  async function choose(privilege: string): Promise<void> {
    await window.workbench.command('Terrarium: Choose Privilege…');
    await window.workbench.pick(privilege);
    await window.workbench.notification(
      new RegExp(`^Privilege for further starts: ${privilege}\\.`),
    );
  }

  const exportedUnshare = (script: string) => /^ *exec .*unshare.*$/m.exec(script)![0];

  it('is root’s where sudo is chosen, and so is the sequence that is shown', async () => {
    const script = await exported();
    assert.match(script, /^# It was made for root,/m);
    assert.doesNotMatch(exportedUnshare(script), /--user\b/);
    await showsUnshare(/unshare (?![^#]*--user\b)/);
    await window.picture('sequence-of-root');
  });

  it('is that of the container that runs, whatever is chosen meanwhile', async () => {
    const { workbench } = window;
    await choose('rootless');
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/# $/);
    await choose('sudo');
    const script = await exported();
    assert.match(script, /^# It was made for the user with the id \d+,/m);
    assert.match(exportedUnshare(script), /--user\b/);
    await showsUnshare(/unshare [^#]*--user\b/);
  });
});
