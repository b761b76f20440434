/**
 * What an import or an export leaves that was killed (SIGKILL, a power failure): its hidden folder. It has a file that
 * says which process fills it, and the next one beside it removes it. Called by importBundle.ts and newTarget.ts.
 */
import { lstat, open, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../core/fs/codeOf';
import { withInside } from '../../core/fs/openInside';
import { readAt } from '../../core/fs/readBounded';
import { parseStat } from '../../core/procfs/parseStat';

/** How the hidden folders are called, and the folder in them in which the file lies. */
export const unfinished = {
  imports: { name: /^\..+\.new-[A-Za-z0-9]{6}$/, makerIn: 'scratch' },
  exports: { name: /^\.terrarium-export-[A-Za-z0-9]{6}$/, makerIn: '.' },
} as const;
type Kind = (typeof unfinished)[keyof typeof unfinished];

export const makerName = 'maker';
const maxMaker = 200;

/** @param folder the hidden one, or the one in it */
export async function writeMaker(folder: string): Promise<void> {
  await writeFile(path.join(folder, makerName), await makerOf('self'), {
    flag: 'wx',
    mode: 0o600,
  });
}

/** @param parent where they are made @param remove is called for each folder whose maker has ended */
export async function sweepUnfinished(
  parent: string,
  { name: pattern, makerIn }: Kind,
  remove: (folder: string) => Promise<void>,
): Promise<void> {
  const names = await readdir(parent).catch((error: unknown) => {
    if (codeOf(error) !== 'EACCES') throw error;
    return []; // one may write to it and not look
  });
  for (const name of names) {
    if (!pattern.test(name)) continue;
    const folder = path.join(parent, name);
    if ((await isOwn(folder)) && (await hasEnded(folder, makerIn))) await remove(folder);
  }
}

async function isOwn(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === process.geteuid!();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Without such a file it is none of an import. */
async function hasEnded(folder: string, makerIn: string): Promise<boolean> {
  const file = `${makerIn}/${makerName}`;
  const maker = await withInside(folder, file, async ({ stat, held }) => {
    if (!stat.isFile()) return undefined;
    const handle = await open(held, 'r');
    try {
      return (await readAt(handle, 0, maxMaker)).toString('latin1');
    } finally {
      await handle.close();
    }
  });
  const [, pid, , namespace] = /^([1-9]\d{0,9}) (\d+) (pid:\[\d+\]) \S+$/.exec(maker ?? '') ?? [];
  // Of another PID namespace nothing is known.
  if (pid === undefined || namespace !== (await readlink('/proc/self/ns/pid'))) return false;
  return (await makerOf(pid)) !== maker;
}

/** PID and start time; with the boot and the PID namespace in which they mean something. */
async function makerOf(pid: string): Promise<string> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  const namespace = await readlink('/proc/self/ns/pid');
  try {
    const stat = parseStat(await readFile(`/proc/${pid}/stat`));
    return `${stat.pid} ${stat.startTime} ${namespace} ${boot}`;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return '';
    throw error;
  }
}
