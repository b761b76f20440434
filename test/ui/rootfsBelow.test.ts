/** A rootfs outside of its bundle: allowed by the person's setting, started, not to be revealed, and left by a deletion. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

describe('a rootfs outside of its bundle', function () {
  this.timeout(180_000);
  const trees = mkdtempSync(path.join(tmpdir(), 'terrarium-trees-'));
  const tree = path.join(trees, 'tree');
  let window: Window;
  let workbench: Workbench;

  /** Points a bundle elsewhere. */
  const point = (bundle: string, place: string) => {
    const file = path.join(bundle, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { root: { path: string } };
    config.root.path = place;
    writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);
  };
  useWindow(
    () =>
      Window.open({
        settings: { 'terrarium.rootfsBelow': [trees] },
        prepare: async (parent) => {
          await makeContainers(parent, 'box', 'other');
          renameSync(path.join(parent, 'box/rootfs'), tree);
          point(path.join(parent, 'box'), tree);
          renameSync(path.join(parent, 'other/rootfs'), path.join(parent, 'unlisted'));
          mkdirSync(path.join(parent, 'other/rootfs'));
          point(path.join(parent, 'other'), '../unlisted');
        },
      }),
    (opened) => ({ workbench } = window = opened),
  );
  after(() => rmSync(trees, { recursive: true }));

  it('starts where the setting allows it', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('echo mine > /etc/who; exit\n');
    await workbench.waitForTree('Containers', ([row]) => /stopped|exit/i.test(row!.description));
    assert.equal(readFileSync(path.join(tree, 'etc/who'), 'utf8'), 'mine\n');
    await window.picture('rootfs-below');
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Reveal Rootfs');
    await workbench.notification(
      /shows only what is in the workspace, and \S+tree is not\. Add that/,
    );
    await window.picture('rootfs-below-reveal');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('is refused on its line of config.json where it does not, with the setting as a fix', async () => {
    const file = path.join(window.workspace, 'other/config.json');
    await workbench.command('Go to File...');
    await workbench.quickInput(file, { accept: false });
    // Enter before its row is there opens nothing.
    await workbench.pick('config.json');
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await workbench.command('Go to Next Problem (Error, Warning, Info)');
    await workbench.page.getByText('is not below the bundle').first().waitFor();
    await workbench.page.keyboard.press('Control+.');
    const fix = 'Open the setting that allows a rootfs outside of its bundle';
    await workbench.page.getByText(fix).first().waitFor();
    await window.picture('rootfs-below-refused');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
  });

  it('stays when its container is deleted', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.treeRow('Containers', 'box').click();
    await workbench.page.keyboard.press('Delete');
    const text = await workbench.dialog({ click: 'Delete' });
    assert.match(text, /Its rootfs \S+tree lies outside of it, and stays\./);
    await workbench.waitForTree('Containers', (rows) => rows.every(({ label }) => label !== 'box'));
    assert.equal(existsSync(path.join(window.workspace, 'box')), false);
    assert.ok(existsSync(path.join(tree, 'etc/who')));
  });
});
