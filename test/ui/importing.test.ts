/** Containers made of archives: chosen, dropped, cancelled, and what is told afterwards. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { temporaryUser } from '../host/index.mjs';
import { type SudoUser, Window, makeContainers, requireRoot } from './window';

/** So many that unpacking them takes longer than pressing a button. */
const manyFiles = 150_000;

/** `tree.tar.gz`: a rootfs with a device node and a set-user-ID program. */
async function makeArchives(workspace: string): Promise<void> {
  await makeContainers(workspace, 'from');
  const rootfs = path.join(workspace, 'from/rootfs');
  const run = (program: string, ...words: string[]) => execFileSync(program, words);
  run('cp', path.join(rootfs, 'bin/busybox'), path.join(rootfs, 'bin/passwd-real'));
  run('chmod', '4755', path.join(rootfs, 'bin/passwd-real'));
  mkdirSync(path.join(rootfs, 'srv/one/two'), { recursive: true });
  writeFileSync(path.join(rootfs, 'srv/one/two/text'), 'as imported\n');
  run('mknod', path.join(rootfs, 'some-device'), 'c', '1', '3');
  run('tar', '-czf', path.join(workspace, 'tree.tar.gz'), '-C', rootfs, '.');
  rmSync(path.join(workspace, 'from'), { recursive: true });
  writeFileSync(path.join(workspace, 'many.tar'), emptyFiles(manyFiles));
  const zeros = path.join(workspace, 'zeros');
  mkdirSync(zeros);
  run('truncate', '-s', '600M', path.join(zeros, 'zeros'));
  run('tar', '-czf', path.join(workspace, 'bomb.tgz'), '-C', zeros, '.');
  rmSync(zeros, { recursive: true });
}

/** A tar archive (ustar) with nothing but empty files. */
function emptyFiles(count: number): Buffer {
  const block = 512;
  const archive = Buffer.alloc((count + 2) * block);
  for (let at = 0; at < count; at++) {
    const header = archive.subarray(at * block, (at + 1) * block);
    header.write(`file${at}`);
    // mode, uid, gid, size, mtime; the checksum counts as spaces.
    for (const [place, digits] of [
      [100, 7],
      [108, 7],
      [116, 7],
      [124, 11],
      [136, 11],
    ] as const)
      header.write(place === 100 ? '0000644' : '0'.repeat(digits), place);
    header.write(' '.repeat(8), 148);
    header.write('0', 156);
    header.write('ustar', 257);
    header.write('00', 263);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
  return archive;
}

describe('importing', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    user = await temporaryUser({ sudo: false });
    const settings = { 'terrarium.privilege': 'rootless' };
    window = await Window.open({ user, settings, prepare: makeArchives });
    ({ workbench } = window);
    await workbench.openViewContainer('Terrarium');
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });
  const file = (...names: string[]) => path.join(window.workspace, ...names);
  const folders = () =>
    readdirSync(window.workspace, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  const archives = 3;
  const clear = () => workbench.command('Notifications: Clear All Notifications');

  async function importArchive(name: string, ...archive: string[]): Promise<void> {
    await workbench.command('Terrarium: New Container…');
    await workbench.quickValue(/^mycontainer/);
    await workbench.quickInput(name);
    await workbench.pick('From an Archive or Image…');
    await workbench.quickValue(/^\//);
    for (const row of archive) await workbench.pick(row);
  }
  const noProgress = () =>
    workbench.page
      .locator('.notifications-toasts')
      .getByText(/^Making /)
      .waitFor({ state: 'detached' });
  const selected = (label: string) =>
    workbench.view('Containers').locator('.monaco-list-row.selected', { hasText: label }).waitFor();

  it('makes a container of an archive, selects it, and reports what was not kept', async () => {
    await workbench.command('Terrarium: New Container…');
    await workbench.quickValue(/^mycontainer/);
    await workbench.quickInput('box');
    assert.match((await workbench.quickRows()).join(), /From an Archive.*From a Folder/s);
    await window.picture('import-choices');
    await workbench.pick('From an Archive or Image…');
    await workbench.quickValue(/^\//);
    await window.picture('import-file');
    await workbench.pick('tree.tar.gz');
    const { message, severity } = await workbench.notification(/box is ready/);
    assert.equal(severity, 'warning');
    assert.match(message, /set-user-ID.*bin\/passwd-real.*Not kept: .*device nodes \(1\)/s);
    await selected('box');
    await noProgress();
    await window.picture('imported');
    assert.ok(lstatSync(file('box/rootfs/bin/passwd-real')).mode & 0o4000);
    await workbench.notification(/box is ready/, { click: 'Show Report' });
    await workbench.preview(/some-device[^]*rootfs\.mtree[^]*privilege sudo/);
    await window.picture('import-report');
    assert.ok(existsSync(file('box/rootfs.mtree')));
  });

  it('makes one that the editor follows, however deep', async () => {
    const text = 'box/rootfs/srv/one/two/text';
    await workbench.command('Go to File...');
    await workbench.quickInput('srv/one/two/text', { accept: false });
    await workbench.pick('text');
    const lines = workbench.page.locator('.editor-instance .view-lines');
    await lines.getByText('as imported').waitFor();
    writeFileSync(file(text), 'written by a program\n');
    await lines.getByText('written by a program').waitFor();
    await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Mark Baseline');
    await workbench.notification(/The baseline of box is taken/);
    await workbench.openViewContainer('Explorer');
    await workbench.command('File: Reveal Active File in Explorer View');
    mkdirSync(file('box/rootfs/srv/one/two/three'));
    await workbench.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'three' })
      .waitFor();
    await window.picture('import-followed');
    await workbench.openViewContainer('Source Control');
    await workbench.page
      .locator('.scm-view .monaco-list-row .resource', { hasText: 'three' })
      .waitFor();
    await clear();
    await workbench.openViewContainer('Terrarium');
  });

  it('starts what it has made', async () => {
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/^\/ # /m);
    await workbench.typeInTerminal('stat -c %a /bin/passwd-real\n');
    await workbench.waitForTerminal(/^4755$/m);
    await workbench.typeInTerminal('exit\n');
    await workbench.waitForTree('Containers', ([row]) => /stopped/.test(row?.description ?? ''));
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.command('View: Close All Editors');
  });

  it('imports what is dropped on the view, under the name of the file', async () => {
    await workbench.command('Go to File...');
    await workbench.quickInput('tree.tar.gz', { accept: false });
    await workbench.pick('tree.tar.gz');
    const tab = workbench.page.locator('.tab', { hasText: 'tree.tar.gz' });
    await tab.dragTo(workbench.treeRow('Containers', 'box'));
    await workbench.notification(/The container tree is ready/);
    await selected('tree');
    await noProgress();
    await window.picture('dropped');
    assert.deepEqual(folders(), ['box', 'tree']);
    await clear();
  });

  it('shows how far it is, and leaves nothing where it is cancelled', async () => {
    await importArchive('many', 'many.tar');
    await workbench.notification(/Making many.*\d+ \wiB of 7\d\.?\d* MiB, \d{3,} files/s);
    await window.picture('import-progress');
    await workbench.notification(/Making many/, { click: 'Cancel' });
    await workbench.until(
      () => Promise.resolve(readdirSync(window.workspace)),
      (names) => names.length === 2 + archives,
      60_000,
      (names) => `There are ${names.join()}`,
    );
    assert.deepEqual(folders(), ['box', 'tree']);
  });

  it('says what is wrong with a file that is no archive', async () => {
    await importArchive('other', 'box', 'config.json');
    const { message, severity } = await workbench.notification(
      /^other was not made: .*configuration of a container, and no archive/,
    );
    assert.equal(severity, 'error');
    await noProgress();
    await window.picture('no-archive');
    assert.doesNotMatch(message, /^\{|terrarium:/);
    assert.deepEqual(folders(), ['box', 'tree']);
    await clear();
  });

  it('asks before it goes on with an archive that unpacks to far more', async () => {
    await importArchive('bomb', 'bomb.tgz');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: 60_000 });
    await window.picture('far-more');
    assert.match(await workbench.dialog({ click: 'Cancel' }), /unpacks to far more/);
    assert.deepEqual(folders(), ['box', 'tree']);
    await importArchive('bomb', 'bomb.tgz');
    await dialog.waitFor({ timeout: 60_000 });
    await workbench.dialog({ click: 'Import Nevertheless' });
    await workbench.notification(/The container bomb is ready/, { timeout: 60_000 });
    await selected('bomb');
    assert.equal(lstatSync(file('bomb/rootfs/zeros')).size, 600 * 1024 * 1024);
  });
});
