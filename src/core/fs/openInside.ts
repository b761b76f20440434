/**
 * Opens files of a rootfs as the container's kernel would find them: `/` and every absolute symbolic
 * link start at the rootfs, and `..` does not leave it. A process in the container may swap a folder for
 * a link at any moment (CVE-2021-30465), so each component is opened below the descriptor of the one
 * before it (O_PATH | O_NOFOLLOW), and what was looked at is what is read. Every reader of a file that a
 * container may write to uses this.
 */
import type { Stats } from 'node:fs';
import { type FileHandle, constants, open, readlink } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './codeOf';
import { O_PATH, openDirectoryNoFollow, pathOf } from './openDirectoryNoFollow';
import { openRegular, readAt } from './readBounded';

/** MAXSYMLINKS: path_resolution(7) gives up after 40 links. */
const maxLinks = 40;

/** Components that are still worth looking at; PATH_MAX / 2 names fit into one path. */
const maxComponents = 2048;

/** Descriptors that one question opens at most: each `..` goes down from the root again. */
const maxOpened = 4096;

/**
 * What the looks of one question may cost together, such as those for a command in the folders of PATH:
 * links that wind through a deep tree make a single look cost all of it.
 */
export interface LookBudget {
  /** Descriptors that may still be opened; below 0 one was refused. */
  left: number;
  /** Ends the looks: each of them throws its reason then. */
  readonly signal?: AbortSignal | undefined;
}

export function lookBudget(signal?: AbortSignal): LookBudget {
  return { left: maxOpened, signal };
}

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
 * @returns undefined where the path leads to nothing, or to something else than a regular file
 * @throws TerrariumError `file-leased`; what open(2) says of a regular file: EACCES
 */
export function withFileInside<T>(
  rootfs: string,
  inside: string,
  use: (handle: FileHandle) => Promise<T>,
  budget?: LookBudget,
): Promise<T | undefined> {
  const used = async ({ stat, held }: Held) => {
    if (!stat.isFile()) return undefined;
    const handle = await openRegular(held, inside);
    try {
      return await use(handle);
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

async function openRoot(rootfs: string): Promise<FileHandle | undefined> {
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

/** One way down. It holds the root and the last component. */
class Walk {
  private here: FileHandle;
  private readonly done: string[] = [];
  /** What was passed; to wait for each would be a third of the walk. */
  private readonly closing: Promise<void>[] = [];

  constructor(
    private readonly root: FileHandle,
    private readonly budget: LookBudget,
  ) {
    this.here = root;
  }

  get inside(): string {
    return `/${this.done.join('/')}`;
  }

  get held(): string {
    return pathOf(this.here);
  }

  async to(inside: string): Promise<Stats | undefined> {
    const pending = components(inside).reverse();
    let links = 0;
    let stat: Stats | undefined; // undefined: of a folder that is held, not looked at yet
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (pending.length + this.done.length > maxComponents) return undefined;
      if (stat?.isDirectory() === false) return undefined;
      if (name === '.') continue;
      if (name === '..') {
        const above = this.done.slice(0, -1);
        this.startOver();
        for (const one of above) if (!(await this.down(one))) return undefined;
        stat = undefined;
        continue;
      }
      const next = await this.open(name);
      if (!next) return undefined;
      const found = await next.stat();
      if (!found.isSymbolicLink()) {
        this.enter(name, next);
        stat = found;
        continue;
      }
      this.shut(next);
      if (++links > maxLinks) return undefined;
      const target = await this.target(name);
      if (target === undefined) return undefined;
      if (target.startsWith('/')) {
        this.startOver();
        stat = undefined;
      }
      pending.push(...components(target).reverse());
    }
    return stat ?? this.here.stat();
  }

  async close(): Promise<void> {
    this.startOver();
    this.shut(this.root);
    await Promise.all(this.closing);
  }

  private startOver(): void {
    this.leave();
    this.here = this.root;
    this.done.length = 0;
  }

  private enter(name: string, next: FileHandle): void {
    this.leave();
    this.here = next;
    this.done.push(name);
  }

  private leave(): void {
    if (this.here !== this.root) this.shut(this.here);
  }

  private shut(handle: FileHandle): void {
    const closed = handle.close();
    closed.catch(() => undefined); // close() rejects with it
    this.closing.push(closed);
  }

  /** A folder that was passed before; one that was swapped for a link meanwhile is gone. */
  private async down(name: string): Promise<boolean> {
    const next = await this.open(name, constants.O_DIRECTORY);
    if (next) this.enter(name, next);
    return next !== undefined;
  }

  private async open(name: string, flags = 0): Promise<FileHandle | undefined> {
    this.budget.signal?.throwIfAborted();
    if (this.budget.left-- <= 0) return undefined;
    return open(`${this.held}/${name}`, O_PATH | constants.O_NOFOLLOW | flags).catch(nothing);
  }

  /** Of a link of the folder that is held; one that was replaced meanwhile (EINVAL) is gone. */
  private target(name: string): Promise<string | undefined> {
    return readlink(`${this.held}/${name}`).catch(nothing);
  }
}

/** A trailing slash asks for a directory: it becomes a last component ".". */
function components(text: string): string[] {
  const names = text.split('/').filter((name) => name !== '');
  if (text.endsWith('/') && names.length > 0) names.push('.');
  return names;
}

/** Not there, not for us to see, or a file system that does not answer: the path leads nowhere. */
function leadsNowhere(error: unknown): boolean {
  return /^(ENOENT|ENOTDIR|EACCES|EPERM|ELOOP|ENAMETOOLONG|EINVAL|EIO|ESTALE|ENOTCONN|ESRCH)$/.test(
    codeOf(error) ?? '',
  );
}

function nothing(error: unknown): undefined {
  if (!leadsNowhere(error)) throw error;
  return undefined;
}
