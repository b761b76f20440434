/** The three steps of the README as a new user goes them; `npm run screenshots` makes a moving picture of it. */
import path from 'node:path';
import { temporaryUser } from '../host/index.mjs';
import type { Workbench } from '../host/workbench.mjs';
import { Window, prompt, requireRoot } from './window';

const name = 'mycontainer1';

describe('the README', function () {
  this.timeout(240_000);
  let user: Awaited<ReturnType<typeof temporaryUser>>;
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    user = await temporaryUser();
    window = await Window.open({
      user,
      folder: 'lab',
      settings: { 'terrarium.privilege': 'rootless', 'breadcrumbs.enabled': false },
    });
    ({ workbench } = window);
    // Small, for letters that are large where a page shows it.
    await workbench.page.setViewportSize({ width: 1000, height: 640 });
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  /** Types as a person does, a frame for each word. */
  async function typeInTerminal(line: string): Promise<void> {
    for (const word of line.split(/(?<= )/)) {
      await workbench.typeInTerminal(word);
      await window.frame(250);
    }
    await workbench.typeInTerminal('\n');
  }

  it('leads in three steps to a shell whose processes and files one sees', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.view('Containers').getByText('No container here yet').waitFor();
    await window.frame(1200);

    await workbench.page.keyboard.press('F1');
    await workbench.quickInput('>Terrarium: New', { accept: false });
    await window.frame(900);
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Terrarium: New Container…');
    await workbench.quickInput(name, { accept: false });
    await window.frame(900);
    await workbench.quickInput(name);
    await workbench.quickRows();
    await window.frame(1500);
    await workbench.pick('A root of its own');
    await workbench.waitForTree('Containers', ([row]) => row?.label === name);
    await workbench.notification(/is ready/);
    await window.frame(1500);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.command('View: Close All Editors');

    await workbench.treeAction('Containers', name, 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.waitForTree('Processes', (rows) => rows.some(({ label }) => label === 'sh'));
    await workbench.command('View: Toggle Maximized Panel');
    await window.frame(3000);
    await workbench.command('View: Toggle Maximized Panel');

    await typeInTerminal('ps');
    await workbench.waitForTerminal(/\{ps\} /);
    await window.frame(1500);
    await typeInTerminal('sleep 1000 &');
    await workbench.waitForTree('Processes', (rows) =>
      rows.some(({ label, expanded }) => label === 'sh' && expanded !== undefined),
    );
    const [shell] = (await workbench.treeRows('Processes')).filter(({ label }) => label === 'sh');
    if (shell?.expanded === false)
      await workbench.treeRow('Processes', 'sh').locator('.monaco-tl-twistie').click();
    await workbench.waitForTree('Processes', (rows) =>
      rows.some(({ label }) => label === 'sleep 1000'),
    );
    await window.frame(2000);

    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput('motd', { accept: false });
    await workbench.pick('motd');
    await workbench.page.locator('.editor-instance .view-lines').getByText('container').waitFor();
    await window.frame(1000);
    await workbench.rewriteEditor(
      'Edited in VS Code.\n',
      path.join(window.workspace, name, 'rootfs/etc/motd'),
    );
    await window.frame(1000);
    await typeInTerminal('cat /etc/motd');
    await workbench.waitForTerminal(/^Edited in VS Code\.$/m);
    await window.frame(3000);
    await window.movingPictureForDocs('tour');
  });
});
