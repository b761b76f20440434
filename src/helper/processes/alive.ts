/**
 * Whether the helper in a name is alive. In the same PID namespace its PID and start time tell. A helper in
 * another PID namespace (a dev container that shares /run and the cgroup tree) has PIDs that mean other
 * processes here, or none. So each helper listens on a socket in its user's folder: connect(2) fails with
 * ECONNREFUSED once it has ended, in any namespace. Used for cgroups, records and the folders of runtimes.
 */
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

/**
 * To be called before anything is named after this process: removes the socket of one of an earlier boot, whose start
 * times began anew. Without one, helpers of other namespaces take this process to be alive.
 * @returns where its own is to be
 */
export async function claimName(): Promise<string> {
  const name = await ownName();
  const socket = socketNameOf(name);
  if (socket === undefined) throw new Error(`${name} names no socket`);
  const file = path.join(await ownFolder(), socket);
  await removeFile(file);
  return file;
}

/** Claims the name, and listens until this process ends. */
export function announceAlive(): Promise<void> {
  return (listening ??= listen());
}

async function listen(): Promise<void> {
  const file = await claimName();
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
  const socket = socketNameOf([pid, startTime, namespace].join('-'));
  return socket === undefined || !(await refusesConnections(path.join(await ownFolder(), socket)));
}

/** Removes the sockets of helpers that have ended, once all else of theirs is swept. */
export async function sweepSockets(): Promise<void> {
  const folder = await ownFolder();
  for (const name of await readdir(folder))
    if (/^alive-[0-9a-z]{16,20}$/.test(name) && (await refusesConnections(path.join(folder, name))))
      await removeFile(path.join(folder, name));
}

/** Field 22 of /proc/PID/stat; undefined where there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await readStat(`/proc/${pid}`))?.startTime;
}

/** How many digits of base 36 a PID, a start time in ticks and an inode of nsfs (32 bits) have. */
const digits = [5, 8, 7] as const;

/**
 * Short, because the path of a socket may not be long (`sun_path` of unix(7)). No hash: `run` would load node:crypto for it.
 * @returns undefined for numbers that no process has
 */
function socketNameOf(name: HelperName): string | undefined {
  const words = name.split('-').map((number, index) =>
    BigInt(number)
      .toString(36)
      .padStart(digits[index] ?? 0, '0'),
  );
  return words.every(({ length }, index) => length === digits[index])
    ? `alive-${words.join('')}`
    : undefined;
}
