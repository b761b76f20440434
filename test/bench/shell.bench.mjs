// A further program in a running container: from the request to its first instruction, beside nsenter(1) from
// the same parent, which gives it no terminal, no cgroup and none of PID 1's limits.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../host/debian.mjs';
import { interleaved } from './measure.mjs';
import { ended } from './spawned.mjs';
import { Helper, Place } from './starting.mjs';

export const about = 'a further shell, from the request to its first instruction';
export const level = 'system';

const config = {
  ociVersion: '1.0.2',
  process: { user: { uid: 0, gid: 0 }, args: ['/bin/pause'], env: ['PATH=/bin'], cwd: '/' },
  root: { path: 'rootfs' },
  hostname: 'box',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
    },
  ],
  linux: { namespaces: ['pid', 'uts', 'ipc', 'mount'].map((type) => ({ type })) },
};

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 30, smallest }) {
  if (process.getuid?.() !== 0)
    return {
      samples: [],
      ratios: [],
      skipped: [{ name: 'all', why: 'nsenter(1) needs root: run it with sudo' }],
    };
  await ensurePackages('containers', 'compiler');
  const place = new Place();
  const helper = await Helper.start(place.folder);
  const bundle = place.bundle('running', config);
  const stamped = join(bundle, 'rootfs/stamped');
  try {
    const { id, hostPid } = await helper.begin(bundle);
    /** @param {string} name @param {() => Promise<unknown>} start */
    const one = (name, start) => ({
      name,
      unit: 'ms',
      run: async () => {
        writeFileSync(stamped, '');
        const asked = process.hrtime.bigint();
        await start();
        return Number(BigInt(readFileSync(stamped, 'utf8')) - asked) / 1e6;
      },
    });
    const argv = ['nsenter', '-t', String(hostPid), '-a', '/bin/stamp'];
    const samples = await interleaved(
      [
        one('further shell', () => helper.session(id, ['/bin/stamp'])),
        one('nsenter', () => ended({ argv, cwd: '/' })),
      ],
      runs,
      smallest ? 0 : 3,
    );
    await helper.end(id);
    return { samples, ratios: [['further shell', 'nsenter']], skipped: [] };
  } finally {
    await helper.stop();
    place.remove();
  }
}
