// The list of what a scratch layer changes, beside `git status` and `diff -rq` of the same tree with the same changes
// in it: 100 changes over 100,000 files. The helper lists by one process of terrarium-init, as it is measured here.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from '../host/processes.mjs';
import { interleaved } from './measure.mjs';

export const about = 'the changes of a scratch layer, beside git status and diff -rq';
export const level = 'system';

const program = new URL(`../../dist/terrarium-init-${process.arch}`, import.meta.url).pathname;

/** Of a folder. */
const filesInOne = 100;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 10, smallest }) {
  if (process.getuid?.() !== 0)
    return {
      samples: [],
      ratios: [],
      skipped: [{ name: 'all', why: 'whiteouts are devices, which need root: run it with sudo' }],
    };
  const folder = mkdtempSync(join(tmpdir(), 'terrarium-bench-'));
  try {
    const folders = smallest ? 3 : 1000;
    const [rootfs, changed] = [join(folder, 'rootfs'), join(folder, 'changed')];
    makeTree(rootfs, folders);
    await run('cp', ['-a', rootfs, changed]);
    await run('sh', ['-euc', changes, 'sh', folder, String(Math.min(folders, 50))]);
    const layer = openSync(join(folder, 'layer'), 'r');
    const lower = openSync(rootfs, 'r');
    const cases = [
      one('list of changes', program, ['layer', 'changes', '20000'], [layer, lower]),
      one('diff -rq', 'diff', ['-rq', rootfs, changed]),
    ];
    /** @type {[string, string][]} */
    const ratios = [['list of changes', 'diff -rq']];
    const hasGit = which('git') !== undefined;
    if (hasGit) {
      const git = [`--git-dir=${folder}/git`, `--work-tree=${changed}`];
      await run('git', ['init', '-q', '--bare', join(folder, 'git')]);
      await run('git', [`--git-dir=${folder}/git`, `--work-tree=${rootfs}`, 'add', '-A']);
      cases.push(one('git status', 'git', [...git, 'status', '--porcelain']));
      ratios.push(['list of changes', 'git status']);
    }
    const samples = await interleaved(cases, runs, smallest ? 0 : 2);
    const why = 'git is not installed';
    return { samples, ratios, skipped: hasGit ? [] : [{ name: 'git status', why }] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two for each of COUNT folders: one file is modified, and one deleted. */
const changes = `cd "$1"; mkdir layer layer/upper layer/work
  for at in $(seq 0 $(($2 - 1))); do
    mkdir "layer/upper/$at"
    echo changed > "layer/upper/$at/file1"; echo changed > "changed/$at/file1"
    mknod "layer/upper/$at/file2" c 0 0; rm "changed/$at/file2"
  done`;

/** @param {string} folder @param {number} folders */
function makeTree(folder, folders) {
  for (let at = 0; at < folders; at++) {
    mkdirSync(join(folder, String(at)), { recursive: true });
    for (let file = 0; file < filesInOne; file++)
      writeFileSync(join(folder, String(at), `file${file}`), `${at} ${file}\n`.repeat(20));
  }
}

/**
 * @param {string} name @param {string} command @param {string[]} args @param {number[]} [given] descriptors from 3 on
 * @returns {import('./measure.mjs').Case}
 */
function one(name, command, args, given = []) {
  return {
    name,
    unit: 'ms',
    run: async () => {
      const began = performance.now();
      await run(command, args, given);
      return performance.now() - began;
    },
  };
}

/** @param {string} command @param {string[]} args @param {number[]} [given] */
function run(command, args, given = []) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', ...given] });
  let said = '';
  child.stdout?.resume();
  child.stderr?.setEncoding('utf8').on('data', (text) => (said += text));
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        // diff(1) exits with 1 where it has found something.
        if (code === 0 || (command === 'diff' && code === 1)) resolve();
        else reject(new Error(`${command} ${args.join(' ')}: ${said}`));
      });
    })
  );
}
