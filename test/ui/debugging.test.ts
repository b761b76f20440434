/** "Attach Debugger…" with the debugger that VS Code brings: a program in a container, seen from its rootfs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { type SudoUser, Window, makeContainers, openWithSudo, prompt, requireRoot } from './window';

const program = `let count = 0;
function tick() {
  count += 1;
  console.log('tick', count);
}
setInterval(tick, 300);
`;
const lineOfBreakpoint = 4;
/** VS Code runs the command where a launch configuration says this. */
const bad = 'b${command:workbench.action.files.newUntitledFile}';

describe('a debugger', function () {
  this.timeout(240_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    // VS Code is a person's and the program root's: the debugger itself may not even signal it.
    ({ user, window } = await openWithSudo(async (parent) => {
      await makeContainers(parent, 'box', 'apart', 'bad');
      for (const name of ['box', 'apart']) addNode(path.join(parent, name, 'rootfs'));
      renameSync(path.join(parent, 'bad'), path.join(parent, bad));
      mkdirSync(path.join(parent, 'box/rootfs/app'));
      writeFileSync(path.join(parent, 'box/rootfs/app/tick.js'), program);
      const file = path.join(parent, 'apart/config.json');
      const apart = readFileSync(file, 'utf8').replace(
        '{ "type": "uts" }',
        '$&, { "type": "network" }',
      );
      assert.match(apart, /network/);
      writeFileSync(file, apart);
    }));
    ({ workbench } = window);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  it('stops a Node program of a container at a breakpoint in the rootfs', async () => {
    const { page } = workbench;
    await workbench.openViewContainer('Terrarium');
    await workbench.treeAction('Containers', 'box', 'Start Container');
    await workbench.waitForTerminal(/password for [^]*$/);
    await workbench.typeInTerminal(`${user.password}\n`);
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('node -e "setInterval(() => {}, 4000)" & node /app/tick.js\n');
    await workbench.waitForTerminal(/^tick 3$/m);

    await page.keyboard.press('Control+P');
    await workbench.quickInput('tick.js', { accept: false });
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'tick.js' }).click();
    await page.locator('.editor-instance .view-lines').getByText('setInterval').waitFor();
    await page.keyboard.press('Control+G');
    await workbench.quickInput(`:${lineOfBreakpoint}`);
    await page.keyboard.press('F9');
    await page
      .locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified')
      .first()
      .waitFor();

    await workbench.openViewContainer('Terrarium');
    const row = workbench
      .view('Processes')
      .locator('.monaco-list-row', { hasText: '/app/tick.js' });
    await workbench.chooseFromMenu(row, 'Attach Debugger…');
    await page.locator('.monaco-dialog-box').getByText('Attach Node.js to').waitFor();
    await window.picture('debugging-question');
    await page.getByRole('button', { name: 'Start Debugging' }).click();

    await page.locator('.debug-toolbar').waitFor();
    await page.locator('.debug-top-stack-frame-line').first().waitFor();
    await page.locator('.debug-call-stack').getByText('/app/tick.js').first().waitFor();
    await window.picture('debugging');
    await page.getByRole('button', { name: /^Continue/ }).click();
    await page.locator('.debug-call-stack').getByText('/app/tick.js').first().waitFor();
    await page
      .getByRole('button', { name: /^Disconnect/ })
      .first()
      .click();
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await workbench.command('View: Toggle Terminal');
    // It goes on by itself.
    const shown = await workbench.waitForTerminal(/^tick \d+$/m);
    const last = Number(shown.trimEnd().split(' ').at(-1));
    await workbench.waitForTerminal(new RegExp(`^tick ${last + 3}$`, 'm'));
  });

  it('does not attach to another program that has the port', async () => {
    await workbench.openViewContainer('Terrarium');
    const row = workbench.view('Processes').locator('.monaco-list-row', { hasText: '4000' });
    await workbench.chooseFromMenu(row, 'Attach Debugger…');
    await workbench.notification(
      /cannot listen for a debugger: another program has 127.0.0.1:9229/,
    );
    await window.picture('debugging-port');
  });

  it('does not take a port of this machine for one of the container’s own network', async () => {
    await workbench.treeAction('Containers', 'apart', 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('node -e "setInterval(() => {}, 5000)"\n');
    const row = workbench.view('Processes').locator('.monaco-list-row', { hasText: '5000' });
    await workbench.chooseFromMenu(row, 'Attach Debugger…');
    await workbench.notification(/node has a network of its own, where 127.0.0.1:9229 is not/);
  });

  it('starts nothing with a path that VS Code would resolve', async () => {
    await workbench.treeAction('Containers', bad, 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('sleep 6000\n');
    const row = workbench.view('Processes').locator('.monaco-list-row', { hasText: 'sleep 6000' });
    await workbench.chooseFromMenu(row, 'Attach Debugger…');
    await workbench.notification(/No debugger can be told the path .*\$\{command:/);
    await window.picture('debugging-path');
  });

  it('offers no task whose definition VS Code would resolve', async () => {
    await workbench.command('Tasks: Run Task');
    await workbench.quickInput('terrarium');
    await workbench.until(
      () => workbench.quickRows(),
      (rows) => rows.includes('terrarium: start box'),
      10_000,
      (rows) => `The tasks are ${rows.join(', ')}.`,
    );
    assert.ok((await workbench.quickRows()).every((row) => !row.includes('${')));
    await workbench.page.keyboard.press('Escape');
  });
});

/** The Node that runs this test, with the libraries that it is linked to, at the same places inside. */
function addNode(rootfs: string): void {
  const node = process.execPath;
  const linked = execFileSync('ldd', [node], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  for (const [, library] of linked)
    cpSync(library!, path.join(rootfs, library!), { dereference: true });
  cpSync(node, path.join(rootfs, 'bin/node'), { dereference: true });
}
