// npm run bench -- tree: the process tree beside ps and pstree, on the same processes in the same
// run. Ours is measured twice: the reader alone, in this process (what a look at the processes
// costs), and from the question to the last row in a client's tree, through a real helper.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePackages } from '../host/debian.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';
import { Grove, compileForest } from './forest.mjs';
import { interleaved } from './measure.mjs';
import { loadParts } from './parts.mjs';

export const about = 'the process tree beside ps and pstree, at 100, 1,000 and 10,000 processes';
export const level = 'system';

const root = projectRoot();

const parts = `
  export { ProcfsReader } from './src/helper/processes/ProcfsReader';
  export { HelperClient } from './src/core/client/HelperClient';
  export { ProcessTree } from './src/core/tree/processTree';
  export { ProcessDelta } from './src/protocol/processes';
  export { ProcessStore } from './src/ui/services/ProcessStore';
  export { ProcessesProvider } from './src/ui/views/processes/ProcessesProvider';`;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 7, smallest }) {
  if (process.getuid?.() !== 0)
    throw new SetupError('This bench makes PID namespaces.', 'Run it as root.');
  await ensurePackages('containers', 'compiler');
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const samples = [];
  /** @type {[string, string][]} */
  const ratios = [];
  const skipped = [];
  /** What is looked at goes on for so long, in seconds. */
  const seconds = smallest ? 0.5 : 5;
  try {
    const ours = await loadParts(folder, parts);
    const program = compileForest(folder);
    for (const size of smallest ? [20] : [100, 1000, 10_000]) {
      console.error(`${size} processes …`);
      const grove = await Grove.plant(program, size);
      try {
        const found = await beside(ours, grove, size, runs);
        for (const one of found) console.error(`  ${one.name}: ${one.values.map(Math.round)} ms`);
        samples.push(...found);
      } finally {
        await grove.end();
      }
      ratios.push(
        [`${size}: first read`, `${size}: ps`],
        [`${size}: steady read`, `${size}: ps`],
        [`${size}: steady read`, `${size}: pstree`],
      );
      const times = { runs: Math.min(runs, 5), seconds };
      samples.push(...(await throughHelper(ours, folder, program, size, times)));
      ratios.push([`${size}: question to last row`, `${size}: ps`]);
    }
    if (!hasProgram('pstree'))
      skipped.push({ name: 'pstree', why: 'the package psmisc is not installed' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { samples, ratios, skipped };
}

/** @param {string} name */
function hasProgram(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/**
 * The reader alone beside the programs. A first read makes everything anew, as one that begins to
 * look does; a steady one is a look after 1 % of the processes changed, with its message written.
 * @param {any} ours @param {Grove} grove @param {number} size @param {number} runs
 */
async function beside(ours, grove, size, runs) {
  const { hostPid } = grove;
  const changes = Math.max(1, size / 100);
  const open = () => openSync(`/proc/${hostPid}/root/proc`, 'r');
  // Both readers of this process together stay below a usual limit of 20,000.
  const [maxFiles, maxFilesOfFirst] = [10_200, 8000];
  const descriptor = open();
  const steady = new ours.ProcfsReader({ procfs: descriptor, hostPid, maxFiles });
  // Proportional memory is read of a few at a time: steady is what follows after that.
  const isUnread = (/** @type {any} */ { pss }) => pss === undefined;
  for (let read = 0; steady.read().some(isUnread); read++)
    if (read > size) throw new Error('the kernel tells no proportional memory');
  let before = new Map();
  const look = () => {
    const start = performance.now();
    const infos = steady.read();
    const upserted = infos.filter((info) => before.get(info.key) !== info);
    before = new Map(infos.map((info) => [info.key, info]));
    JSON.stringify(upserted);
    const took = performance.now() - start;
    if (infos.length !== size + 1) throw new Error(`${infos.length} instead of ${size + 1}`);
    return took;
  };
  const cases = [
    {
      name: `${size}: first read`,
      unit: 'ms',
      run: async () => {
        const start = performance.now();
        const reader = new ours.ProcfsReader({
          procfs: descriptor,
          hostPid,
          maxFiles: maxFilesOfFirst,
        });
        const infos = reader.read();
        JSON.stringify(infos);
        const took = performance.now() - start;
        reader.close();
        if (infos.length !== size + 1) throw new Error(`${infos.length} instead of ${size + 1}`);
        return took;
      },
    },
    {
      name: `${size}: steady read`,
      unit: 'ms',
      run: async () => {
        await grove.change(changes);
        return look();
      },
    },
    {
      name: `${size}: ps`,
      unit: 'ms',
      run: () => grove.look('ps', '-e', '-o', 'pid,ppid,stat,pcpu,rss,args'),
    },
    ...(hasProgram('pstree')
      ? [{ name: `${size}: pstree`, unit: 'ms', run: () => grove.look('pstree', '-p') }]
      : []),
  ];
  try {
    const samples = await interleaved(cases, runs);
    return [...samples, ...inExtensionHost(ours, steady.read(), size, runs)];
  } finally {
    steady.close();
    closeSync(descriptor);
  }
}

/**
 * What the extension host does with one message, at the longest: parsing it, taking it into the tree,
 * and giving VS Code the rows that it then asks for (the view's own code, with a stub for `vscode`).
 * @param {any} ours @param {any[]} infos @param {number} size @param {number} runs
 */
function inExtensionHost(ours, infos, size, runs) {
  const id = '0123456789abcdef';
  const perMessage = 100; // as ProcessWatcher.ts
  const part = (/** @type {any[]} */ upserted, /** @type {object} */ more) =>
    JSON.stringify({ id, full: false, upserted, removed: [], ...more });
  const all = [];
  for (let at = 0; at < infos.length; at += perMessage)
    all.push(
      part(infos.slice(at, at + perMessage), {
        full: at === 0,
        more: at + perMessage < infos.length,
      }),
    );
  /** @type {{ first: number[], tick: number[] }} */
  const longest = { first: [], tick: [] };
  for (let run = 0; run < runs; run++) {
    const info = { id, privilege: 'root' };
    const container = { name: 'box', state: 'running', info };
    /** @type {(delta: unknown) => void} */
    let hear = () => undefined;
    const link = {
      onNotification: (/** @type {string} */ _, /** @type {typeof hear} */ listener) =>
        (hear = listener),
      request: async () => ({}),
    };
    const silent = () => ({ dispose: () => undefined });
    const helpers = {
      onDidLink: (/** @type {(it: unknown) => void} */ listener) => (listener(link), silent()),
      get: () => link,
    };
    const containers = { byId: () => container, all: [container], onDidChange: silent };
    const store = new ours.ProcessStore(helpers, containers, console);
    const arrangement = {
      current: { sort: 'pid', flat: false, filter: '', pinned: new Set() },
      onDidChange: silent,
    };
    const services = { processes: store, containers, arrangement, selection: {} };
    const provider = new ours.ProcessesProvider(services);
    const draw = (/** @type {any} */ row) => {
      if (provider.getTreeItem(row).collapsibleState !== 2) return;
      for (const child of provider.getChildren(row)) draw(child);
    };
    /** @type {any[] | undefined} */
    let wanted = [];
    provider.onDidChangeTreeData((/** @type {any[]} */ rows) => wanted?.push(...(rows ?? [])));
    store.subscribe(id);
    for (const row of provider.getChildren()) draw(row);
    const take = (/** @type {string} */ message) => {
      const start = performance.now();
      hear(ours.ProcessDelta.parse(JSON.parse(message)));
      for (const row of wanted ?? []) draw(row);
      wanted = [];
      return performance.now() - start;
    };
    longest.first.push(Math.max(...all.map(take)));
    const count = Math.max(1, Math.floor(size / 100));
    const ticks = Array.from({ length: 10 }, (_, tick) =>
      part(
        infos
          .slice(1 + tick * count, 1 + (tick + 1) * count)
          .map((one) => ({ ...one, name: `name ${tick}` })),
        {},
      ),
    );
    longest.tick.push(Math.max(...ticks.map(take)));
    provider.dispose();
    store.dispose();
  }
  return [
    {
      name: `${size}: extension host, longest message of all rows`,
      unit: 'ms',
      values: longest.first,
    },
    { name: `${size}: extension host, longest of 10 ticks`, unit: 'ms', values: longest.tick },
  ];
}

/**
 * From the question to the last row in a client's tree, over a real socket; what the client's event
 * loop, the wire and the helper's CPU have of it, while the processes are shown and while they are not.
 * @param {any} ours @param {string} folder @param {string} program @param {number} size @param {{ runs: number, seconds: number }} times
 */
async function throughHelper(ours, folder, program, size, { runs, seconds }) {
  const bundle = join(folder, `box${size}`);
  for (const part of ['proc', 'dev', 'tmp', 'bin'])
    await mkdir(join(bundle, 'rootfs', part), { recursive: true });
  await copyFile(program, join(bundle, 'rootfs/bin/forest'));
  await symlink('bin', join(bundle, 'rootfs/sbin'));
  await writeFile(
    join(bundle, 'config.json'),
    JSON.stringify({
      ociVersion: '1.2.0',
      root: { path: 'rootfs' },
      process: { args: ['/bin/forest', String(size)], cwd: '/', user: { uid: 0, gid: 0 } },
      mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
      linux: { namespaces: ['pid', 'mount', 'uts', 'ipc'].map((type) => ({ type })) },
    }),
  );
  const helper = await Helper.start(ours, folder);
  /** @type {Record<string, number[]>} */
  const values = { rows: [], delay: [], first: [], tick: [], shown: [], hidden: [], reads: [] };
  try {
    const { client, wire } = helper;
    const { id } = await client.request('start', { bundle, cols: 80, rows: 24 });
    /** @type {((delta: any) => void) | undefined} */
    let listen;
    client.onNotification('processes', (/** @type {any} */ delta) => listen?.(delta));
    const isWhole = async () => {
      for (;;) {
        const rows = await look();
        if (rows.size === size + 1) return;
        await sleep(100);
      }
    };
    const look = async () => {
      const tree = new ours.ProcessTree();
      const done = new Promise((resolve, reject) => {
        listen = (delta) => {
          if (delta.error) reject(new Error(delta.error));
          tree.apply(delta);
          if (!delta.more) resolve(undefined);
        };
      });
      await client.request('watchProcesses', { id, on: true });
      await done;
      return tree;
    };
    const stop = () => client.request('watchProcesses', { id, on: false });
    await isWhole();
    for (let run = 0; run < runs; run++) {
      await stop();
      // The first time its thread ends, which takes less than this, and starts anew.
      await sleep(run === 0 ? 1200 * seconds : 200);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      wire.bytes = 0;
      delay.enable();
      const start = performance.now();
      const tree = await look();
      values.rows?.push(performance.now() - start);
      delay.disable();
      values.delay?.push(delay.max / 1e6);
      values.first?.push(wire.bytes / 1024);
      if (tree.size !== size + 1) throw new Error(`${tree.size} instead of ${size + 1}`);
    }
    wire.bytes = 0;
    const [cpu] = await helper.costs();
    await sleep(1000 * seconds);
    values.shown?.push((Number((await helper.costs())[0]) - Number(cpu)) / seconds);
    values.tick?.push(wire.bytes / 1024 / seconds);
    await stop();
    await sleep(1200 * seconds);
    const before = await helper.costs();
    await sleep(1000 * seconds);
    const after = await helper.costs();
    values.hidden?.push((after[0] - before[0]) / seconds);
    values.reads?.push(after[1] - before[1]);
    await client.request('stop', { id, graceMs: 0 });
  } finally {
    await helper.end();
  }
  const sample = (
    /** @type {string} */ name,
    /** @type {string} */ unit,
    /** @type {string} */ of,
  ) => ({
    name: `${size}: ${name}`,
    unit,
    values: /** @type {number[]} */ (values[of]),
  });
  return [
    sample('question to last row', 'ms', 'rows'),
    sample('longest pause of the client meanwhile', 'ms', 'delay'),
    sample('wire, all rows', 'KiB', 'first'),
    sample('wire, quiet', 'KiB/s', 'tick'),
    sample('helper, shown and quiet', '% CPU', 'shown'),
    sample('helper, hidden', '% CPU', 'hidden'),
    sample(`helper, hidden for ${seconds} s`, 'reads', 'reads'),
  ];
}

/** dist/helper.js in a process of its own, with a socket between that counts bytes. */
class Helper {
  /** @param {any} client @param {import('node:child_process').ChildProcess} child @param {{ bytes: number }} wire @param {() => void} close */
  constructor(client, child, wire, close) {
    Object.assign(this, { client, child, wire, close });
  }

  /** @param {any} ours @param {string} folder */
  static async start(ours, folder) {
    const directory = await mkdtemp(join(folder, 'run-'));
    const token = 'b'.repeat(64);
    await writeFile(join(directory, 'token'), token, { mode: 0o600 });
    const args = ['serve', '--directory', directory, '--socket', 'bench.sock'];
    const child = spawn(
      process.execPath,
      [join(root, 'dist/helper.js'), ...args, '--token-file', join(directory, 'token')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    const wire = { bytes: 0 };
    const counted = join(directory, 'counted.sock');
    const server = createServer((near) => {
      const far = connect(join(directory, 'bench.sock'));
      far.on('data', (chunk) => (wire.bytes += chunk.length));
      near.pipe(far).pipe(near);
      for (const socket of [near, far])
        socket.on('error', () => [near, far].map((it) => it.destroy()));
    }).listen(counted);
    await once(server, 'listening');
    const client = await ours.HelperClient.connect({ socket: counted, token });
    return new Helper(client, child, wire, () => server.close());
  }

  /** @returns {Promise<[hundredths: number, reads: number]>} CPU time and system calls that read, so far */
  async costs() {
    const { pid } = this.child;
    const stat = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
    const io = await readFile(`/proc/${pid}/io`, 'latin1');
    return [Number(stat[11]) + Number(stat[12]), Number(/^syscr: (\d+)/m.exec(io)?.[1])];
  }

  async end() {
    this.client.dispose();
    this.close();
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
