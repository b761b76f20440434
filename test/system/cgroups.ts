/** Cgroups for the system tests: the tree of version 2 as it is, and a part of it for the ordinary user. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import { type TestPrivilege, type Workplace, until } from './containers';

/** Where version 2 is mounted; undefined where it is not. */
export function cgroupMount(): string | undefined {
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo'));
  return mounts.find(({ type }) => type === 'cgroup2')?.mountPoint;
}

export function controllersIn(folder: string): string[] {
  return readFileSync(path.join(folder, 'cgroup.controllers'), 'utf8').split(/\s+/).filter(Boolean);
}

/** The path of a process in the tree, as the host sees it. */
export function cgroupOf(pid: number | string): string {
  return /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))![1]!;
}

/** What the tests of one privilege may use. */
export interface CgroupGround {
  /** Folder below which a container's cgroups are made. */
  readonly base: string;
  /** The same as a path in the tree. */
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * For root that is the root of the tree. To the user a part is delegated as systemd does it, with the
 * controllers that there are, and commands of the place run in a cgroup below it.
 */
export function cgroupGround(place: Workplace, privilege: TestPrivilege): CgroupGround {
  const mount = cgroupMount()!;
  const before = enabledIn(mount);
  const restore = () => {
    for (const one of enabledIn(mount).filter((name) => !before.includes(name)))
      writeFileSync(path.join(mount, 'cgroup.subtree_control'), `-${one}`);
  };
  if (privilege !== 'rootless')
    return { base: mount, path: '', remove: () => Promise.resolve(restore()) };
  const name = `lab-${place.user.uid}-${process.pid}`;
  const base = path.join(mount, name);
  for (const one of ['cpu', 'memory', 'pids'].filter((c) => controllersIn(mount).includes(c)))
    writeFileSync(path.join(mount, 'cgroup.subtree_control'), `+${one}`);
  const leaf = path.join(base, 'helper');
  for (const folder of [base, leaf]) {
    mkdirSync(folder);
    for (const file of ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'])
      chownSync(path.join(folder, file), place.user.uid, place.user.gid);
  }
  place.prefix = ['sh', '-c', 'echo 0 >"$1" && shift && exec "$@"', 'sh', `${leaf}/cgroup.procs`];
  return {
    base,
    path: `/${name}`,
    remove: async () => {
      place.prefix = [];
      await until('the last process', () =>
        readFileSync(path.join(base, 'cgroup.events'), 'utf8').includes('populated 0'),
      );
      removeTree(base);
      restore();
    },
  };
}

function enabledIn(folder: string): string[] {
  const text = readFileSync(path.join(folder, 'cgroup.subtree_control'), 'utf8');
  return text.split(/\s+/).filter(Boolean);
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(path.join(folder, entry.name));
  rmdirSync(folder);
}

/** For Workplace.prefix: a mount namespace in which a machine with both versions has the second alone. */
export const withCgroup2Alone = [
  ...['unshare', '--mount', '--propagation=slave', '--', '/bin/sh', '-c'],
  'umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"',
  'sh',
];
