// How long a container takes to start: from the request to the payload's first instruction, beside
// what people would type or install instead. The payload is a static program that writes down when
// it runs (CLOCK_MONOTONIC, the clock of process.hrtime), so nothing after it counts.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../host/debian.mjs';
import { projectRoot } from '../host/project.mjs';
import { interleaved, shuffled } from './measure.mjs';
import { Elsewhere, ended } from './spawned.mjs';
import { Helper, Place } from './starting.mjs';

export const about = 'from the request to the first instruction of the payload';
export const level = 'system';

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
    const samples = await interleaved(cases, runs, smallest ? 0 : 1, shuffled);
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
