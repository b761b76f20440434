// A hundred starts at once: when the first payload runs and when the last does, beside runc's hundred and beside
// one start alone.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../host/debian.mjs';
import { interleaved } from './measure.mjs';
import { ended } from './spawned.mjs';
import { Helper, Place } from './starting.mjs';

export const about = 'a hundred starts at once, the first of them and the last';
export const level = 'system';

const config = {
  ociVersion: '1.0.2',
  process: { user: { uid: 0, gid: 0 }, args: ['/bin/stamp'], env: ['PATH=/bin'], cwd: '/' },
  root: { path: 'rootfs' },
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: ['pid', 'uts', 'ipc', 'mount'].map((type) => ({ type })) },
};

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 5, smallest }) {
  if (process.getuid?.() !== 0)
    return {
      samples: [],
      ratios: [],
      skipped: [{ name: 'all', why: 'root starts them all alike: run it with sudo' }],
    };
  await ensurePackages('containers', 'compiler');
  if (!smallest) await ensurePackages('engines');
  const count = smallest ? 3 : 100;
  const place = new Place();
  const helper = await Helper.start(place.folder);
  const bundles = Array.from({ length: count }, (_, index) => place.bundle(`many${index}`, config));
  const stamps = bundles.map((bundle) => join(bundle, 'rootfs/stamped'));
  const runc = (/** @type {string} */ bundle, /** @type {number} */ index) =>
    ended({
      argv: [
        'runc',
        '--root',
        place.folder,
        'run',
        '--bundle',
        bundle,
        `many-${process.pid}-${index}`,
      ],
      cwd: bundle,
    });
  /** @type {Map<string, number[]>} milliseconds of each payload, sorted; a round is measured once for two cases */
  const measured = new Map();
  /** @param {string} name @param {(bundle: string, index: number) => Promise<unknown>} start @param {number} [most] */
  const round = async (name, start, most = count) => {
    const taken = stamps.slice(0, most);
    for (const stamp of taken) writeFileSync(stamp, '');
    const asked = process.hrtime.bigint();
    await Promise.all(bundles.slice(0, most).map(start));
    const times = taken.map((stamp) => Number(BigInt(readFileSync(stamp, 'utf8')) - asked) / 1e6);
    measured.set(
      name,
      times.sort((a, b) => a - b),
    );
    return times;
  };
  const ours = (/** @type {string} */ bundle) => helper.run(bundle);
  /** @param {string} name @param {() => Promise<number | undefined>} run */
  const one = (name, run) => ({ name, unit: 'ms', run: async () => (await run()) ?? Number.NaN });
  try {
    const cases = [
      one('alone', async () => (await round('alone', ours, 1))[0]),
      one('first', async () => (await round('ours', ours))[0]),
      one('last', async () => measured.get('ours')?.at(-1)),
      one('runc: last', async () => (await round('runc', runc)).at(-1)),
    ];
    const skipped = [];
    if (
      await ended({ argv: ['runc', '--version'], cwd: '/' }).then(
        () => false,
        () => true,
      )
    ) {
      cases.pop();
      skipped.push({ name: 'runc: last', why: 'runc is not installed' });
    }
    const samples = await interleaved(cases, runs, smallest ? 0 : 1);
    /** @type {[string, string][]} */
    const ratios = [
      ['first', 'alone'],
      ...(skipped.length ? [] : [/** @type {[string, string]} */ (['last', 'runc: last'])]),
    ];
    return { samples, ratios, skipped };
  } finally {
    await helper.stop();
    place.remove();
  }
}
