// The check of a rootfs, beside what reads as many files: `find` with `head -c 4` on each, one process a file or one for
// many, and lddtree of pax-utils on its programs. 100,000 files, of which some are programs of the machine.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from '../host/processes.mjs';
import { interleaved } from './measure.mjs';

export const about = 'the check of a rootfs, beside find with head, and lddtree';
export const level = 'system';

const helper = new URL('../../dist/helper.js', import.meta.url).pathname;

/** Of a folder. */
const [filesInOne, programsInOne] = [100, 1];

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 5, smallest }) {
  const folder = mkdtempSync(join(tmpdir(), 'terrarium-bench-'));
  try {
    const rootfs = join(folder, 'rootfs');
    const programs = await makeTree(rootfs, smallest ? 3 : 1000);
    const head = ['-type', 'f', '-exec', 'head', '-c', '4', '{}'];
    let peak = 0;
    const cases = [
      one('check', process.execPath, [helper, 'lint', '--folder', rootfs], (kib) => {
        peak = Math.max(peak, kib);
      }),
      one('find, a head for many', 'find', [rootfs, ...head, '+']),
    ];
    /** @type {[string, string][]} */
    const ratios = [['check', 'find, a head for many']];
    /** @type {import('./run.mjs').BenchResult['skipped']} */
    const skipped = [];
    const why = await whyNoLddtree();
    if (why === undefined) {
      cases.push(one('lddtree', 'lddtree', ['-R', rootfs, ...programs]));
      ratios.push(['check', 'lddtree']);
    } else skipped.push({ name: 'lddtree', why });
    const samples = await interleaved(cases, runs);
    // A process for each file takes minutes: once is enough.
    const slow = one('find, a head each', 'find', [rootfs, ...head, ';']);
    samples.push(...(await interleaved([slow], 1, 0)));
    ratios.push(['check', 'find, a head each']);
    if (peak > 0)
      samples.push({ name: 'check: memory at most', unit: 'MiB', values: [peak / 1024] });
    else skipped.push({ name: 'check: memory at most', why: 'time(1) is not installed' });
    return { samples, ratios, skipped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It is a script of Python, which may lack its library. */
async function whyNoLddtree() {
  if (which('lddtree') === undefined) return 'pax-utils is not installed';
  return run('lddtree', ['--version']).then(
    () => undefined,
    () => 'lddtree does not run',
  );
}

/** @param {string} rootfs @param {number} folders @returns {Promise<string[]>} its programs, as it has them */
async function makeTree(rootfs, folders) {
  const program = which('ls');
  if (program === undefined) throw new Error('this machine has no ls');
  for (const library of await librariesOf(program)) {
    mkdirSync(join(rootfs, library, '..'), { recursive: true });
    copyFileSync(library, join(rootfs, library));
  }
  /** @type {string[]} */
  const programs = [];
  for (let at = 0; at < folders; at++) {
    const inside = `/usr/share/${at}`;
    mkdirSync(join(rootfs, inside), { recursive: true });
    for (let file = 0; file < filesInOne - programsInOne; file++)
      writeFileSync(join(rootfs, inside, `file${file}`), `${at} ${file}\n`.repeat(20));
    copyFileSync(program, join(rootfs, inside, 'program'));
    programs.push(`${inside}/program`);
  }
  return programs;
}

/** @param {string} program @returns {Promise<string[]>} the loader too */
async function librariesOf(program) {
  const { said } = await run('ldd', [program]);
  return [...said.matchAll(/(\/\S+) \(0x/g)].map(([, library]) => String(library));
}

/**
 * @param {string} name @param {string} command @param {string[]} args
 * @param {(kib: number) => void} [onPeak] told the resident set at its largest
 * @returns {import('./measure.mjs').Case}
 */
function one(name, command, args, onPeak) {
  return {
    name,
    unit: 'ms',
    run: async () => {
      const began = performance.now();
      const { peak } = await run(command, args, onPeak !== undefined);
      const took = performance.now() - began;
      onPeak?.(peak);
      return took;
    },
  };
}

/** @param {string} command @param {string[]} args @param {boolean} [measures] its memory, by time(1) of GNU where it is there */
function run(command, args, measures = false) {
  const time = measures ? which('time') : undefined;
  const words = time === undefined ? [command, ...args] : [time, '-f', '%M', command, ...args];
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, errors] = ['', ''];
  child.stdout.setEncoding('latin1').on('data', (text) => (said = (said + text).slice(-65536)));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-4096)));
  return /** @type {Promise<{ said: string, peak: number }>} */ (
    new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code !== 0) reject(new Error(`${command} ${args.slice(0, 5).join(' ')}: ${errors}`));
        else
          resolve({
            said,
            peak: time === undefined ? 0 : Number(errors.trim().split('\n').at(-1)),
          });
      });
    })
  );
}
