// The list of what a scratch layer changes, beside `git status` and `diff -rq` of the same tree with the same changes
// in it: 100 changes over 100,000 files. The helper lists by one process of terrarium-init, as it is measured here.
// Then a container runs on that tree, and 100 files are changed in what it sees, one after the other: how long until a
// client of the helper, as the editor is one, has the row. VS Code itself draws rows 100 ms later at most.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from '../host/processes.mjs';
import { interleaved } from './measure.mjs';
import { Helper, Place } from './starting.mjs';

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
    samples.push(await updates(rootfs, folders, smallest ? 3 : 100));
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

/**
 * @param {string} rootfs becomes that of a bundle
 * @param {number} folders
 * @param {number} count
 */
async function updates(rootfs, folders, count) {
  const place = new Place();
  /** @type {Helper | undefined} */
  let helper;
  try {
    const bundle = place.bundle('box', {
      ociVersion: '1.0.2',
      process: { args: ['/bin/pause'], cwd: '/', user: { uid: 0, gid: 0 } },
      root: { path: 'rootfs' },
      linux: { namespaces: ['pid', 'mount'].map((type) => ({ type })) },
    });
    for (let at = 0; at < folders; at++)
      renameSync(join(rootfs, String(at)), join(bundle, 'rootfs', String(at)));
    helper = await Helper.start(place.folder);
    const { connection } = helper;
    /** @type {(path: string) => void} */
    let seen = () => undefined;
    connection.onNotification('layerChanged', ({ full, changes: rows }) => {
      if (full) seen('.');
      for (const { path } of rows) seen(path);
    });
    /** @param {string} wanted */
    const row = (wanted) =>
      new Promise((resolve) => {
        seen = (path) => path === wanted && resolve(undefined);
      });
    const { hostPid } = await connection.sendRequest('start', {
      ...{ bundle, kind: 'bundle', layer: true, cols: 80, rows: 24 },
    });
    const first = row('.');
    await connection.sendRequest('watchLayer', { bundle, on: true });
    await first;
    const values = [];
    for (let at = 0; at < count; at++) {
      const path = `${at % folders}/file${7 + at}`;
      const shown = row(path);
      const began = performance.now();
      writeFileSync(`/proc/${hostPid}/root/${path}`, 'changed\n');
      await shown;
      values.push(performance.now() - began);
    }
    return { name: 'a change, to its row', unit: 'ms', values };
  } finally {
    await helper?.stop();
    place.remove();
  }
}

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
