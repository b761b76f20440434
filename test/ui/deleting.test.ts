/** What "Delete Container…" takes away, and what it must not: a mistake here costs a person their files. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, useWindow } from './window';

describe('deleting a container', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;
  /** Name of the workspace's folder, which is a bundle too once its configuration is saved. */
  let whole: string;

  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainers(parent, 'one', 'three', 'two');
          cpSync(path.join(parent, 'one/rootfs'), path.join(parent, 'tree'), {
            recursive: true,
            verbatimSymlinks: true,
          });
          mkdirSync(path.join(parent, 'three/work'));
          writeFileSync(path.join(parent, 'three/work/thesis.txt'), 'months of it');
          writeFileSync(path.join(parent, 'two/notes.md'), 'a few lines');
        },
      }),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    whole = path.basename(window.workspace);
    await workbench.openViewContainer('Explorer');
    const tree = workbench.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ hasText: /^tree$/ })
      .first();
    await workbench.chooseFromMenu(tree, 'Save Configuration Beside Folder');
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 4);
  });

  const has = (...names: string[]) => existsSync(path.join(window.workspace, ...names));
  const row = (name: string) => workbench.treeRow('Containers', name);
  const menuOf = async (name: string) => {
    await workbench.openMenu(row(name), 'Reveal Rootfs');
    const offered = await workbench.page.locator('.monaco-menu:visible').innerText();
    await workbench.page.keyboard.press('Escape');
    return offered;
  };

  it('is not offered for the folder that is open, and refused there', async () => {
    assert.doesNotMatch(await menuOf(whole), /Delete Container/);
    assert.match(await menuOf('one'), /Delete Container/);
    await row(whole).click();
    await workbench.page.keyboard.press('Delete');
    const { message } = await workbench.notification(/is not deleted: it is open in this window/);
    await window.picture('delete-open-folder');
    assert.match(message, /Delete config\.json and tree in the Explorer/);
    for (const name of ['one', 'three', 'two', 'tree']) assert.ok(has(name), name);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('spares a bundle in which somebody keeps a folder of their own', async () => {
    await row('three').click();
    await workbench.page.keyboard.press('Delete');
    await workbench.notification(
      /three is not deleted: beside config\.json and rootfs it holds “work”/,
    );
    await window.picture('delete-more-than-bundle');
    assert.ok(has('three/work/thesis.txt'));
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('asks about the row with the focus, whichever is selected', async () => {
    await row('one').click();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Delete');
    const text = await workbench.dialog({ click: 'Cancel' });
    assert.match(text, /Delete the container two with all its files/);
    assert.equal(await row('one').getAttribute('aria-selected'), 'true');
  });

  it('names in its question what else goes', async () => {
    await row('two').click();
    await workbench.page.keyboard.press('Delete');
    assert.match(await workbench.dialog({ click: 'Delete' }), /It also holds “notes\.md”\./);
    await workbench.waitForTree('Containers', (rows) => !rows.some(({ label }) => label === 'two'));
    assert.ok(!has('two') && has('one') && has('config.json'));
  });
});
