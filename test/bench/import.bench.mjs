// An import beside `tar -x` of the same archive, and of the same image beside `umoci unpack`. Two trees: one of
// many small files, and one like Debian's minbase. They lie in memory where there is room: a disk that others use as
// well takes a second for what took ten the time before. The figures of memory are peaks of the helper's process.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { ensurePackages } from '../host/debian.mjs';
import { which } from '../host/processes.mjs';
import { interleavedWithin } from './measure.mjs';

export const about = 'an import, beside tar -x and umoci unpack';
export const level = 'system';

const helper = new URL('../../dist/helper.js', import.meta.url).pathname;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 3, smallest }) {
  if (process.getuid?.() !== 0)
    return {
      samples: [],
      ratios: [],
      skipped: [{ name: 'all', why: 'owners of files need root: run it with sudo' }],
    };
  if (!smallest) await ensurePackages('images');
  const folder = mkdtempSync(join(roomyFolder(), 'terrarium-bench-'));
  try {
    makeTree(join(folder, 'small files'), smallest ? 300 : 100_000, () => 900);
    makeTree(join(folder, 'minbase'), smallest ? 50 : 9000, (at) => (at % 60) ** 2 * 20);
    const hasUmoci = which('umoci') !== undefined;
    /** @type {import('./measure.mjs').Case[]} */
    const cases = [];
    /** @type {[string, string][]} */
    const ratios = [];
    /** @type {Map<string, number>} */
    const peaks = new Map();
    for (const tree of ['small files', 'minbase']) {
      await run(
        ['tar', '--format=pax', '-C', join(folder, tree), '-cf', `${tree}.tar`, '.'],
        folder,
      );
      rmSync(join(folder, tree), { recursive: true });
      cases.push(
        one(`${tree}: import`, folder, ['node', helper, 'import', `${tree}.tar`, 'made'], peaks),
        one(`${tree}: tar -x`, folder, ['tar', '-C', 'made', '-xpf', `${tree}.tar`]),
      );
      ratios.push([`${tree}: import`, `${tree}: tar -x`]);
      if (!hasUmoci) continue;
      const image = tree.replace(' ', '-');
      await run(['umoci', 'init', '--layout', image], folder);
      await run(['umoci', 'new', '--image', `${image}:t`], folder);
      await run(['umoci', 'raw', 'add-layer', '--image', `${image}:t`, `${tree}.tar`], folder);
      cases.push(
        one(
          `${tree}: import of an image`,
          folder,
          ['node', helper, 'import', image, 'made'],
          peaks,
        ),
        one(`${tree}: umoci unpack`, folder, ['umoci', 'unpack', '--image', `${image}:t`, 'made']),
      );
      ratios.push([`${tree}: import of an image`, `${tree}: umoci unpack`]);
    }
    const { samples, skipped } = await interleavedWithin(cases, runs, limitMs, smallest ? 0 : 1);
    for (const [name, peak] of peaks)
      samples.push({ name: `${name}, peak memory`, unit: 'MB', values: [peak / 1000] });
    if (!hasUmoci) skipped.push({ name: 'umoci unpack', why: 'umoci is not installed' });
    return { samples, ratios, skipped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For one run. */
const limitMs = 60_000;
/** Archives, images and one tree, in bytes. */
const room = 3 * 2 ** 30;

function roomyFolder() {
  const memory = '/dev/shm';
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > room ? memory : tmpdir();
}

/** @param {string} folder @param {number} count @param {(at: number) => number} sizeOf */
function makeTree(folder, count, sizeOf) {
  for (let at = 0; at < count; at++) {
    const parent = join(folder, String(Math.floor(at / 100)));
    if (at % 100 === 0) mkdirSync(parent, { recursive: true });
    if (at % 10 === 0) symlinkSync('../there', join(parent, `link${at}`));
    writeFileSync(join(parent, `file${at}`), `${at}\n`.repeat(sizeOf(at) / 6));
  }
}

/**
 * @param {string} name @param {string} folder @param {string[]} argv
 * @param {Map<string, number>} [peaks] in kB
 * @returns {Parameters<typeof interleavedWithin>[0][number]}
 */
function one(name, folder, argv, peaks) {
  const made = join(folder, 'made');
  const clear = () => rmSync(made, { recursive: true, force: true });
  return {
    name,
    unit: 'ms',
    run: async () => {
      if (argv[0] === 'tar') mkdirSync(made);
      const began = performance.now();
      const peak = await run(argv, folder, limitMs);
      const took = performance.now() - began;
      peaks?.set(name, Math.max(peak, peaks.get(name) ?? 0));
      clear();
      return took;
    },
    recover: async () => clear(),
  };
}

/** @param {string[]} argv @param {string} cwd @param {number} [limit] @returns {Promise<number>} its peak memory, in kB */
function run([program = '', ...args], cwd, limit) {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(limit === undefined ? {} : { timeout: limit }),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 20);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve(peak);
      else reject(new Error(`${program} ${args.join(' ')}: ${said}`));
    });
  });
}

/** VmHWM of proc_pid_status(5). @param {number | undefined} pid */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}
