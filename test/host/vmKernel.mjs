// What test/host/vm.mjs starts: Debian's kernel, and an initramfs of BusyBox, its modules and vm-init.sh.

import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { mustRun, which } from './processes.mjs';
import { SetupError, projectRoot } from './project.mjs';

/** In the order in which they are loaded; what a kernel has built in is not there as a file. */
const modules =
  'virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci netfs fscache 9pnet 9pnet_virtio 9p overlay binfmt_misc'.split(
    ' ',
  );

const remedy = 'Run apt-get update, and check that apt-get reaches its mirror.';

/**
 * Debian's kernel with its modules, unpacked and not installed, once per version.
 * @param {string} [architecture] in Debian's names
 * @returns {Promise<string>} the folder that holds boot/ and lib/modules/
 */
export async function ensureKernel(architecture = 'amd64') {
  const image = `linux-image-${architecture}`;
  const env = await aptEnvironment(architecture);
  const depends = await mustRun('apt-cache', ['depends', '--no-recommends', image], {
    ...{ remedy, env },
  });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!name) throw new SetupError(`apt-cache knows no ${image}.`, remedy);
  return ensureUnpacked(name, architecture);
}

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'terrarium-test');

/**
 * The release of Debian that is asked for an architecture, where a few programs are all that is wanted of it: no lists of
 * updates. Older releases have no riscv64.
 * @type {Readonly<Record<string, string>>}
 */
const suites = { armhf: 'bookworm', ppc64el: 'bookworm', riscv64: 'trixie', s390x: 'bookworm' };

/** @returns {Promise<string>} that of the machine */
async function mirror() {
  const debian = ['Created-By: Packages', 'Origin: Debian', 'Component: main'];
  const command = ['indextargets', '--format', '$(REPO_URI)', ...debian];
  const [first = ''] = (await mustRun('apt-get', command, { remedy })).split('\n', 1);
  if (first === '') throw new SetupError('apt knows no mirror of Debian.', remedy);
  return first;
}

/**
 * Lists of another architecture's packages are kept apart: the machine's apt is left as it is.
 * @param {string} architecture in Debian's names
 * @returns {Promise<NodeJS.ProcessEnv>} for apt-cache and apt-get
 */
async function aptEnvironment(architecture) {
  if (architecture === 'amd64') return process.env;
  const folder = join(cache, `apt-${architecture}`);
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf') };
  if (existsSync(env.APT_CONFIG)) return env;
  for (const part of ['lists/partial', 'archives/partial'])
    await mkdir(join(folder, part), { recursive: true });
  const settings = {
    ...{ 'APT::Architecture': architecture, 'APT::Architectures': architecture },
    ...{ 'Dir::State': folder, 'Dir::Cache': folder, 'Dir::State::status': '/dev/null' },
    'APT::Sandbox::User': 'root',
  };
  const suite = suites[architecture];
  if (suite) {
    await writeFile(join(folder, 'sources.list'), `deb ${await mirror()} ${suite} main\n`);
    Object.assign(settings, {
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
    });
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  const made = `${env.APT_CONFIG}.new`;
  await writeFile(made, lines.join(''));
  await mustRun('apt-get', ['update'], { remedy, env: { ...env, APT_CONFIG: made } });
  await rename(made, env.APT_CONFIG);
  return env;
}

/**
 * A package of Debian unpacked and not installed, once.
 * @param {string} name
 * @param {string} [architecture] in Debian's names
 * @returns {Promise<string>} the folder that holds its files
 */
export async function ensureUnpacked(name, architecture = 'amd64') {
  const folder = join(cache, architecture === 'amd64' ? name : `${name}-${architecture}`);
  const env = await aptEnvironment(architecture);
  if (existsSync(folder)) return folder;
  console.log(`Fetching ${name} …`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.package-'));
  try {
    await chmod(work, 0o755); // for the user that apt downloads as
    await mustRun('apt-get', ['download', name], { cwd: work, remedy, env });
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
export async function makeInitramfs(kernel, work) {
  const tree = join(work, 'initramfs');
  for (const folder of [
    'bin',
    'modules',
    'proc',
    'sys',
    'dev',
    'host',
    'memory',
    'machine',
    'keep',
  ])
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
  return packInitramfs(tree, work);
}

/**
 * @param {string} tree
 * @param {string} work
 * @returns {Promise<string>} its files as an archive that a kernel unpacks
 */
export async function packInitramfs(tree, work) {
  const file = join(work, 'initramfs.cpio');
  const script = 'cd "$1" && find . | "$2" cpio -o -H newc >"$3"';
  await mustRun('sh', ['-c', script, 'sh', tree, String(which('busybox')), file], {
    remedy: 'Check the free space.',
  });
  return file;
}
