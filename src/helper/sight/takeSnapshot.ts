/** Reads from the kernel what one process sees. Called before and after each command of a lesson, and for the table of sights. */
import { readlinkSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { codeOf } from '../../core/fs/codeOf';
import { namesOfCapabilities } from '../../core/procfs/capabilities';
import { type IdExtent, idInside, parseIdMap } from '../../core/procfs/parseIdMap';
import { parseMountinfo } from '../../core/procfs/parseMountinfo';
import { parseStatus } from '../../core/procfs/parseStatus';
import {
  type ProcessSnapshot,
  type SnapshotMount,
  maxSnapshotMounts,
  snapshotNamespaces,
} from '../../protocol/snapshot';
import { type BoundedReads, boundedReads } from '../processes/BoundedReads';
import { ProcFiles, ifTold } from '../processes/ProcFiles';
import { namespaceInode, ownNamespaceInode } from '../processes/namespaceInode';
import { readProcFile } from '../processes/readProcFile';
import { readStat, readStatus } from '../processes/readStat';
import { type Hostname, type HostnamePlace, hostnameOf } from './hostnameOf';
import { UntoldFields } from './UntoldFields';

/** Bytes: the host's own list can be long where many containers run. */
const [maxMountinfo, maxFile, maxText] = [4 * 1024 * 1024, 256 * 1024, 4096];
/** For files whose read never blocks: `uid_map`, `gid_map` and `comm` need no memory of the process. */
const files = new ProcFiles();

export interface SnapshotOptions {
  /** Leaves out what costs most and is long: mounts, procfs, cgroup and working directory. */
  readonly brief?: boolean;
  /** How the hostname is found out. @param uts the inode of its UTS namespace */
  readonly hostname?: (place: HostnamePlace, uts: string | undefined) => Promise<Hostname>;
  /** Bounds the read. */
  readonly ask?: BoundedReads['ask'];
}

/** All of it, in milliseconds: some twenty files and a program that asks for the hostname, on a busy machine. */
const wholeMs = 3000;

/**
 * @param pid as this helper's /proc counts it
 * @returns undefined where it has ended, or keeps its readers waiting (BoundedReads.ts)
 */
export function takeSnapshot(
  pid: number,
  options: SnapshotOptions = {},
): Promise<ProcessSnapshot | undefined> {
  const { ask = boundedReads.ask.bind(boundedReads) } = options;
  return ask(pid, () => snapshotOf(pid, options), options.brief ? undefined : wholeMs);
}

async function snapshotOf(
  pid: number,
  { brief = false, hostname = hostnameOf }: SnapshotOptions,
): Promise<ProcessSnapshot | undefined> {
  const at = `/proc/${pid}`;
  const untold = new UntoldFields();
  // One after the other: each may block, and keeps one of libuv's threads then.
  const first = await readStat(at);
  const statusText = await readStatus(at);
  if (!first || !statusText) return undefined;
  const status = parseStatus(statusText);
  const rootIsHosts = await untold.ask('root', () => isOwnRoot(`${at}/root/.`));
  const rest = brief ? {} : await longFields(at, untold);
  const namespaces = namespacesOf(pid, untold);
  const bornElsewhere = ifTold(() => isBornElsewhere(pid), untold.of('bornElsewhere'));
  const rootPath = ifTold(() => linkOf(`${at}/root`), untold.of('root'));
  const [uidMap, gidMap] = (['uid', 'gid'] as const).map((ids) => {
    const map = files.read(`${at}/${ids}_map`, maxFile, untold.of(`${ids}Map`));
    return map && parseIdMap(map);
  });
  const parent = files.read(`/proc/${status.ppid}/comm`)?.toString('utf8').replace(/\n$/, '');
  const isHosts = (type: string) => namespaces.find((one) => one.type === type)?.isHosts;
  const host = await hostname(
    {
      pid,
      isHosts: isHosts('uts') === true,
      mayEnterUsers: isHosts('pid') === false || rootIsHosts === true,
    },
    namespaces.find(({ type }) => type === 'uts')?.inode,
  );
  // Ended meanwhile: the parts could be of two processes.
  if ((await readStat(at))?.startTime !== first.startTime) return undefined;
  if ('unknown' in host) untold.note('hostname', host.unknown);
  const ids = (map: IdExtent[] | undefined, outside: number) => ({
    // From inside itself a user namespace's map names the ids of its parent instead.
    inside: map === undefined || isHosts('user') === true ? outside : idInside(map, outside),
    outside,
  });
  return {
    ...{ pid, startTime: first.startTime, name: status.name.slice(0, 64) },
    parent: { pid: status.ppid, ...(parent !== undefined && { name: parent }) },
    pids: [...status.nsPids],
    namespaces,
    ...(bornElsewhere !== undefined && { bornElsewhere }),
    ...(rootPath !== undefined && {
      root: { path: rootPath, ...(rootIsHosts !== undefined && { isHosts: rootIsHosts }) },
    }),
    ...rest,
    ...('name' in host && { hostname: host.name.trimEnd() }),
    uid: ids(uidMap, status.uid.effective),
    gid: ids(gidMap, status.gid.effective),
    ...(uidMap && { uidMap }),
    ...(gidMap && { gidMap }),
    capabilities: {
      effective: namesOfCapabilities(status.capabilities.effective),
      bounding: namesOfCapabilities(status.capabilities.bounding),
    },
    untold: untold.list,
  };
}

type LongFields = Pick<ProcessSnapshot, 'cgroup' | 'cwd' | 'mounts' | 'procfs'>;

/** What costs most. */
async function longFields(at: string, untold: UntoldFields): Promise<LongFields> {
  const cwd = ifTold(() => linkOf(`${at}/cwd`), untold.of('cwd'));
  const [mounts, procfs, cgroup] = await Promise.all([
    untold.ask('mounts', async () => mountsOf(await readProcFile(`${at}/mountinfo`, maxMountinfo))),
    untold.ask('procfs', () => procfsOf(`${at}/root/proc`)),
    untold.ask('cgroup', async () => linesOf(await readProcFile(`${at}/cgroup`, maxFile))),
  ]);
  return {
    ...(cwd !== undefined && { cwd }),
    ...(mounts && { mounts }),
    ...(procfs && { procfs }),
    ...(cgroup && { cgroup }),
  };
}

function linkOf(path: string): string {
  return readlinkSync(path).slice(0, maxText);
}

/** Of the children of a process. A PID namespace without a first process has no link yet: ENOENT. */
function isBornElsewhere(pid: number): boolean {
  const own = namespaceInode(pid, 'pid');
  try {
    return namespaceInode(pid, 'pid_for_children') !== own;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return true;
  }
}

function namespacesOf(pid: number, untold: UntoldFields): ProcessSnapshot['namespaces'] {
  return snapshotNamespaces.flatMap((type) => {
    const inode = ifTold(() => namespaceInode(pid, type), untold.of('namespaces'));
    return inode === undefined ? [] : [{ type, inode, isHosts: inode === ownNamespaceInode(type) }];
  });
}

/** Both through what they are, not what they are called: chroot(2) and pivot_root(2) change that alone. */
async function isOwnRoot(path: string): Promise<boolean> {
  const [root, own] = [await stat(path), await stat('/')];
  return root.dev === own.dev && root.ino === own.ino;
}

/** The last line of a file that was cut is none. */
function mountsOf(content: Buffer): NonNullable<ProcessSnapshot['mounts']> {
  const all = parseMountinfo(content.subarray(0, content.lastIndexOf('\n') + 1));
  const entries = all
    .slice(0, maxSnapshotMounts)
    .map(({ id, mountPoint, type, source, root, options, propagation }): SnapshotMount => ({
      id,
      place: mountPoint.slice(0, maxText),
      type: type.slice(0, maxText),
      source: source.slice(0, maxText),
      root: root.slice(0, maxText),
      options: options.join(',').slice(0, maxText),
      isShared: propagation.some(
        (word) => word.startsWith('shared:') || word.startsWith('master:'),
      ),
    }));
  return { entries, total: all.length };
}

/** Procfs has no process without a name that is a number, and PID 1 is listed in each. */
async function procfsOf(folder: string): Promise<ProcessSnapshot['procfs']> {
  const [{ dev }, names] = await Promise.all([stat(folder), readdir(folder)]);
  const processes = names.filter((name) => /^\d+$/.test(name)).length;
  return { device: String(dev), processes };
}

function linesOf(content: Buffer): string[] {
  const lines = content.toString('utf8').split('\n').filter(Boolean);
  return lines.slice(0, 32).map((line) => line.slice(0, maxText));
}
