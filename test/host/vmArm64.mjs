// npm run test:vm -- arm64: terrarium-init for arm64 carries out starts in a virtual machine of that architecture
// (QEMU without KVM, Debian's kernel), whose programs have to print what is expected of them.

import { build } from 'esbuild';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileInit } from '../../src/init/compile.mjs';
import { ensurePackages } from './debian.mjs';
import { projectRoot } from './project.mjs';
import { ensureKernel, ensureUnpacked, packInitramfs } from './vmKernel.mjs';
import { endMachine, startMachine } from './vmMachine.mjs';

/** In seconds; some 20 where nothing else runs. */
const limit = 600;

/** @typedef {{ name: string, encoded: Buffer, prints: string }} Plan */

/** @param {string} work @returns {Promise<readonly Plan[]>} */
async function plans(work) {
  const outfile = join(work, 'plans.cjs');
  const entry = join(projectRoot(), 'test/host/arm64Plans.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node' });
  return createRequire(import.meta.url)(outfile).arm64Plans;
}

/** @param {string} busybox @param {readonly Plan[]} plans @param {string} work */
async function makeTree(busybox, plans, work) {
  const tree = join(work, 'tree');
  const rootfs = join(tree, 'box/rootfs');
  for (const folder of ['bin', 'plans', 'box/rootfs/bin', 'box/rootfs/proc', 'box/rootfs/tmp'])
    await mkdir(join(tree, folder), { recursive: true });
  for (const bin of [join(tree, 'bin'), join(rootfs, 'bin')])
    await cp(busybox, join(bin, 'busybox'));
  for (const name of ['sh', 'cat', 'uname', 'hostname', 'ls', 'grep', 'mkdir', 'rmdir'])
    await symlink('busybox', join(rootfs, 'bin', name));
  await cp(join(projectRoot(), 'dist/terrarium-init-arm64'), join(tree, 'terrarium-init'));
  await cp(join(projectRoot(), 'test/host/vm-arm64-init.sh'), join(tree, 'init'));
  await chmod(join(tree, 'init'), 0o755);
  for (const { name, encoded } of plans) await writeFile(join(tree, 'plans', name), encoded);
  return packInitramfs(tree, work);
}

/** @returns {Promise<import('./results.mjs').Results>} */
export async function runArm64() {
  await ensurePackages('containers', 'cross', 'machine-arm64');
  process.chdir(projectRoot());
  await compileInit(['arm64']);
  const kernel = await ensureKernel('arm64');
  const image = (await readdir(join(kernel, 'boot'))).find((one) => one.startsWith('vmlinuz'));
  const busybox = join(await ensureUnpacked('busybox-static', 'arm64'), 'bin/busybox');
  const work = await mkdtemp(join(tmpdir(), 'terrarium-vm-'));
  try {
    const all = await plans(work);
    const initramfs = await makeTree(busybox, all, work);
    const boot = { image: join(kernel, 'boot', String(image)), initramfs };
    console.log('The machine runs with tcg …');
    const child = startMachine('tcg', boot, '', ['-m', '512'], 'pipe', 'arm64');
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (said += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (said += text));
    const timer = setTimeout(() => void endMachine(), limit * 1000);
    await once(child, 'close');
    clearTimeout(timer);
    return compared(all, said.replaceAll('\r', ''));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {readonly Plan[]} plans @param {string} said */
function compared(plans, said) {
  const passed = plans.filter(({ name, prints }) =>
    said.includes(`plan ${name}\nexit 0\n${prints}`),
  );
  const failed = plans.filter((plan) => !passed.includes(plan));
  return {
    passed: passed.length,
    skipped: [],
    failed: failed.map(({ name, prints }) => ({
      title: `terrarium-init for arm64: ${name}`,
      message: `expected:\n${prints}\nof all that the machine said:\n${said.slice(-8000)}`,
    })),
  };
}
