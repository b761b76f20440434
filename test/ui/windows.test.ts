/** Several windows, and the death of everything that is ours or VS Code's: what runs is there again. */
import assert from 'node:assert/strict';
import { hostState } from '../system/containers';
import { assertSameHost } from './sameHost';
import type { Workbench } from '../host/workbench.mjs';
import { type SudoUser, Window, makeContainers, openWithSudo, prompt, requireRoot } from './window';

describe('windows', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  let user: SudoUser;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    requireRoot(this);
    hostBefore = hostState();
    ({ user, window } = await openWithSudo((parent) => makeContainers(parent, 'box')));
    ({ workbench } = window);
    await workbench.openViewContainer('Terrarium');
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/password for/);
    await workbench.typeInTerminal(`${user.password}\n`);
    await workbench.waitForTerminal(prompt);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
    if (hostBefore) await assertSameHost(hostBefore);
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  const isRunning = (one = workbench) =>
    one.waitForTree(
      'Containers',
      ([row]) => row?.label === 'box' && row.description.startsWith('running'),
      { timeout: 60_000 },
    );
  /** What the helper that was authorized once still does, without a password. */
  const goesOn = async (word: string) => {
    await isRunning();
    await workbench.typeInTerminal(`echo ${word}; echo answered\n`);
    await workbench.waitForTerminal(new RegExp(`^${word}$`, 'm'));
    await workbench.waitForTree('Processes', (rows) => rows.some(({ label }) => label === 'sh'));
  };

  it('shows one container and one console to both', async () => {
    const second = await window.another();
    await second.openViewContainer('Terrarium');
    await isRunning(second);
    await second.command('Terrarium: Attach to Console');
    await second.waitForTerminal(prompt);
    await second.typeInTerminal('echo from the second\n');
    await workbench.waitForTerminal(/^from the second$/m);
    await workbench.typeInTerminal('echo from the first\n');
    await second.waitForTerminal(/^from the first$/m);
    await second.screenshot('second-window');
    await second.close();
    await goesOn('alone again');
  });

  it('has a profile in the terminal drop-down', async () => {
    const dropDown = workbench.page.locator('.action-label[aria-label^="Launch Profile"]').first();
    await workbench.chooseFromMenu(dropDown, 'Terrarium: Shell in Container', 'left');
    await workbench.page.locator('.terminal-tabs-entry').getByText('shell · box').waitFor();
    await workbench.waitForTerminal(/^\/ #\s*$/m);
    await workbench.typeInTerminal('echo $PPID is nobody inside\n');
    await workbench.waitForTerminal(/^0 is nobody inside$/m);
    await workbench.page.reload();
    // Each becomes the active one as it comes back: the console first, so that it cannot come between.
    for (const name of ['box', 'shell · box'])
      await workbench.page
        .locator('.terminal-tabs-entry')
        .getByText(name, { exact: true })
        .click({ timeout: 90_000 });
    await workbench.waitForTerminal(/^0 is nobody inside$/m, { timeout: 90_000 });
    // By its own entry: which one is the active may still change.
    const entry = workbench.page.locator('.terminal-tabs-entry').getByText('shell · box');
    await workbench.chooseFromMenu(entry, 'Kill Terminal');
    await entry.waitFor({ state: 'detached' });
    await goesOn('profile is gone');
  });

  it('is there again after kill -9 of the extension host and a reload', async () => {
    const hosts = window.extensionHosts();
    assert.ok(hosts.length > 0);
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    await workbench.page.reload();
    await workbench.waitForTerminal(/unshare --pid[\s\S]*alone again/, { timeout: 90_000 });
    await goesOn('after the host');
  });

  it('is there again after kill -9 of the whole VS Code server', async () => {
    await window.killAndReopen();
    await workbench.openViewContainer('Terrarium');
    await isRunning();
    await workbench.waitForTerminal(/unshare --pid[\s\S]*after the host/, { timeout: 90_000 });
    await window.picture('reopened');
    await goesOn('after the server');
  });

  it('says in one sentence that the helper was killed, and what was lost', async () => {
    for (const pid of window.helpers()) process.kill(pid, 'SIGKILL');
    await workbench.notification(/helper.*box|box.*helper/s);
    await workbench.waitForTree(
      'Containers',
      ([row]) => row?.description.startsWith('stopped') ?? false,
    );
    await window.picture('helper-killed');
  });
});
