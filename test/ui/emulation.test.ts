/** A rootfs for another processor, as a person sees it who has nothing but a rootless container. */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findEmulator, hasOwnBinfmt, usualPlaces } from '../../src/core/bundle/emulation';
import type { Workbench } from '../host/workbench.mjs';
import { ensureUnpacked, temporaryUser } from '../host/index.mjs';
import { skipBecause } from '../skip';
import { type SudoUser, Window, makeContainers, prompt, requireRoot } from './window';

describe('a rootfs for another processor', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    if (process.arch !== 'x64') skipBecause(this, 'the program is for another machine than x64');
    const machine = os.machine();
    const emulator = await findEmulator({ name: 'aarch64' }, { ...usualPlaces, machine });
    if (emulator === undefined || !hasOwnBinfmt(os.release()))
      skipBecause(this, 'no emulator here that a container could register');
    const busybox = path.join(await ensureUnpacked('busybox-static', 'arm64'), 'bin/busybox');
    user = await temporaryUser({ sudo: false });
    const settings = { 'terrarium.privilege': 'rootless' };
    const prepare = async (workspace: string) => {
      await makeContainers(workspace, 'arm');
      const program = path.join(workspace, 'arm/rootfs/bin/busybox');
      rmSync(program);
      copyFileSync(busybox, program);
    };
    window = await Window.open({ user, settings, prepare });
    ({ workbench } = window);
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });

  it('starts, and its processes are named as inside and said to be emulated', async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => row?.label === 'arm');
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(prompt);
    await workbench.typeInTerminal('uname -m; sleep 1000 &\n');
    await workbench.waitForTerminal(/^aarch64$/m);
    const rows = await workbench.waitForTree('Processes', (all) =>
      all.some(({ label }) => label.endsWith('sleep 1000')),
    );
    const [shell, sleep] = rows.slice(-2);
    assert.equal(shell?.label, 'sh');
    for (const row of [shell, sleep]) {
      assert.match(row!.description, /^PID \d+ · host \d+ · .* · emulated \(aarch64\)$/);
      assert.match(row!.ariaLabel, /, emulated \(aarch64\)$/);
    }
    await window.picture('emulated');
    await workbench.command('Terrarium: Show Warnings');
    await workbench.preview(/for aarch64 and run emulated/);
    await window.picture('emulated-warning');
    await workbench.command('Terrarium: Check This Machine');
    await workbench.preview(/registers its own emulator: .*aarch64/);
    await window.picture('emulated-check');
  });
});
