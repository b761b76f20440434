// How long a container takes to start: from the request to the payload's first instruction, beside
// what people would type or install instead. The payload is a static program that writes down when
// it runs (CLOCK_MONOTONIC, the clock of process.hrtime), so nothing after it counts.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { copyFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { ensurePackages } from '../host/debian.mjs';
import { projectRoot } from '../host/project.mjs';
import { interleaved } from './measure.mjs';
import { Elsewhere, ended } from './spawned.mjs';

export const about = 'from the request to the first instruction of the payload';
export const level = 'system';

const stampSource = `
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  struct timespec now;
  char text[32];
  clock_gettime(CLOCK_MONOTONIC, &now);
  int length = snprintf(text, sizeof text, "%lld", now.tv_sec * 1000000000LL + now.tv_nsec);
  int file = open("/stamped", O_WRONLY | O_TRUNC);
  return file >= 0 && write(file, text, length) == length ? 0 : 1;
}
`;

const capabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'KILL',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
].map((name) => `CAP_${name}`);
const whole = [{ containerID: 0, hostID: 0, size: 65536 }];

/** The notes' container: four namespaces, a procfs, nothing given up. */
const notes = {
  ociVersion: '1.0.2',
  process: { user: { uid: 0, gid: 0 }, args: ['/bin/stamp'], env: ['PATH=/bin'], cwd: '/' },
  root: { path: 'rootfs' },
  hostname: 'box',
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: ['pid', 'uts', 'ipc', 'mount'].map((type) => ({ type })) },
};

/** Private /dev, few capabilities, no new privileges, seven namespaces, hidden paths. */
const confined = {
  ...notes,
  process: {
    ...notes.process,
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    noNewPrivileges: true,
  },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'mode=755', 'size=64k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
    },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'mode=1777', 'size=64k'],
    },
    {
      destination: '/sys',
      type: 'sysfs',
      source: 'sysfs',
      options: ['nosuid', 'noexec', 'nodev', 'ro'],
    },
  ],
  linux: {
    namespaces: ['user', 'pid', 'uts', 'ipc', 'mount', 'cgroup', 'network'].map((type) => ({
      type,
    })),
    uidMappings: whole,
    gidMappings: whole,
    maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
};

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 20, smallest }) {
  if (process.getuid?.() !== 0) {
    return {
      samples: [],
      ratios: [],
      skipped: [{ name: 'all', why: 'root starts them all alike: run it with sudo' }],
    };
  }
  await ensurePackages('containers', 'compiler');
  if (!smallest) await ensurePackages('engines', 'sandboxes');
  const place = new Place();
  const helper = await Helper.start(place.folder);
  const elsewhere = isHybrid() ? new Elsewhere() : undefined;
  try {
    const { cases, skipped } = await usable([
      ...casesFor(place, helper, elsewhere, 'notes', place.bundle('notes', notes)),
      ...casesFor(place, helper, elsewhere, 'confined', place.bundle('confined', confined)),
    ]);
    const samples = await interleaved(cases, runs, smallest ? 0 : 1);
    return {
      samples,
      ratios: [
        ['notes: helper up', 'notes: typed by hand'],
        ['notes: helper up', 'notes: bubblewrap'],
        ['notes: helper up', 'notes: runc'],
        ['confined: helper up', 'notes: typed by hand'],
        ['confined: helper up', 'confined: bubblewrap'],
        ['confined: helper up', 'confined: runc'],
        ['confined: helper up', 'confined: crun'],
        ['confined: helper.js run', 'confined: runc'],
        ['confined: one static program', 'confined: bubblewrap'],
      ],
      skipped,
    };
  } finally {
    elsewhere?.stop();
    await helper.stop();
    place.remove();
  }
}

/**
 * @param {Place} place
 * @param {Helper} helper
 * @param {Elsewhere | undefined} elsewhere where crun runs, if not here
 * @param {'notes' | 'confined'} kind
 * @param {string} bundle
 */
function casesFor(place, helper, elsewhere, kind, bundle) {
  const rootfs = join(bundle, 'rootfs');
  const helperFile = join(projectRoot(), 'dist/helper.js');
  const id = `terrarium-bench-${process.pid}-${kind}`;
  /** @param {string} name @param {() => Promise<bigint | void>} start tells when it began, if not at once */
  const one = (name, start) => ({
    name: `${kind}: ${name}`,
    unit: 'ms',
    run: async () => {
      const before = process.hrtime.bigint();
      writeFileSync(join(rootfs, 'stamped'), '');
      const asked = process.hrtime.bigint();
      const started = (await start()) ?? asked;
      const stamped = readFileSync(join(rootfs, 'stamped'), 'utf8');
      if (!stamped) throw new Error(`${kind}: ${name} did not run the payload`);
      if (BigInt(stamped) < before) throw new Error('the payload has another clock');
      return Number(BigInt(stamped) - started) / 1e6;
    },
  });
  /** @param {string} name @param {string[]} argv */
  const command = (name, argv) => one(name, () => ended({ argv, cwd: bundle }));
  const crun = ['crun', '--root', place.folder, 'run', '--bundle', bundle, `${id}-crun`];
  const isolation = [
    '--unshare-pid',
    '--unshare-uts',
    '--unshare-ipc',
    '--hostname',
    'box',
    '--bind',
    rootfs,
    '/',
    '--proc',
    '/proc',
  ];
  const bwrap =
    kind === 'notes'
      ? ['bwrap', ...isolation, '--cap-add', 'ALL']
      : [
          ...['bwrap', '--unshare-user', '--unshare-net', '--unshare-cgroup', ...isolation],
          ...[
            '--dev',
            '/dev',
            '--tmpfs',
            '/dev/shm',
            '--ro-bind',
            '/sys',
            '/sys',
            '--cap-drop',
            'ALL',
          ],
          ...capabilities.flatMap((name) => ['--cap-add', name]),
        ];
  return [
    one('helper up', () => helper.run(bundle)),
    command('helper.js run', [process.execPath, helperFile, 'run', bundle]),
    ...(kind === 'notes'
      ? [
          command('typed by hand', [
            ...[
              'unshare',
              '--pid',
              '--uts',
              '--ipc',
              '--mount',
              '--fork',
              '--mount-proc',
              'bash',
              '-c',
            ],
            'mount -t proc none rootfs/proc && chroot rootfs /bin/stamp',
          ]),
          command('unshare --root', [
            ...['unshare', '--pid', '--uts', '--ipc', '--mount', '--fork', '--root', rootfs],
            ...['--mount-proc', '/bin/stamp'],
          ]),
        ]
      : []),
    ...(kind === 'confined'
      ? [command('one static program', [place.prototype, rootfs, '/bin/stamp'])]
      : []),
    command('bubblewrap', [...bwrap, '/bin/stamp']),
    command('runc', ['runc', '--root', place.folder, 'run', '--bundle', bundle, `${id}-runc`]),
    one('crun', () => (elsewhere ?? { ended }).ended({ argv: crun, cwd: bundle })),
    command('systemd-nspawn', [
      ...[
        'systemd-nspawn',
        '--quiet',
        '--register=no',
        '--keep-unit',
        '--timezone=off',
        '--resolv-conf=off',
      ],
      ...['--console=pipe', '-M', 'box', '-D', rootfs],
      ...(kind === 'confined'
        ? ['--private-users=0:65536', '--private-network', '--no-new-privileges=yes']
        : []),
      '/bin/stamp',
    ]),
  ];
}

/**
 * Tries each once; what cannot run here is left out with its own words.
 * @template {{ name: string, run: () => Promise<number> }} T
 * @param {T[]} all
 */
async function usable(all) {
  const cases = [];
  const skipped = [];
  for (const one of all) {
    try {
      await one.run();
      cases.push(one);
    } catch (error) {
      if (/helper/.test(one.name)) throw error; // ours must run
      const why = error instanceof Error ? error.message : String(error);
      skipped.push({
        name: one.name,
        why: why.replace(/^spawn (\S+) ENOENT$/, '$1 is not installed'),
      });
    }
  }
  return { cases, skipped };
}

/** crun refuses a machine with cgroup v1 beside v2. */
function isHybrid() {
  const mounts = readFileSync('/proc/self/mounts', 'latin1');
  return / cgroup2 /.test(mounts) && / cgroup /.test(mounts);
}

/** A folder with the bundles and the payload. */
class Place {
  folder = mkdtempSync(join(tmpdir(), 'terrarium-bench-'));
  constructor() {
    chmodSync(this.folder, 0o755);
    writeFileSync(join(this.folder, 'stamp.c'), stampSource);
    this.compile(join(this.folder, 'stamp.c'), 'stamp');
    this.prototype = this.compile(join(projectRoot(), 'test/bench/prototype.c'), 'prototype');
  }

  /** @param {string} source @param {string} name @returns {string} the static program */
  compile(source, name) {
    const program = join(this.folder, name);
    const argv = ['-O2', '-static', '-Wall', '-Werror', '-o', program, source];
    const { status, stderr } = spawnSync('cc', argv, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
    return program;
  }

  /** @param {string} name @param {object} config */
  bundle(name, config) {
    const bundle = join(this.folder, name);
    for (const folder of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'root', 'usr'])
      mkdirSync(join(bundle, 'rootfs', folder), { recursive: true });
    copyFileSync(join(this.folder, 'stamp'), join(bundle, 'rootfs/bin/stamp'));
    symlinkSync('bin/stamp', join(bundle, 'rootfs/init'));
    // systemd-nspawn starts nothing in a tree that has no system's name.
    writeFileSync(join(bundle, 'rootfs/etc/os-release'), 'ID=box\n');
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
    return bundle;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `helper.js serve` and one client of it. */
class Helper {
  /** @param {import('node:child_process').ChildProcess} child @param {import('vscode-jsonrpc').MessageConnection} connection */
  constructor(child, connection) {
    this.child = child;
    this.connection = connection;
    /** @type {Map<string, () => void>} */
    this.waiting = new Map();
    connection.onNotification('containerChanged', (info) => {
      if (info.state === 'stopped') this.waiting.get(info.bundle)?.();
    });
    connection.listen();
  }

  /** @param {string} folder */
  static async start(folder) {
    const directory = join(folder, 'run');
    mkdirSync(directory, { mode: 0o700 });
    const token = randomBytes(32).toString('hex');
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const helper = join(projectRoot(), 'dist/helper.js');
    const child = spawn(
      process.execPath,
      [helper, 'serve', '--directory', directory, '--socket', 'bench', '--token-file', tokenFile],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const socket = connect(join(directory, 'bench'));
    socket.write(`${JSON.stringify({ terrarium: 1, token, open: { kind: 'rpc' } })}\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    return new Helper(child, connection);
  }

  /** Starts the bundle and waits for its end. @param {string} bundle */
  async run(bundle) {
    const over = new Promise((resolve) => this.waiting.set(bundle, () => resolve(undefined)));
    await this.connection.sendRequest('start', { bundle, cols: 80, rows: 24 });
    await over;
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.connection.dispose();
    this.child.kill('SIGTERM');
    await gone;
  }
}
