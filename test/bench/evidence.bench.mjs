// What the evidence below a cell of a lesson costs: one look at a process in the helper, beside the programs of
// util-linux that tell a part of it, and what the extension host makes of two looks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../host/project.mjs';
import { interleaved } from './measure.mjs';
import { loadParts } from './parts.mjs';
import { ended } from './spawned.mjs';

export const about =
  'the evidence below a cell: a look at a process, and what the editor makes of it';
export const level = 'system';

/** Mounts of a process: those of a usual machine, and as many as a snapshot has. */
const mountCounts = [40, 512];

const parts = `
  import { ProcessSnapshot } from './src/protocol/snapshot';
  import { evidenceOutputs } from './src/ui/lessons/cellOutputs';
  export { takeSnapshot } from './src/helper/sight/takeSnapshot';
  export const outputs = (messages) =>
    evidenceOutputs(...messages.map((one) => ProcessSnapshot.parse(JSON.parse(one))));`;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 30, smallest }) {
  if (process.getuid?.() !== 0)
    throw new SetupError('This bench makes namespaces.', 'Run it as root.');
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const front = spawn(
    'setpriv',
    [
      ...['--pdeathsig=KILL', 'unshare', '--pid', '--uts', '--ipc', '--mount', '--fork'],
      ...['--mount-proc', '--kill-child', 'sh', '-c', 'echo there; read line'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    await once(front.stdout, 'data');
    const ours = await loadParts(folder, parts);
    const children = await readFile(`/proc/${front.pid}/task/${front.pid}/children`, 'utf8');
    const pid = Number(children.trim());
    const before = await ours.takeSnapshot(process.pid);
    const after = await ours.takeSnapshot(pid);
    const tools = `lsns --task ${pid} && findmnt --task ${pid}`;
    const cases = [
      { name: 'snapshot', unit: 'ms', run: () => timed(() => ours.takeSnapshot(pid)) },
      {
        name: 'lsns and findmnt',
        unit: 'ms',
        run: () => timed(() => ended({ argv: ['sh', '-c', tools], cwd: '/' })),
      },
      ...mountCounts.map((count) => {
        const messages = [before, after].map((one) => JSON.stringify(withMounts(one, count)));
        return {
          name: `extension host: ${count} mounts`,
          unit: 'ms',
          run: () => timed(async () => ours.outputs(messages)),
        };
      }),
    ];
    const samples = await interleaved(cases, runs, smallest ? 0 : 3);
    return { samples, ratios: [['snapshot', 'lsns and findmnt']], skipped: [] };
  } finally {
    front.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @param {any} snapshot @param {number} count */
function withMounts(snapshot, count) {
  const [first] = snapshot.mounts.entries;
  const entries = Array.from({ length: count }, (_, at) => ({
    ...first,
    place: `/mnt/${snapshot.pid}/${at}`,
  }));
  return { ...snapshot, mounts: { entries, total: count } };
}
