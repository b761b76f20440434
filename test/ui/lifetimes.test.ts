/** What a person leaves and comes back to: a reload, a pause, a restart, a task. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findBusybox } from '../../src/core/bundle/busybox';
import { scaffold } from '../../src/core/bundle/scaffold';
import { startingPoints } from '../../src/core/config/templates';
import { hostState } from '../system/containers';
import type { Workbench } from '../host/workbench.mjs';
import { Window, requireRoot } from './window';

describe('lifetimes', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    requireRoot(this);
    hostBefore = hostState();
    window = await Window.open({
      prepare: async (parent) => {
        const startingPoint = startingPoints.find(({ id }) => id === 'notes')!;
        await scaffold({ parent, name: 'box', startingPoint, busybox: await findBusybox() });
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
    });
    ({ workbench } = window);
  });
  after(async () => {
    if (!window) return;
    await window.close();
    assert.deepEqual(hostState(), hostBefore, 'the host is as it was');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.picture(
        `failed-lifetimes-${this.currentTest.title.slice(0, 30).replace(/\W+/g, '-')}`,
      );
  });

  it('brings a running top back after a reload, with what was there before it', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/\/ #\s*$/);
    await workbench.typeInTerminal('top\n');
    await workbench.waitForTerminal(/Load average/);
    await workbench.page.reload();
    await workbench.waitForTerminal(/unshare --pid[\s\S]*Load average/, { timeout: 60_000 });
    await workbench.waitForTree('Containers', (rows) =>
      rows.some(({ label, description }) => label === 'box' && description.includes('running')),
    );
    await window.picture('reload');
    await workbench.typeInTerminal('q');
    await workbench.waitForTerminal(/\/ #\s*$/);
  });

  it('shows a container that is paused, and goes on with it', async () => {
    await workbench.command('Terrarium: Pause Container');
    await workbench.waitForTree('Containers', (rows) =>
      rows.some(({ description }) => description.includes('paused')),
    );
    await window.picture('paused');
    await workbench.command('Terrarium: Resume Container');
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
});
