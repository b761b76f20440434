/**
 * Opens files of a rootfs as the container's kernel would find them: `/` and every absolute symbolic
 * link start at the rootfs, and `..` does not leave it. A process in the container may swap a folder for
 * a link at any moment (CVE-2021-30465), so each component is opened below the descriptor of the one
 * before it (O_PATH | O_NOFOLLOW), and what was looked at is what is read. Every reader of a file that a
 * container may write to uses this.
 */
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { type OpenFile, open } from './files';
import path from 'node:path';
import { Walk, leadsNowhere } from './Walk';
import { type LookBudget, lookBudget } from './lookBudget';
import { O_PATH, openDirectoryNoFollow } from './openDirectoryNoFollow';
import { openRegular, readAt } from './readBounded';

/** The root of a running process. It is more than a link: it leads to the container's mounts. */
const liveRoot = /^\/proc\/\d+\/root$/;

/** What a path inside a rootfs led to. It is open (O_PATH) for as long as it is used. */
export interface Held {
  /** Never of a symbolic link. */
  readonly stat: Stats;
  /** Its path inside the rootfs, without links and `..`: for people, and for other programs. */
  readonly inside: string;
  /** Leads to this very inode, whatever happens to its name: `/proc/self/fd/N`. */
  readonly held: string;
}

/**
 * @param rootfs real host path, or `/proc/PID/root`
 * @param inside path in the container; a relative one starts at its root
 * @param budget one for all looks of a question
 * @returns what `use` returns; undefined where the path leads to nothing (ENOENT, ENOTDIR, ELOOP, EACCES),
 *   or where the budget is used up
 * @throws TerrariumError `folder-moved` where the way to the rootfs is not what it was, the reason of the
 *   budget's signal
 */
export async function withInside<T>(
  rootfs: string,
  inside: string,
  use: (found: Held) => Promise<T> | T,
  budget = lookBudget(),
): Promise<T | undefined> {
  if (inside.includes('\0')) return undefined;
  const root = await openRoot(rootfs);
  if (!root) return undefined;
  const walk = new Walk(root, budget);
  try {
    const stat = await walk.to(inside);
    return stat && (await use({ stat, inside: walk.inside, held: walk.held }));
  } finally {
    await walk.close();
  }
}

/** @returns undefined where the path leads to nothing */
export function statInside(
  rootfs: string,
  inside: string,
  budget?: LookBudget,
): Promise<Stats | undefined> {
  return withInside(rootfs, inside, ({ stat }) => stat, budget);
}

/** The host path of what it leads to, never a symbolic link; for people and for what is only looked at. */
export function resolveInside(
  rootfs: string,
  inside: string,
  budget?: LookBudget,
): Promise<string | undefined> {
  return withInside(rootfs, inside, (found) => path.resolve(rootfs, `.${found.inside}`), budget);
}

/**
 * Runs `use` on an open regular file and closes it. A device node, FIFO or socket is never opened.
 * @param use is told its path inside too, without links
 * @returns undefined where the path leads to nothing, or to something else than a regular file
 * @throws TerrariumError `file-leased`; what open(2) says of a regular file: EACCES
 */
export function withFileInside<T>(
  rootfs: string,
  inside: string,
  use: (handle: OpenFile, inside: string) => Promise<T>,
  budget?: LookBudget,
): Promise<T | undefined> {
  const used = async ({ stat, held, inside: real }: Held) => {
    if (!stat.isFile()) return undefined;
    const handle = await openRegular(held, inside);
    try {
      return await use(handle, real);
    } finally {
      await handle.close();
    }
  };
  return withInside(rootfs, inside, used, budget);
}

/** Up to `maxBytes` of a regular file; see `withFileInside`. */
export function readInside(
  rootfs: string,
  inside: string,
  maxBytes: number,
  budget?: LookBudget,
): Promise<Buffer | undefined> {
  return withFileInside(rootfs, inside, (handle) => readAt(handle, 0, maxBytes), budget);
}

async function openRoot(rootfs: string): Promise<OpenFile | undefined> {
  try {
    return await (liveRoot.test(rootfs)
      ? open(rootfs, O_PATH | constants.O_DIRECTORY)
      : openDirectoryNoFollow(rootfs));
  } catch (error) {
    const { cause = error } = error as Error;
    if (leadsNowhere(cause)) return undefined;
    throw error;
  }
}
