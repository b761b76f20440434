/** Editing a config.json: lenses above it, problems in it, and the start sequence beside it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Window, makeContainers, useWindow } from './window';

describe('editing config.json', function () {
  this.timeout(180_000);
  let window: Window;
  useWindow(
    () =>
      Window.open({
        prepare: (parent) => makeContainers(parent, 'box'),
      }),
    (opened) => (window = opened),
  );
  before(async () => {
    const { workbench } = window;
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
    await workbench.command('Terrarium: Open config.json');
  });

  const change = (edit: (config: Record<string, unknown>) => void) => {
    const file = path.join(window.workspace, 'box/config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    edit(config);
    writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);
  };
  const lens = (title: string) =>
    window.workbench.page.locator('.codelens-decoration a').filter({ hasText: title });
  const sequence = () =>
    window.workbench.page.locator('.editor-group-container').nth(1).locator('.view-lines');

  it('offers above the file what can be done with the bundle', async () => {
    await lens('Start').first().waitFor();
    await lens('Show Start Sequence').waitFor();
  });

  it('shows the start sequence beside the file, and follows it', async () => {
    await lens('Show Start Sequence').click();
    await sequence().getByText('unshare').first().waitFor();
    // Only what is in sight is in the page: the namespaces are its first command.
    assert.doesNotMatch(await sequence().innerText(), /--net/);
    change(({ linux }) => (linux as { namespaces: object[] }).namespaces.push({ type: 'network' }));
    await sequence().getByText('--net').first().waitFor();
  });

  it('underlines what cannot work and what does nothing', async () => {
    const { page } = window.workbench;
    change((config) => {
      (config.process as { novelty: number }).novelty = 1;
      (config.process as { args: string[] }).args = ['/bin/absent'];
    });
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.squiggly-info').first().waitFor();
    await window.picture('config-editing');
  });

  it('offers a restart only where the file has changed since the start', async () => {
    const { workbench } = window;
    change((config) => {
      delete (config.process as { novelty?: number }).novelty;
      (config.process as { args: string[] }).args = ['/bin/sh'];
    });
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/# $/);
    await lens('Shell').first().waitFor();
    assert.equal(await lens('Restart to apply changes').count(), 0);
    change((config) => {
      config.hostname = 'changed';
    });
    await lens('Restart to apply changes').click();
    await workbench.waitForTerminal(/hostname changed[^]*# $/);
  });
});
