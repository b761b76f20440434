// The programs that come from the distribution, by what they are needed for. Presence is asked of
// the files and not of dpkg, so a hand-made or non-Debian machine that has them is left alone.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { run, which } from './processes.mjs';
import { SetupError } from './project.mjs';

/** @typedef {'scripts' | 'containers' | 'compiler' | 'cross' | 'engines' | 'sandboxes' | 'images' | 'emulators' | 'machine' | 'machine-arm64' | 'browser' | 'build-host'} Purpose */

/**
 * Package → is what we want of it there?
 * @type {Record<Purpose, Record<string, () => boolean>>}
 */
const packages = {
  scripts: {
    shellcheck: () => hasCommands('shellcheck'),
    clang: () => hasCommands('clang'),
  },
  containers: {
    'busybox-static': hasStaticBusybox,
    'util-linux': () => hasCommands('unshare', 'nsenter', 'setpriv', 'mount'),
    sudo: () => hasCommands('sudo'),
    attr: () => hasCommands('getfattr', 'setfattr'),
    uidmap: () => hasCommands('newuidmap', 'newgidmap'),
  },
  compiler: {
    gcc: () => hasCommands('cc'),
    'libc6-dev': () => existsSync('/usr/include/stdio.h'),
    'musl-tools': () => hasCommands('musl-gcc'),
    'libseccomp-dev': () => existsSync('/usr/include/seccomp.h'),
  },
  // For the architectures of the VSIX that this machine is not of.
  cross: {
    'gcc-aarch64-linux-gnu': () => process.arch === 'arm64' || hasCommands('aarch64-linux-gnu-gcc'),
    'libc6-dev-arm64-cross': () =>
      process.arch === 'arm64' || existsSync('/usr/aarch64-linux-gnu/include/stdio.h'),
  },
  // Other people's ways to run a bundle.
  engines: {
    crun: () => hasCommands('crun'),
    runc: () => hasCommands('runc'),
  },
  // What people would take instead, for the benches.
  sandboxes: {
    bubblewrap: () => hasCommands('bwrap'),
    'systemd-container': () => hasCommands('systemd-nspawn'),
  },
  // What makes archives and images for the tests of imports, and unpacks them beside us.
  images: {
    'xz-utils': () => hasCommands('xz'),
    bzip2: () => hasCommands('bzip2'),
    'btrfs-progs': () => hasCommands('mkfs.btrfs'),
    debootstrap: () => hasCommands('debootstrap'),
    'kubernetes-client': () => hasCommands('kubectl'),
    'libcap2-bin': () => hasCommands('setcap'),
    mmdebstrap: () => hasCommands('mmdebstrap'),
    skopeo: () => hasCommands('skopeo'),
    umoci: () => hasCommands('umoci'),
    zstd: () => hasCommands('zstd'),
  },
  // What runs programs for other processors.
  emulators: {
    'qemu-user-static': () => hasCommands('qemu-aarch64-static', 'qemu-riscv64-static'),
  },
  // A machine with cgroup v2 for the tests that need its controllers (vm.mjs).
  machine: {
    'qemu-system-x86': () => hasCommands('qemu-system-x86_64'),
  },
  'machine-arm64': {
    'qemu-system-arm': () => hasCommands('qemu-system-aarch64'),
  },
  browser: {
    chromium: () => findBrowser() !== undefined,
    'fonts-dejavu-core': hasAnyFont,
  },
  'build-host': {
    'g++': () => hasCommands('g++'),
    'libkrb5-dev': () => hasCommands('krb5-config'),
    make: () => hasCommands('make'),
    'pkg-config': () => hasCommands('pkg-config'),
    python3: () => hasCommands('python3'),
  },
};

/**
 * Chromium or Chrome; TERRARIUM_TEST_BROWSER names another one.
 * @returns {string | undefined}
 */
export function findBrowser() {
  return (
    process.env.TERRARIUM_TEST_BROWSER ||
    which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
  );
}

/**
 * Makes sure that the programs for these purposes are installed: installs the missing ones where
 * that needs no password, otherwise says exactly what to run.
 * @param {...Purpose} purposes
 * @returns {Promise<void>}
 */
export async function ensurePackages(...purposes) {
  const missing = missingPackages(purposes);
  if (missing.length === 0) return;
  const wait = ['-o', 'DPkg::Lock::Timeout=300']; // seconds that another apt may hold the lock
  const install = ['apt-get', ...wait, 'install', '-y', '--no-install-recommends', ...missing];
  const byHand = `Run:  ${process.getuid?.() === 0 ? '' : 'sudo '}${install.join(' ')}`;
  const problem = `These Debian packages are missing: ${missing.join(' ')}.`;
  if (!which('apt-get')) {
    throw new SetupError(
      problem,
      'This machine has no apt-get: install what they contain by its own means, and run this again.',
    );
  }
  const asRoot = await rootPrefix();
  if (!asRoot) throw new SetupError(problem, byHand);

  console.log(`Installing Debian packages: ${missing.join(' ')}`);
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  let output = '';
  for (const command of [['apt-get', ...wait, 'update'], install]) {
    const [file, ...args] = [...asRoot, ...env, ...command];
    const result = await run(/** @type {string} */ (file), args);
    output = result.output;
  }
  const still = missingPackages(purposes);
  if (still.length > 0) {
    const tail = output.trimEnd().split('\n').slice(-10).join('\n');
    const ubuntu = still.includes('chromium')
      ? '\nWhere Chromium comes as a snap only, install Google Chrome, or name a browser in TERRARIUM_TEST_BROWSER.'
      : '';
    throw new SetupError(`apt-get did not bring ${still.join(' ')}.\n${tail}`, byHand + ubuntu);
  }
}

/**
 * @param {Purpose[]} purposes
 * @returns {string[]}
 */
function missingPackages(purposes) {
  return purposes.flatMap((purpose) =>
    Object.entries(packages[purpose])
      .filter(([, present]) => !present())
      .map(([name]) => name),
  );
}

/** @returns {Promise<string[] | undefined>} what to put before a command for it to run as root */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const { code } = await run('sudo', ['-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

/** @param {...string} names */
function hasCommands(...names) {
  return names.every((name) => which(name) !== undefined);
}

/** Debian's plain `busybox` is dynamically linked and useless in an empty rootfs. */
function hasStaticBusybox() {
  const file = which('busybox');
  // A dynamically linked program names its loader near the start of the file (PT_INTERP).
  return file !== undefined && !readFileSync(file).subarray(0, 8192).includes('/ld-');
}

/** Chromium shows boxes for letters where there is no font at all. */
function hasAnyFont() {
  return [
    '/usr/share/fonts/truetype',
    '/usr/share/fonts/opentype',
    '/usr/share/fonts/TTF',
    '/usr/local/share/fonts',
  ].some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}
