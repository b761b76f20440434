/** What is different since a baseline, in Source Control; and a rootfs that is edited below a scratch layer. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

describe('changes of a rootfs', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () => Window.open({ prepare: (parent) => makeContainers(parent, 'box') }),
    (opened) => ({ workbench } = window = opened),
  );

  const changes = () => workbench.page.locator('.scm-view .monaco-list-row .resource');
  const groups = () => workbench.page.locator('.scm-view .monaco-list-row .resource-group');
  const waitForChanges = (...wanted: string[]) =>
    workbench.until(
      async () =>
        (await changes().locator('.name .label-name').allInnerTexts())
          .map((name) => name.trim())
          .sort(),
      (found) => String(found) === String(wanted),
      30_000,
      (found) => `Source Control shows ${String(found)}`,
    );
  const inRootfs = (file: string) => path.join(window.workspace, 'box/rootfs', file);
  const box = () => workbench.treeRow('Containers', 'box');

  it('are shown since a baseline, with what a text was', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.openMenu(box(), 'Mark Baseline');
    await window.picture('baseline-menu');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseFromMenu(box(), 'Mark Baseline');
    const { severity } = await workbench.notification(/The baseline of box is taken/);
    assert.equal(severity, 'info');
    await window.picture('baseline-marked');
    await workbench.openViewContainer('Source Control');
    await workbench.until(
      () => groups().allInnerTexts(),
      (found) => /Since the Baseline of/.test(String(found)),
      30_000,
      (found) => `Source Control has the groups ${String(found)}`,
    );
    mkdirSync(inRootfs('new'));
    rmSync(inRootfs('bin/ls'));
    writeFileSync(inRootfs('etc/motd'), 'Welcome!\n');
    renameSync(inRootfs('etc/group'), inRootfs('etc/groups'));
    await waitForChanges('groups', 'ls', 'motd', 'new');
    await changes().filter({ hasText: 'motd' }).click();
    const right = workbench.page.locator('.monaco-diff-editor .editor.modified .view-lines');
    await right
      .filter({ hasText: /^Welcome!$/ })
      .first()
      .waitFor();
    await window.picture('baseline-changes');
    renameSync(inRootfs('etc/groups'), inRootfs('etc/group'));
    await waitForChanges('ls', 'motd', 'new');
    const more = workbench.page.getByLabel('Views and More Actions').filter({ visible: true });
    await workbench.chooseFromMenu(more.first(), 'Forget Baseline…', 'left');
    const asked = await workbench.dialog({ click: 'Forget' });
    assert.match(asked, /Forget the baseline of box\?/);
    await waitForChanges();
    assert.equal(existsSync(path.join(window.workspace, 'box/.terrarium')), false);
  });

  it('below a scratch layer are told once, with what is seen inside, until a restart', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.chooseFromMenu(box(), 'Start on a Scratch Layer');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('exec 3</etc/passwd; echo x > /etc/mine; echo ready\n');
    await workbench.waitForTerminal(/^ready/m);
    for (const file of ['passwd', 'mine', 'motd']) {
      writeFileSync(inRootfs(`etc/${file}.new`), `edited ${file}\n`);
      renameSync(inRootfs(`etc/${file}.new`), inRootfs(`etc/${file}`));
    }
    const { message } = await workbench.notification(/was edited below the scratch layer/);
    assert.match(message, /etc\/passwd is still what it was/);
    await workbench.waitForTree('Containers', ([row]) =>
      /restart to see edits/.test(row!.description),
    );
    await window.picture('layer-edited');
    await workbench.openViewContainer('Source Control');
    const below = groups().filter({ hasText: 'Edited Below the Layer' });
    await below.waitFor();
    await window.picture('layer-edited-changes');
    await workbench.openMenu(below, 'Restart Container');
    await window.picture('layer-edited-menu');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseFromMenu(below, 'Restart Container');
    await below.waitFor({ state: 'detached' });
    await workbench.waitForTerminal(/^(?![^]*ready)[^]*\/ #\s*$/); // not the prompt of the one that ended
    await workbench.typeInTerminal('clear; cat /etc/passwd /etc/mine\n');
    await workbench.waitForTerminal(/edited passwd\s+x/);
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => !/edit/.test(row!.description));
  });
});
