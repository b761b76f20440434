/** What a person leaves and comes back to: a reload, a pause, a task, a restart, an update. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../system/containers';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

/** After this long without a window, in milliseconds, the next one asks. */
const askedAfter = 30_000;

describe('lifetimes', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () =>
      Window.open({
        settings: { 'terrarium.whenLastWindowCloses': 'ask' },
        prepare: async (parent) => {
          await makeContainers(parent, 'box', 'one', 'two');
          mkdirSync(path.join(parent, '.vscode'));
          const tasks = [
            {
              ...{ label: 'test box', type: 'terrarium', action: 'run', container: 'box' },
              problemMatcher: [],
              command: 'echo from inside; hostname; exit 3',
            },
          ];
          writeFileSync(
            path.join(parent, '.vscode/tasks.json'),
            JSON.stringify({ version: '2.0.0', tasks }),
          );
        },
      }),
    (opened) => ({ workbench } = window = opened),
    { sameHost: true },
  );

  it('brings a running top back after a reload, with what was there before it', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.treeAction('Containers', 'box', 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('top\n');
    await workbench.waitForTerminal(/Load average/);
    await workbench.page.reload();
    await workbench.waitForTerminal(/unshare --pid[\s\S]*Load average/, { timeout: 60_000 });
    await workbench.waitForTree('Containers', (rows) =>
      rows.some(({ label, description }) => label === 'box' && description.includes('running')),
    );
    await window.picture('reload');
    await workbench.typeInTerminal('q');
    await workbench.waitForTerminal(prompt);
  });

  it('shows a container that is paused, and goes on with it', async () => {
    await workbench.command('Terrarium: Pause Container');
    await workbench.waitForTree('Containers', (rows) =>
      rows.some(({ description }) => description.includes('paused')),
    );
    await workbench.waitForTree('Processes', ([row]) => row?.description === 'paused');
    await window.picture('paused');
    await workbench.command('Terrarium: Resume Container');
    await workbench.waitForTree('Processes', ([row]) => row?.description === '');
    await workbench.waitForTree('Containers', (rows) =>
      rows.some(({ description }) => description.includes('running')),
    );
  });

  it('runs a task of tasks.json inside, with its exit code', async () => {
    await workbench.command('Tasks: Run Task');
    await workbench.pick('test box');
    const text = await workbench.waitForTerminal(/exit code: 3/i);
    await window.picture('task');
    assert.match(text, /from inside\s+box/);
  });

  const runningNames = (rows: { label: string; description: string }[]) =>
    rows.filter(({ description }) => description.startsWith('running')).map(({ label }) => label);

  it('restarts a container in the same place of the panel', async () => {
    await workbench.page.locator('.terminal-tabs-entry').getByText('box', { exact: true }).click();
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('left=behind; echo $left\n');
    await workbench.waitForTerminal(/^behind$/m);
    const tabs = await workbench.page.locator('.terminal-tabs-entry').count();
    await workbench.command('Terrarium: Restart Container');
    await workbench.waitForTerminal(/unshare --pid(?![\s\S]*behind)[\s\S]*\/ #\s*$/);
    await workbench.typeInTerminal('echo "nothing${left}left"\n');
    await workbench.waitForTerminal(/^nothingleft$/m);
    assert.equal(await workbench.page.locator('.terminal-tabs-entry').count(), tabs);
  });

  it('starts several at once', async () => {
    await workbench.command('Terrarium: Start Several Containers…');
    for (const name of ['one', 'two']) await workbench.pick(name);
    assert.equal((await workbench.quickRows()).length, 2, 'what runs is not offered');
    await window.picture('several');
    await workbench.page.keyboard.press('Enter');
    const rows = await workbench.waitForTree('Containers', (all) => runningNames(all).length === 3);
    assert.deepEqual(runningNames(rows).sort(), ['box', 'one', 'two']);
    await window.picture('several-running');
  });

  it('asks the person who comes back later, and replaces an older helper once it is idle', async () => {
    const [older] = window.helpers();
    assert.deepEqual(await workbench.notifications(), [], 'nothing was asked after the reload');
    await window.killAndReopen(async () => {
      await window.update('99.0.0');
      await new Promise((resolve) => setTimeout(resolve, askedAfter + 1000));
    });
    await workbench.openViewContainer('Terrarium');
    await workbench.notification(/3 containers went on while no window was open/);
    // What runs goes on in the helper that it was started by.
    await until('the older helper alone', () => String(window.helpers()) === String(older));
    await workbench.waitForTree(
      'Processes',
      (rows) => rows.filter(({ label }) => label === 'sh').length === 3,
    );
    await window.picture('went-on');
    await workbench.notification(/went on/, { click: 'Stop All' });
    await workbench.waitForTree('Containers', (rows) => runningNames(rows).length === 0);
    await until('the end of the older helper', () => window.helpers().length === 0, 30_000);
    await workbench.treeAction('Containers', 'box', 'Start Container');
    await workbench.waitForTree('Containers', (rows) => runningNames(rows).includes('box'));
    // What has started it ends right after.
    await until('one helper', () => window.helpers().length === 1);
    assert.notDeepEqual(window.helpers(), [older]);
    await workbench.waitForTerminal(prompt);
  });
});
