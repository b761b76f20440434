/** "Check Rootfs": problems of files of a rootfs, which go when the file is saved without its fault. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers } from './window';

describe('the check of a rootfs', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;

  /** With the loader. */
  const libraries = [
    ...execFileSync('ldd', ['/bin/ls'], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g),
  ].map(([, file]) => file!);
  const isLoader = (file: string) => path.basename(file).startsWith('ld-');
  const copyIn = (files: readonly string[], rootfs: string) => {
    for (const file of files) {
      mkdirSync(path.join(rootfs, path.dirname(file)), { recursive: true });
      copyFileSync(file, path.join(rootfs, file));
    }
  };

  before(async () => {
    window = await Window.open({
      prepare: async (parent) => {
        await makeContainers(parent, 'box');
        const rootfs = path.join(parent, 'box/rootfs');
        writeFileSync(path.join(rootfs, 'bin/report'), '#!/usr/bin/python3\necho report\n');
        chmodSync(path.join(rootfs, 'bin/report'), 0o755);
        symlinkSync('/opt/missing', path.join(rootfs, 'etc/leads-nowhere'));
        cpSync(path.join(rootfs, 'bin/busybox'), path.join(rootfs, 'bin/su-real'));
        chmodSync(path.join(rootfs, 'bin/su-real'), 0o4755);
        copyFileSync('/bin/ls', path.join(rootfs, 'bin/list'));
        copyIn(libraries.filter(isLoader), rootfs);
      },
    });
    ({ workbench } = window);
  });
  after(async () => {
    await window?.close();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  it('shows what would fail as problems, until the file is saved without its fault', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Check Rootfs');
    await workbench.notification(/files of box looked at\. Errors: \d+\. Other problems: 1\./, {
      click: 'Show Problems',
    });
    const problems = workbench.page.locator('.markers-panel');
    const fault = problems.getByText('Its interpreter /usr/bin/python3 is not in the rootfs.');
    await fault.waitFor();
    await problems.getByText('This link leads to /opt/missing').waitFor();
    await window.picture('check-rootfs');

    await fault.dblclick();
    const editor = workbench.page.locator('.editor-instance .monaco-editor').first();
    await editor.getByText('echo').first().waitFor();
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.press('Shift+End');
    await workbench.page.keyboard.insertText('#!/bin/sh');
    await workbench.page.keyboard.press('Control+S');
    await fault.waitFor({ state: 'detached' });
    await problems.getByText('This link leads to /opt/missing').waitFor();

    // What another program does to the rootfs is seen too.
    const rootfs = path.join(window.workspace, 'box/rootfs');
    const unfound = problems.getByText(/^It needs libc\.so\.6, which is in no folder/);
    await unfound.waitFor();
    const others = libraries.filter((file) => !isLoader(file));
    copyIn(others, rootfs);
    await unfound.waitFor({ state: 'detached' });
    mkdirSync(path.join(rootfs, 'opt/missing'), { recursive: true });
    await problems.getByText('This link leads to /opt/missing').waitFor({ state: 'detached' });

    await workbench.command('View: Show Explorer');
    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput('su-real', { accept: false });
    await workbench.pick('su-real');
    await workbench.page.locator('[aria-label*="set-user-ID"]').first().waitFor();
    await window.picture('check-rootfs-marks');
  });
});
