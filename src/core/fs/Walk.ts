/** The way down a path of a rootfs, without leaving it. For openInside.ts, which says why. */
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { type OpenFile, open, readlink } from './files';
import path from 'node:path';
import { codeOf } from './codeOf';
import type { LookBudget } from './lookBudget';
import { O_PATH, pathOf } from './openDirectoryNoFollow';

/** MAXSYMLINKS: path_resolution(7) gives up after 40 links. */
const maxLinks = 40;

/** Components that are still worth looking at; PATH_MAX / 2 names fit into one path. */
const maxComponents = 2048;

/** One way down. It holds the root and the last component. */
export class Walk {
  private here: OpenFile;
  private readonly done: string[] = [];
  /** What was passed; to wait for each would be a third of the walk. */
  private readonly closing: Promise<void>[] = [];

  constructor(
    private readonly root: OpenFile,
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
        for (let at = 0; at < above.length;) {
          const down = await this.open(
            above[at]!,
            () => above.slice(at + 1),
            constants.O_DIRECTORY,
          );
          if (!down) return undefined;
          this.enter(above.slice(at, (at += down.names)), down.handle);
        }
        stat = undefined;
        continue;
      }
      const next = await this.open(name, () => pending.toReversed());
      if (!next) return undefined;
      const found = await next.handle.stat();
      if (!found.isSymbolicLink()) {
        const more = next.names > 1 ? pending.splice(1 - next.names).reverse() : [];
        this.enter([name, ...more], next.handle);
        stat = found;
        continue;
      }
      this.shut(next.handle);
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

  private enter(names: readonly string[], next: OpenFile): void {
    this.leave();
    this.here = next;
    this.done.push(...names.filter((name) => name !== '.'));
  }

  private leave(): void {
    if (this.here !== this.root) this.shut(this.here);
  }

  private shut(handle: OpenFile): void {
    const closed = handle.close();
    closed.catch(() => undefined); // close() rejects with it
    this.closing.push(closed);
  }

  /**
   * One component. Folders above a mount point that are missing are made by a start: then it is all of them, down to
   * the mount.
   * @param following the components behind it
   */
  private async open(
    name: string,
    following: () => readonly string[],
    flags = 0,
  ): Promise<{ readonly handle: OpenFile; readonly names: number } | undefined> {
    this.budget.signal?.throwIfAborted();
    if (this.budget.left-- <= 0) return undefined;
    const { mounted } = this.budget;
    let inside = path.posix.join(this.inside, name);
    let mount = mounted?.(inside);
    let names = 1;
    if (!mount) {
      const handle = await open(
        `${this.held}/${name}`,
        O_PATH | constants.O_NOFOLLOW | flags,
      ).catch(nothing);
      if (handle) return { handle, names };
      for (const next of mounted ? following() : []) {
        if (mount || next === '..') break;
        inside = path.posix.join(inside, next);
        mount = mounted!(inside);
        names++;
      }
      if (!mount) return undefined;
    }
    // As mount(2) finds it, which follows links.
    const { source } = mount;
    const handle =
      source === undefined ? undefined : await open(source, O_PATH | flags).catch(nothing);
    if (!handle) this.budget.isUnknown = true;
    return handle && { handle, names };
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
export function leadsNowhere(error: unknown): boolean {
  return /^(ENOENT|ENOTDIR|EACCES|EPERM|ELOOP|ENAMETOOLONG|EINVAL|EIO|ESTALE|ENOTCONN|ESRCH)$/.test(
    codeOf(error) ?? '',
  );
}

function nothing(error: unknown): undefined {
  if (!leadsNowhere(error)) throw error;
  return undefined;
}
