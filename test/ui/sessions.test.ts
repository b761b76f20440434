/** Further shells: whose is asked once, what to do where none can be opened, how one ended; tasks too. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

const passwd = `root:x:0:0:root:/root:/bin/sh
ann:x:1000:1000:Ann:/home/ann:/bin/sh
daemon:x:1:1:daemon:/:/sbin/nologin
`;

/** Of a terminal that is not the console, where the steps stand. */
const rootShell = /^(?![^]*unshare)[^]*\/ #\s*$/;

describe('further shells', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainers(parent, 'box');
          writeFileSync(path.join(parent, 'box/rootfs/etc/passwd'), passwd);
          mkdirSync(path.join(parent, 'box/rootfs/home/ann'), { recursive: true });
          const task = (label: string, command: string[]) => ({
            ...{ label, type: 'terrarium', action: 'run', container: 'box', command },
            problemMatcher: [],
          });
          const tasks = [task('missing', ['/no/such']), task('folder', ['/etc'])];
          mkdirSync(path.join(parent, '.vscode'));
          writeFileSync(
            path.join(parent, '.vscode/tasks.json'),
            JSON.stringify({ version: '2.0.0', tasks }),
          );
        },
      }),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.startsWith('running')),
    );
  });

  const entries = () => workbench.page.locator('.terminal-tabs-entry');
  const leave = async () => {
    await workbench.typeInTerminal('exit 3\n');
    await workbench.waitForTerminal(/ended with exit code 3/);
    await window.picture('session-ended');
    await workbench.typeInTerminal('\n');
    await workbench.until(
      () => entries().count(),
      (count) => count < 2,
      20_000,
      (count) => `There are ${count} terminals.`,
    );
  };

  it('asks once where the rootfs has several users, each named once', async () => {
    await workbench.command('Terrarium: Open Shell in Container');
    await workbench.page.getByPlaceholder(/Whose shell, and which/).waitFor();
    const rows = await workbench.quickRows();
    await window.picture('session-question');
    assert.equal(rows.filter((row) => row.startsWith('ann')).length, 1, rows.join('\n'));
    assert.ok(!rows.some((row) => row.startsWith('daemon')), rows.join('\n'));
    await workbench.pick('ann');
    await workbench.waitForTerminal(/\/ \$\s*$/);
    await workbench.typeInTerminal('echo "$(id -un) in $PWD, home $HOME"\n');
    await workbench.waitForTerminal(/^ann in \/, home \/home\/ann$/m);
    await window.picture('session-ann');
  });

  it('tells its exit code, and closes at a key', leave);

  it('opens the next one without a question', async () => {
    await workbench.command('Terrarium: Open Shell in Container');
    await workbench.waitForTerminal(/\/ \$\s*$/);
    await leave();
  });

  it('asks again on request, and remembers the new answer', async () => {
    await workbench.command('Terrarium: Choose Another Shell or User…');
    await workbench.pick('The user of config.json');
    await workbench.waitForTerminal(rootShell);
    await leave();
    await workbench.command('Terrarium: Open Shell in Container');
    await workbench.waitForTerminal(rootShell);
    await leave();
  });

  it('ends a task as a shell would: 127 for what is not there, 126 for what cannot be run', async () => {
    for (const [label, code] of [
      ['missing', 127],
      ['folder', 126],
    ] as const) {
      await workbench.command('Tasks: Run Task');
      await workbench.pick(label);
      await workbench.waitForTerminal(new RegExp(`exit code: ${code}`, 'i'));
      await window.picture(`task-${label}`);
      await workbench.command('Terminal: Kill the Active Terminal Instance');
    }
  });

  it('offers Resume where the container is paused, and goes on to the shell', async () => {
    await workbench.command('Terrarium: Pause Container');
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.startsWith('paused')),
    );
    await workbench.command('Terrarium: Open Shell in Container');
    await workbench.notification(/paused/, { click: 'Resume Container' });
    await workbench.waitForTerminal(rootShell);
    await leave();
  });

  it('offers Start where none runs', async () => {
    await workbench.typeInTerminal('exit\n');
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.startsWith('stopped')),
    );
    await workbench.command('Terrarium: Open Shell in Container');
    await window.picture('session-none');
    const { buttons } = await workbench.notification(/run/);
    assert.ok(buttons.includes('Start Container'), buttons.join());
  });
});
