// npm run test:vm [-- system test… [--grep PATTERN]]: runs system tests in a small virtual machine whose kernel has
// cgroup v2 with all its controllers, for machines that have not. The machine sees this one's files
// read-only, with a layer in memory above them; nothing of it is left. Needs QEMU, not root.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from './debian.mjs';
import { buildProject, ensureDependencies } from './dependencies.mjs';
import { SetupError, projectRoot, requireNode20 } from './project.mjs';
import { ensureKernel, ensureUnpacked, makeInitramfs } from './vmKernel.mjs';
import { runArm64 } from './vmArm64.mjs';
import { accelerators, endMachine, startMachine, workingAccelerator } from './vmMachine.mjs';

/** The tests that are about controllers; others by their names. */
const usualTests = ['limits', 'engines'];

/** One word of sh(1). @param {string} word */
function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {string[]} names of files below test/system, without .test.ts
 * @param {string | undefined} pattern of titles; all of them unless given
 * @returns {Promise<import('./results.mjs').Results>}
 */
async function runInMachine(names, pattern) {
  const kernel = await ensureKernel();
  // It loads profiles into that kernel, which has AppArmor (labels.test.ts).
  const appArmor = await ensureUnpacked('apparmor');
  const name = (await readdir(join(kernel, 'boot'))).find((one) => one.startsWith('vmlinuz'));
  const image = join(kernel, 'boot', String(name));
  const work = await mkdtemp(join(tmpdir(), 'terrarium-vm-'));
  const results = join(work, 'results.json');
  try {
    const boot = { image, initramfs: await makeInitramfs(kernel, work) };
    const accelerator = await workingAccelerator(boot);
    console.log(`The machine runs with ${accelerator} …`);
    const command = [
      process.execPath,
      'node_modules/mocha/bin/mocha.js',
      ...['--exit', '--reporter', 'test/reporter.cjs', '--timeout', '900000'],
      ...(pattern === undefined ? [] : ['--grep', pattern]),
      ...names.map((name) => `dist/test/system/${name}.test.js`),
    ];
    // With a copy of dist/ that no later build changes meanwhile.
    await writeFile(
      join(work, 'run.sh'),
      `PATH=$PATH:${quote(join(appArmor, 'sbin'))} && cd ${quote(projectRoot())} && cp -a dist /tmp && mount --bind /tmp/dist dist && export TERRARIUM_TEST_MACHINE=own && exec ${command.map(quote).join(' ')}\n`,
    );
    // The machine's /tmp and /run are its own: what of this one's is needed there is shown in them.
    const kept = [projectRoot(), dirname(process.execPath)];
    await writeFile(join(work, 'kept'), kept.map((folder) => `${folder}\n`).join(''));
    const child = startMachine(
      accelerator,
      boot,
      `task=${work}${securityModule()}`,
      [
        ...['-m', '3072', '-smp', '2', '-serial', `file:${results}`],
        ...[
          '-virtfs',
          'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap',
        ],
      ],
      'inherit',
    );
    const limit = Number(process.env.TERRARIUM_VM_MINUTES) * 60 || accelerators[accelerator].tests;
    const timer = setTimeout(() => void endMachine(), limit * 1000);
    await once(child, 'exit');
    clearTimeout(timer);
    const text = await readFile(results, 'utf8').catch(() => '');
    if (!text.trim()) throw new SetupError('The machine ended without results.', 'See above.');
    return JSON.parse(text);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Debian's kernel has two of which one is enabled, and AppArmor unless told. @returns {string} its words */
function securityModule() {
  const name = process.env.TERRARIUM_VM_LSM;
  if (name === undefined) return '';
  if (name === 'selinux') return ' security=selinux selinux=1 enforcing=0';
  throw new SetupError(`TERRARIUM_VM_LSM is ${name}.`, 'It can be selinux.');
}

async function main() {
  requireNode20();
  if (process.arch !== 'x64')
    throw new SetupError('The virtual machine is for x64 alone.', 'Run the tests on cgroup v2.');
  const { positionals: given, values } = parseArgs({
    options: { grep: { type: 'string' } },
    allowPositionals: true,
  });
  if (given.join() === 'arm64') return report(await runArm64());
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
  report(await runInMachine(names, values.grep));
}

/** @param {import('./results.mjs').Results} results */
function report({ passed, failed, skipped }) {
  for (const { title, reason } of skipped) console.log(`skipped: ${title}: ${reason}`);
  for (const { title, message } of failed) console.log(`\nfailed: ${title}\n${message}`);
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  if (failed.length > 0 || passed === 0) process.exitCode = 1;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => void endMachine().finally(() => process.exit(1)));

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
