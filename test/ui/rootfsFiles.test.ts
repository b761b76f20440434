/**
 * Files of a rootfs that belong to root, in the window of a person with sudo: opened and saved in the ordinary editor
 * through the helper, made, renamed and deleted; those of a subordinate id, without any; and the offer to leave a large tree out of watching and search.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { subordinateRange } from '../../src/core/config/subordinateRange';
import { temporaryUser } from '../host/index.mjs';
import type { Workbench } from '../host/workbench.mjs';
import { rootfsSteps } from './rootfsSteps';
import { type SudoUser, Window, makeContainers, openWithSudo, requireRoot } from './window';

describe('files of a rootfs that are root’s', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;

  before(async function () {
    requireRoot(this);
    ({ user, window } = await openWithSudo(async (parent) => {
      await makeContainers(parent, 'box');
      // A browser's VS Code saves by itself.
      mkdirSync(path.join(parent, '.vscode'));
      writeFileSync(path.join(parent, '.vscode/settings.json'), '{ "files.autoSave": "off" }\n');
      const many = path.join(parent, 'box/rootfs/srv/many');
      mkdirSync(many, { recursive: true });
      for (let name = 0; name < 20_000; name++) writeFileSync(path.join(many, String(name)), '');
    }));
    ({ workbench } = window);
    // As a container that root is root in leaves them; one that nobody else may read.
    writeFileSync(file('etc/secret'), 'hidden\n');
    writeFileSync(file('etc/report'), '#!/usr/bin/python3\necho report\n');
    chmodSync(file('etc/report'), 0o755);
    for (const name of ['etc', 'etc/motd', 'etc/secret', 'etc/report']) chownSync(file(name), 0, 0);
    chmodSync(file('etc/motd'), 0o644);
    chmodSync(file('etc/secret'), 0o600);
    writeFileSync(file('etc/issue'), 'both names\n');
    linkSync(file('etc/issue'), file('etc/issue.net'));
    mkdirSync(file('etc/closed/below'), { recursive: true });
    writeFileSync(file('etc/closed/notes'), '');
    writeFileSync(file('etc/closed/below/deep'), 'far down\n');
    for (const name of ['etc/issue', 'etc/closed']) chownSync(file(name), 0, 0);
    chmodSync(file('etc/closed'), 0o700);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  const { file, tab, inStatusBar, entry, throughHelper, type, until } = rootfsSteps(() => window);

  it('offers once to leave a large tree out of watching and search', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.notification(/The rootfs of box has 20.?000 files and folders or more/, {
      click: 'Exclude',
    });
    const settings = path.join(window.workspace, '.vscode/settings.json');
    await until('both settings', () => {
      const text = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
      return ['files.watcherExclude', 'search.exclude'].every((name) => text.includes(name));
    });
    assert.equal(readFileSync(settings, 'utf8').match(/"box\/rootfs\/\*\*": true/g)?.length, 2);
  });

  it('saves one through the helper, which stays root’s', async () => {
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Reveal Rootfs');
    await entry('etc').click();
    await entry('motd').dblclick();
    await window.picture('rootfs-file-offer');
    await workbench.notification(/motd belongs to root.*You can read it but not save it/, {
      click: 'Edit through Helper',
    });
    await workbench.waitForTerminal(/password for/);
    await workbench.typeInTerminal(`${user.password}\n`);
    await tab(/^motd \(as root\)/).waitFor();
    await inStatusBar(/Saved as root · root:root 0644/);
    await workbench.page.locator('.tab.active').click();
    await workbench.page.locator('.monaco-editor .view-lines').first().click();
    await type('saved through the helper\n');
    await until('it is saved', () => /^saved/.test(readFileSync(file('etc/motd'), 'utf8')));
    const { uid, gid, mode } = statSync(file('etc/motd'));
    assert.deepEqual([uid, gid, mode & 0o7777], [0, 0, 0o644]);
    assert.equal(await tab(/^motd/).count(), 1, 'the other editor is closed');
    await window.picture('rootfs-file-as-root');
  });

  it('tells of a change that was made meanwhile, and replaces it when it is saved again', async () => {
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.type('mine\n');
    // Of the same size: VS Code itself asks of those alone that are larger or smaller.
    const size = statSync(file('etc/motd')).size;
    writeFileSync(file('etc/motd'), 'x'.repeat(size));
    await workbench.page.keyboard.press('Control+S');
    await workbench.notification(/has changed in the rootfs since it was opened here/);
    await window.picture('rootfs-file-conflict');
    assert.match(readFileSync(file('etc/motd'), 'utf8'), /^x+$/);
    await workbench.command('File: Save');
    await until('it is replaced', () => /^mine/.test(readFileSync(file('etc/motd'), 'utf8')));
  });

  it('opens the next one that way at once, also what may not be read; makes, renames and deletes', async () => {
    // VS Code tries first, and says of each click that it cannot.
    await entry('secret').click();
    assert.match(await workbench.dialog({ click: 'OK' }), /Unable to open 'secret'/);
    await tab(/^secret \(as root\)/).waitFor();
    await workbench.page.locator('.view-lines', { hasText: 'hidden' }).first().waitFor();
    await inStatusBar(/root:root 0600/);
    await throughHelper('etc', 'New File or Folder…', 'rootfs-file-menu');
    await workbench.quickInput('app.conf');
    await tab(/^app\.conf \(as root\)/).waitFor();
    assert.equal(statSync(file('etc/app.conf')).uid, 0);
    await throughHelper('app.conf', 'Rename…');
    await workbench.quickInput('other.conf');
    await until('it is renamed', () => existsSync(file('etc/other.conf')));
    await throughHelper('other.conf', 'Delete…');
    assert.match(
      await workbench.dialog({ click: 'Delete' }),
      /Delete other\.conf from the rootfs\?/,
    );
    await until('it is deleted', () => !existsSync(file('etc/other.conf')));
    await entry('other.conf').waitFor({ state: 'detached' });
  });

  it('asks before it saves a file that has another name', async () => {
    await entry('issue').dblclick();
    await tab(/^issue \(as root\)/).waitFor();
    await workbench.page.locator('.view-lines', { hasText: 'both names' }).first().click();
    await type('one name\n');
    assert.match(await workbench.dialog(), /issue has 2 names \(hard links\)/);
    await window.picture('rootfs-file-links');
    await workbench.dialog({ click: 'Save as Its Own File' });
    await until('it is saved', () => /^one/.test(readFileSync(file('etc/issue'), 'utf8')));
    assert.equal(readFileSync(file('etc/issue.net'), 'utf8'), 'both names\n');
  });

  it('shows what is in a folder that may not be looked into', async () => {
    await throughHelper('closed', 'Edit through Helper');
    assert.deepEqual(
      (await workbench.quickRows()).map((row) => row.split(',')[0]?.trim()),
      ['folder  below', 'file  notes'],
    );
    await window.picture('rootfs-folder');
    await workbench.pick('below');
    await workbench.pick('deep');
    await tab(/^deep \(as root\)/).waitFor();
    await workbench.page.locator('.view-lines', { hasText: 'far down' }).first().waitFor();
  });

  it('looks again at what it saves, where a rootfs was checked that VS Code does not watch', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Check Rootfs');
    await workbench.notification(/files? of box looked at\./, { click: 'Show Problems' });
    const fault = workbench.page
      .locator('.markers-panel')
      .getByText('Its interpreter /usr/bin/python3 is not in the rootfs.');
    await fault.waitFor();
    await workbench.command('View: Show Explorer');
    await entry('report').dblclick();
    await tab(/^report \(as root\)/).waitFor();
    await workbench.page.locator('.view-lines', { hasText: 'echo report' }).first().click();
    await type('#!/bin/sh\necho report\n');
    await fault.waitFor({ state: 'detached' });
  });
});

describe('files of a rootfs that belong to a subordinate id', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let owner = 0;
  const { file, tab, inStatusBar, entry, type, until } = rootfsSteps(() => window);

  before(async function () {
    requireRoot(this);
    user = await temporaryUser({ sudo: false });
    const settings = { 'terrarium.privilege': 'rootless', 'files.autoSave': 'off' };
    const prepare = (parent: string) => makeContainers(parent, 'box');
    window = await Window.open({ user, settings, prepare });
    // As user 1 of a rootless container leaves it, with its folder.
    owner = (await subordinateRange('/etc/subuid', user.uid))!.start;
    writeFileSync(file('etc/motd'), 'of a user inside\n');
    for (const name of ['etc', 'etc/motd']) chownSync(file(name), owner, owner);
    chmodSync(file('etc/motd'), 0o644);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });

  it('are saved without a password, and stay theirs', async () => {
    const { workbench } = window;
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', (rows) => rows.length === 1);
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Reveal Rootfs');
    await entry('etc').click();
    await entry('motd').dblclick();
    await workbench.notification(/motd belongs to user \d+, one of the users inside the container/);
    await window.picture('rootfs-file-subordinate-offer');
    await workbench.notification(/motd belongs to user/, { click: 'Edit through Helper' });
    await inStatusBar(/Saved by the helper · .*0644/);
    await workbench.page.locator('.view-lines', { hasText: 'of a user inside' }).first().click();
    await type('saved rootless\n');
    await until('it is saved', () => /^saved/.test(readFileSync(file('etc/motd'), 'utf8')));
    const { uid, gid, mode } = statSync(file('etc/motd'));
    assert.deepEqual([uid, gid, mode & 0o7777], [owner, owner, 0o644]);
    assert.equal(await tab(/^motd/).count(), 1, 'the other editor is closed');
    await workbench.page.locator('.tab.active:not(.dirty)').waitFor();
    await window.picture('rootfs-file-subordinate');
  });
});
