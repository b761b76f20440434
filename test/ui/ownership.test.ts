/** Take Ownership of Rootfs Files, with sudo: what is asked before, what happens, and how it is undone. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { type SudoUser, Window, makeContainers, openWithSudo, requireRoot } from './window';

describe('taking ownership', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;

  before(async function () {
    requireRoot(this);
    ({ user, window } = await openWithSudo(async (parent) => {
      await makeContainers(parent, 'box');
      cpSync(path.join(parent, 'box/rootfs'), path.join(parent, 'tree'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      writeFileSync(path.join(parent, 'tree/etc/motd'), 'welcome\n');
    }));
    ({ workbench } = window);
    // As debootstrap, or a container, leaves them.
    cpSync(file('box/rootfs/bin/busybox'), file('box/rootfs/bin/passwd-real'));
    for (const tree of ['box/rootfs', 'tree'])
      execFileSync('chown', ['-R', '-h', '0:0', file(tree)]);
    chmodSync(file('box/rootfs/bin/passwd-real'), 0o4755);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  const file = (...names: string[]) => path.join(window.workspace, ...names);
  const row = () => workbench.treeRow('Containers', 'box');
  const uidOf = (name: string) => lstatSync(file(name)).uid;
  const mode = (name: string) => lstatSync(file(name)).mode & 0o7777;

  it('asks first, in numbers, and changes nothing where the answer is no', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.chooseFromMenu(row(), 'Take Ownership of Rootfs Files');
    await workbench.waitForTerminal(/password for/);
    await workbench.typeInTerminal(`${user.password}\n`);
    await workbench.page.locator('.monaco-dialog-box').waitFor();
    await window.picture('take-ownership-question');
    const text = await workbench.dialog({ click: 'Cancel' });
    assert.match(text, /Take ownership of the whole rootfs of box\?/);
    assert.match(text, /Becomes yours: \d{3} files \(.*\d{3} more\)\. Owner now: uid 0\./);
    assert.match(text, /Setuid and setgid bits are cleared: “\/bin\/passwd-real”\./);
    assert.match(text, /Undo Take Ownership/);
    assert.equal(uidOf('box/rootfs/etc/passwd'), 0);
    assert.equal(mode('box/rootfs/bin/passwd-real'), 0o4755);
  });

  it('takes the rootfs, and gives it back by the menu of the row', async () => {
    await workbench.chooseFromMenu(row(), 'Take Ownership of Rootfs Files');
    await workbench.dialog({ click: 'Take Ownership' });
    await workbench.notification(/The rootfs files of box are yours now/);
    assert.equal(uidOf('box/rootfs/etc/passwd'), user.uid);
    assert.equal(mode('box/rootfs/bin/passwd-real'), 0o755);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.chooseFromMenu(row(), 'Undo Take Ownership');
    await workbench.notification(/Files of box that have their former owner again: \d{3}\./);
    assert.equal(uidOf('box/rootfs/etc/passwd'), 0);
    assert.equal(mode('box/rootfs/bin/passwd-real'), 0o4755);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('offers the one file of a plain folder that cannot be saved, and undoes that from the palette', async () => {
    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput('motd', { accept: false });
    await workbench.pick('motd');
    await workbench.notification(/motd belongs to root/, { click: 'Take Ownership' });
    await workbench.page.locator('.monaco-dialog-box').waitFor();
    await window.picture('take-ownership-of-one');
    assert.match(
      await workbench.dialog({ click: 'Take Ownership' }),
      /Take ownership of \/etc\/motd in the rootfs of tree\?\s+Becomes yours: “\/etc\/motd”\. Owner now: uid 0\./,
    );
    await workbench.notification(/motd is yours now/);
    assert.equal(uidOf('tree/etc/motd'), user.uid);
    assert.equal(uidOf('tree/etc/passwd'), 0);
    await workbench.rewriteEditor('changed outside', file('tree/etc/motd'));
    await workbench.command('Terrarium: Undo Take Ownership');
    await workbench.notification(/Files of tree that have their former owner again: 1\./);
    assert.equal(uidOf('tree/etc/motd'), 0);
  });
});
