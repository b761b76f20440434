/**
 * Whether the helper in a name is alive. In the same PID namespace its PID and start time tell. A helper in
 * another PID namespace (a dev container that shares /run and the cgroup tree) has PIDs that mean other
 * processes here, or none. So each helper listens on a socket in its user's folder: connect(2) fails with
 * ECONNREFUSED once it has ended, in any namespace. Used for cgroups, records and the folders of runtimes.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { readdir, removeFile } from '../../core/fs/files';
import { allHaveEnded, parseStat } from '../../core/procfs/parseStat';
import { ownFolder } from '../host/ownFolder';
import { boundedReads } from './BoundedReads';
import { ownNamespaceInode } from './namespaceInode';
import { readStat } from './readStat';
import { refusesConnections } from '../host/refusesConnections';

/** PID, start time and PID namespace, as a name has them. */
export type HelperName = string;

let own: Promise<HelperName> | undefined;
let listening: Promise<void> | undefined;

/** Of this process. */
export function ownName(): Promise<HelperName> {
  return (own ??= Promise.resolve(nameHere()));
}

function nameHere(): HelperName {
  const { startTime } = parseStat(readFileSync('/proc/self/stat'));
  return [process.pid, startTime, ownNamespaceInode('pid')].join('-');
}

/** Listens until this process ends. To be called before anything is named after it. */
export function announceAlive(): Promise<void> {
  return (listening ??= listen());
}

async function listen(): Promise<void> {
  const file = await socketOf(await ownName());
  await removeFile(file); // of an earlier boot: start times begin anew
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  server.unref();
  process.once('exit', () => rmSync(file, { force: true }));
}

/**
 * A zombie has ended: if sudo(8) ended with the helper, the machine's init reaps it later.
 * @returns false where it has ended for certain. A helper of another PID namespace without a visible
 *   socket may live, with a /run of its own.
 */
export async function mayLive(pid: string, startTime: string, namespace: string): Promise<boolean> {
  if (namespace === ownNamespaceInode('pid')) {
    // The PID may be reused by a container's process, which can block the read.
    const stat = await boundedReads.ask(
      Number(pid),
      async () => (await readStat(`/proc/${pid}`)) ?? 'gone',
    );
    if (stat === undefined) return true;
    return stat !== 'gone' && stat.startTime === startTime && !allHaveEnded(stat);
  }
  return !(await refusesConnections(await socketOf([pid, startTime, namespace].join('-'))));
}

/** Removes the sockets of helpers that have ended, once all else of theirs is swept. */
export async function sweepSockets(): Promise<void> {
  const folder = await ownFolder();
  for (const name of await readdir(folder))
    if (/^alive-[0-9a-f]{16}$/.test(name) && (await refusesConnections(path.join(folder, name))))
      await removeFile(path.join(folder, name));
}

/** Field 22 of /proc/PID/stat; undefined where there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await readStat(`/proc/${pid}`))?.startTime;
}

/** A hash, because the path of a socket may not be long (`sun_path` of unix(7)). */
async function socketOf(name: HelperName): Promise<string> {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return path.join(await ownFolder(), `alive-${hash}`);
}
