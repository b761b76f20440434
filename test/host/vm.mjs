// npm run test:vm [-- system test…]: runs system tests in a small virtual machine whose kernel has
// cgroup v2 with all its controllers, for machines that have not. The machine sees this one's files
// read-only, with a layer in memory above them; nothing of it is left. Needs QEMU, not root.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensurePackages } from './debian.mjs';
import { buildProject, ensureDependencies } from './dependencies.mjs';
import { endGroup, mustRun, which } from './processes.mjs';
import { SetupError, projectRoot, requireNode20 } from './project.mjs';

/** The tests that are about controllers; others by their names. */
const usualTests = ['limits', 'engines'];

/** After this the machine counts as hanging, in minutes; without KVM everything takes 20 times as long. */
const minutes = Number(process.env.TERRARIUM_VM_MINUTES ?? 30);

/** A machine that is virtual itself may have a KVM in which no kernel starts: `tcg` does without. */
const accelerator = process.env.TERRARIUM_VM_ACCEL || (existsSync('/dev/kvm') ? 'kvm' : 'tcg');

/** In the order in which they are loaded; what a kernel has built in is not there as a file. */
const modules =
  'virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci netfs fscache 9pnet 9pnet_virtio 9p overlay'.split(
    ' ',
  );

/**
 * Debian's kernel with its modules, unpacked and not installed, once per version.
 * @returns {Promise<string>} the folder that holds boot/ and lib/modules/
 */
async function ensureKernel() {
  const remedy = 'Run apt-get update, and check that apt-get reaches its mirror.';
  const depends = await mustRun('apt-cache', ['depends', '--no-recommends', 'linux-image-amd64'], {
    remedy,
  });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!name) throw new SetupError('apt-cache knows no linux-image-amd64.', remedy);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'terrarium-test');
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  console.log(`Fetching ${name} …`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.kernel-'));
  try {
    await chmod(work, 0o755); // for the user that apt downloads as
    await mustRun('apt-get', ['download', name], { cwd: work, remedy });
    const file = (await readdir(work)).find((one) => one.endsWith('.deb'));
    await mustRun('dpkg', ['-x', join(work, String(file)), join(work, 'unpacked')], { remedy });
    await rename(join(work, 'unpacked'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/**
 * @param {string} kernel folder of ensureKernel
 * @param {string} work
 * @returns {Promise<string>} an initramfs: BusyBox, the modules, and vm-init.sh
 */
async function makeInitramfs(kernel, work) {
  const tree = join(work, 'initramfs');
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'host', 'memory', 'machine'])
    await mkdir(join(tree, folder), { recursive: true });
  await cp(String(which('busybox')), join(tree, 'bin/busybox'), { dereference: true });
  const library = join(kernel, 'lib/modules');
  const all = await readdir(library, { recursive: true });
  for (const [index, name] of modules.entries()) {
    const file = all.find((one) => basename(one) === `${name}.ko`);
    if (file)
      await cp(
        join(library, file),
        join(tree, 'modules', `${String(index).padStart(2, '0')}-${name}.ko`),
      );
  }
  await cp(join(projectRoot(), 'test/host/vm-init.sh'), join(tree, 'init'));
  await chmod(join(tree, 'init'), 0o755);
  const file = join(work, 'initramfs.cpio');
  const script = 'cd "$1" && find . | "$2" cpio -o -H newc >"$3"';
  await mustRun('sh', ['-c', script, 'sh', tree, String(which('busybox')), file], {
    remedy: 'Check the free space.',
  });
  return file;
}

/** One word of sh(1). @param {string} word */
function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {string[]} names of files below test/system, without .test.ts
 * @returns {Promise<import('./results.mjs').Results>}
 */
async function runInMachine(names) {
  const kernel = await ensureKernel();
  const image = (await readdir(join(kernel, 'boot'))).find((one) => one.startsWith('vmlinuz'));
  const work = await mkdtemp(join(tmpdir(), 'terrarium-vm-'));
  const results = join(work, 'results.json');
  try {
    const initramfs = await makeInitramfs(kernel, work);
    const command = [
      process.execPath,
      'node_modules/mocha/bin/mocha.js',
      ...['--exit', '--reporter', 'test/reporter.cjs', '--timeout', '900000'],
      ...names.map((name) => `dist/test/system/${name}.test.js`),
    ];
    // With a copy of dist/ that no later build changes meanwhile.
    await writeFile(
      join(work, 'run.sh'),
      `cd ${quote(projectRoot())} && cp -a dist /tmp && mount --bind /tmp/dist dist && exec ${command.map(quote).join(' ')}\n`,
    );
    const child = spawn(
      'qemu-system-x86_64',
      [
        ...['-accel', accelerator, '-m', '3072', '-smp', '2', '-no-reboot'],
        ...['-display', 'none', '-monitor', 'none', '-nic', 'none'],
        ...['-serial', 'stdio', '-serial', `file:${results}`],
        ...['-kernel', join(kernel, 'boot', String(image)), '-initrd', initramfs],
        ...['-append', `console=ttyS0 loglevel=0 panic=-1 run=${join(work, 'run.sh')}`],
        ...[
          '-virtfs',
          'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap',
        ],
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], detached: true },
    );
    const timer = setTimeout(() => void endGroup(child), minutes * 60_000);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
      process.once(signal, () => void endGroup(child));
    await once(child, 'exit');
    clearTimeout(timer);
    const text = await readFile(results, 'utf8').catch(() => '');
    if (!text.trim()) throw new SetupError('The machine ended without results.', 'See above.');
    return JSON.parse(text);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function main() {
  requireNode20();
  if (process.arch !== 'x64')
    throw new SetupError('The virtual machine is for x64 alone.', 'Run the tests on cgroup v2.');
  const given = process.argv.slice(2);
  const names = given.length ? given : usualTests;
  for (const name of names)
    if (!existsSync(join(projectRoot(), 'test/system', `${name}.test.ts`)))
      throw new SetupError(
        `There is no test/system/${name}.test.ts.`,
        'Give names of that folder.',
      );
  await ensurePackages('containers', 'compiler', 'machine');
  await ensureDependencies();
  await buildProject({ tests: true });
  const { passed, failed, skipped } = await runInMachine(names);
  for (const { title, reason } of skipped) console.log(`skipped: ${title}: ${reason}`);
  for (const { title, message } of failed) console.log(`\nfailed: ${title}\n${message}`);
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  if (failed.length > 0 || passed === 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
