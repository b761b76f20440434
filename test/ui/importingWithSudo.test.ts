/** Containers made of a registry's image, by the helper of sudo, and of a distribution that is asked for by name. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import type { Workbench } from '../host/workbench.mjs';
import { temporaryUser } from '../host/index.mjs';
import { which } from '../host/processes.mjs';
import { skipBecause } from '../skip';
import { type Registry, openRegistry, settleRegistry } from '../system/registry';
import { type SudoUser, Window, makeContainers, requireRoot } from './window';

describe('importing with sudo', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;
  let registry: Registry;
  before(async function () {
    requireRoot(this);
    if (which('skopeo') === undefined) skipBecause(this, 'skopeo is not installed');
    user = await temporaryUser({ sudo: true });
    window = await Window.open({
      user,
      settings: { 'terrarium.privilege': 'sudo' },
      prepare: async (workspace) => {
        await makeContainers(workspace, 'from');
        const rootfs = path.join(workspace, 'from/rootfs');
        const run = (program: string, ...words: string[]) => execFileSync(program, words);
        run('mknod', path.join(rootfs, 'some-device'), 'c', '1', '3');
        const archive = path.join(workspace, 'layer.tar');
        run('tar', '--numeric-owner', '--owner=0', '--group=0', '-cf', archive, '-C', rootfs, '.');
        registry = await openRegistry(readFileSync(archive));
        run('rm', '-r', path.join(workspace, 'from'), archive);
        settleRegistry(user.home, registry);
        run('chown', '-R', `${user.uid}:${user.gid}`, user.home);
      },
    });
    ({ workbench } = window);
    await workbench.openViewContainer('Terrarium');
  });
  after(async () => {
    await window?.close();
    await registry?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });

  it('fetches an image with the person’s login, and keeps its devices', async () => {
    await workbench.command('Terrarium: New Container…');
    await workbench.quickValue(/^mycontainer/);
    await workbench.quickInput('box');
    const rows = (await workbench.quickRows()).join();
    assert.match(rows, /From a Registry….*From a Distribution…/s);
    await window.picture('import-sources');
    await workbench.pick('From a Registry…');
    await workbench.quickInput(`${registry.at}/some/box:1.0`);
    await workbench.waitForTerminal(/password for [^]*$/);
    await workbench.typeInTerminal(`${user.password}\n`);
    await workbench.notification(/The container box is ready/, { timeout: 60_000 });
    await window.picture('import-registry');
    const bundle = path.join(window.workspace, 'box');
    assert.ok(lstatSync(path.join(bundle, 'rootfs/some-device')).isCharacterDevice());
    assert.equal(lstatSync(bundle).uid, user.uid);
    const config = readFileSync(path.join(bundle, 'config.json'), 'utf8');
    assert.match(config, new RegExp(`some/box@${registry.digest}`));
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('copies a container that runs as root, with what root alone may read', async () => {
    const bundle = (name: string) => path.join(window.workspace, name);
    const file = path.join(bundle('box'), 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
    config.process.args = ['/bin/sh'];
    writeFileSync(file, JSON.stringify(config));
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/^\/ # /m);
    await workbench.typeInTerminal('umask 077; echo word > /root-only; echo made\n');
    await workbench.waitForTerminal(/^made$/m);
    await workbench.chooseFromMenu(
      workbench.treeRow('Containers', 'box'),
      'Copy as New Container…',
    );
    await workbench.quickValue(/^box-copy$/);
    await window.picture('copy-name');
    await workbench.quickInput('box-copy');
    await workbench.notification(/The container box-copy is ready/, { timeout: 60_000 });
    await window.picture('copied');
    const { uid, mode } = lstatSync(path.join(bundle('box-copy'), 'rootfs/root-only'));
    assert.deepEqual([uid, mode & 0o777], [0, 0o600]);
    await workbench.typeInTerminal('exit\n');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('asks for a suite, how much of it, and for packages; and says what is wrong with them', async () => {
    await workbench.command('Terrarium: New Container…');
    await workbench.quickValue(/^mycontainer/);
    await workbench.quickInput('debian');
    await workbench.pick('From a Distribution…');
    await workbench.quickValue(/^[a-z]+$/);
    await window.picture('import-suite');
    await workbench.quickInput('nonesuch');
    await window.picture('import-variant');
    await workbench.pick('essential');
    await workbench.quickInput('hostname');
    const { severity, message } = await workbench.notification(/was not built|no “mmdebstrap”/, {
      timeout: 60_000,
    });
    assert.equal(severity, 'error');
    assert.doesNotMatch(message, /^\{|terrarium:/);
    await window.picture('import-no-suite');
    assert.deepEqual(
      readdirSync(window.workspace).filter((name) => name.includes('debian')),
      [],
    );
  });
});
