/** A container under another engine, in the same views and with the same shells. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { skipBecause } from '../skip';
import { Window, makeContainers, prompt, requireRoot } from './window';

describe('a container under runc', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    if (!existsSync('/usr/sbin/runc') && !existsSync('/usr/bin/runc'))
      skipBecause(this, 'runc is not installed');
    window = await Window.open({
      prepare: async (parent) => {
        await makeContainers(parent, 'box');
        const file = path.join(parent, 'box/config.json');
        const config = JSON.parse(readFileSync(file, 'utf8')) as object;
        const annotations = { 'dev.terrarium.engine': 'runc' };
        writeFileSync(file, JSON.stringify({ ...config, annotations }, undefined, 2));
      },
    });
    ({ workbench } = window);
  });
  after(() => window?.close());
  afterEach(async function () {
    await window.keepFailure(this);
  });

  it('has its shell, its processes, and a shell where one of them is', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.treeAction('Containers', 'box', 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.startsWith('running') && row.description.endsWith('runc')),
    );
    await workbench.typeInTerminal('mkdir -p /tmp/below; (cd /tmp/below; exec sleep 5001) &\n');
    const row = workbench.view('Processes').locator('.monaco-list-row', { hasText: 'sleep 5001' });
    await workbench.chooseFromMenu(row, 'Open Shell Here');
    await workbench.waitForTerminal(/\/tmp\/below # *$/m);
    await workbench.typeInTerminal('echo "$(hostname) $(id -u) $(cat /proc/1/comm)"\n');
    await workbench.waitForTerminal(/^box 0 sh$/m);
    await workbench.waitForTree('Processes', (rows) =>
      rows.some(({ label, description }) => label === 'sh' && !description.startsWith('PID 1 ')),
    );
    await window.picture('engines-shell-here');
  });

  it('ends with everything in it', async () => {
    await workbench.treeAction('Containers', 'box', 'Stop Container');
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.startsWith('stopped')),
    );
  });
});
