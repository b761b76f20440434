/** A scratch layer in Source Control: what a shell changes inside, its diff, one change applied, the rest discarded. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

describe('a scratch layer', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () => Window.open({ prepare: (parent) => makeContainers(parent, 'box') }),
    (opened) => ({ workbench } = window = opened),
  );

  const changes = () => workbench.page.locator('.scm-view .monaco-list-row .resource');
  const names = async () =>
    (await changes().locator('.name .label-name').allInnerTexts())
      .map((name) => name.trim())
      .sort();
  const waitForChanges = (...wanted: string[]) =>
    workbench.until(
      names,
      (found) => String(found) === String(wanted),
      30_000,
      (found) => `Source Control shows ${String(found)}`,
    );
  const inRootfs = (file: string) => path.join(window.workspace, 'box/rootfs', file);
  const inLayer = (file: string) => path.join(window.workspace, 'box/.terrarium/upper', file);

  it('shows in Source Control what is changed inside', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.chooseFromMenu(
      workbench.treeRow('Containers', 'box'),
      'Start on a Scratch Layer',
    );
    await workbench.waitForTerminal(prompt);
    await workbench.waitForTree('Containers', ([row]) => /scratch layer/.test(row!.description));
    await workbench.typeInTerminal(
      'rm /bin/ls; echo Welcome > /etc/motd; mkdir /new; echo y > /etc/note\n',
    );
    await workbench.openViewContainer('Source Control');
    await waitForChanges('ls', 'motd', 'new', 'note');
    assert.ok(existsSync(inRootfs('bin/ls')), 'the rootfs is as it was');
    await changes().filter({ hasText: 'motd' }).click();
    const right = workbench.page.locator('.monaco-diff-editor .editor.modified .view-lines');
    await right
      .filter({ hasText: /^Welcome$/ })
      .first()
      .waitFor();
    await window.pictureForDocs('changes');
  });

  it('saves it as a layer of an image', async () => {
    const more = workbench.page.getByLabel('Views and More Actions').filter({ visible: true });
    await workbench.openMenu(more.first(), 'Save Layer as Image Layer…', 'left');
    await window.picture('layer-save');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseFromMenu(more.first(), 'Save Layer as Image Layer…', 'left');
    await workbench.until(
      async () => (await workbench.quickRows()).join(),
      (rows) => /Layer of an Image.*Docker.*OCI/s.test(rows),
      30_000,
      (rows) => `The choices are not there, but ${rows}`,
    );
    await window.picture('layer-save-choices');
    await workbench.pick('Layer of an Image');
    await workbench.quickValue(/^\/.*\/box[^/]*$/);
    await workbench.quickInput(path.join(window.workspace, 'layer.tar'));
    const { severity } = await workbench.notification(/box is exported as layer\.tar/);
    assert.equal(severity, 'info');
    await window.picture('layer-saved');
    const names = spawnSync('tar', ['-tf', path.join(window.workspace, 'layer.tar')]);
    assert.match(names.stdout.toString(), /^\.\/bin\/\.wh\.ls$/m);
  });

  it('applies those that are selected, and discards the rest, which the shell sees', async () => {
    const one = changes().filter({ hasText: 'motd' });
    await one.click();
    await changes()
      .filter({ hasText: 'note' })
      .click({ modifiers: ['Control'] });
    await workbench.openMenu(one, 'Apply to Rootfs');
    await window.picture('layer-selected');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseFromMenu(one, 'Apply to Rootfs');
    await waitForChanges('ls', 'new');
    assert.equal(readFileSync(inRootfs('etc/motd'), 'utf8'), 'Welcome\n');
    assert.equal(readFileSync(inRootfs('etc/note'), 'utf8'), 'y\n');
    const group = workbench.page
      .locator('.scm-view .monaco-list-row .resource-group')
      .filter({ hasText: 'Changes in the Scratch Layer' });
    await workbench.openMenu(group, 'Discard Change…');
    await window.picture('layer-menu');
    await workbench.page.keyboard.press('Escape');
    await workbench.chooseFromMenu(group, 'Discard Change…');
    const asked = await workbench.dialog({ click: 'Discard' });
    assert.match(
      asked,
      /Discard 2 changes of the scratch layer\?.*bin\/ls, new.*cannot be undone/s,
    );
    await waitForChanges();
    await workbench.typeInTerminal('clear; ls -d /bin/ls; echo more >> /etc/motd; cat /etc/motd\n');
    await workbench.waitForTerminal(/\/bin\/ls\s+Welcome\s+more/);
    assert.equal(readFileSync(inLayer('etc/motd'), 'utf8'), 'Welcome\nmore\n');
    await waitForChanges('motd');
    await window.picture('layer-after');
  });

  it('goes as a whole once its container has stopped', async () => {
    await workbench.typeInTerminal('exit\n');
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => /exit code 0/.test(row!.description));
    await workbench.chooseFromMenu(
      workbench.treeRow('Containers', 'box'),
      'Discard Scratch Layer…',
    );
    const asked = await workbench.dialog({ click: 'Discard' });
    assert.match(asked, /Its scratch layer takes .*, in \d+ files\./);
    await workbench.waitForTree('Containers', ([row]) => !/scratch layer/.test(row!.description));
    assert.deepEqual(readdirSync(path.join(window.workspace, 'box')).sort(), [
      ...['config.json', 'rootfs'],
    ]);
  });
});
