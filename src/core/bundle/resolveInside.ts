/**
 * Resolves a path of a container on the host, the way the container's kernel would: `/` and every
 * absolute symbolic link start at the rootfs, and `..` does not leave it. For looking only. Somebody
 * may swap a directory for a link between this and the use of its answer (CVE-2021-30465), so
 * nothing that writes or mounts may rely on it.
 */
import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';

/** MAXSYMLINKS: path_resolution(7) gives up after 40 links. */
const maxLinks = 40;

/** Components that are still worth looking at; PATH_MAX / 2 names fit into one path. */
const maxComponents = 2048;

/**
 * @param rootfs host path that is itself already resolved, or `/proc/PID/root`, which is more than a link
 * @param inside path in the container; a relative one starts at its root
 * @returns the host path of what it leads to, never a symbolic link; undefined where it leads to
 *   nothing (ENOENT, ENOTDIR, ELOOP, EACCES)
 */
export async function resolveInside(rootfs: string, inside: string): Promise<string | undefined> {
  if (inside.includes('\0')) return undefined;
  const pending = components(inside).reverse();
  const done: string[] = [];
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (pending.length + done.length > maxComponents) return undefined;
    const here = path.join(rootfs, ...done);
    if (done.length > 0 && !(await isDirectory(here))) return undefined;
    if (name === '.') continue;
    if (name === '..') {
      done.pop();
      continue;
    }
    const target = await linkTarget(path.join(here, name));
    if (target === undefined) return undefined;
    if (target === false) {
      done.push(name);
      continue;
    }
    if (++links > maxLinks) return undefined;
    if (target.startsWith('/')) done.length = 0;
    pending.push(...components(target).reverse());
  }
  return path.join(rootfs, ...done);
}

/** A trailing slash asks for a directory: it becomes a last component ".". */
function components(text: string): string[] {
  const names = text.split('/').filter((name) => name !== '');
  if (text.endsWith('/') && names.length > 0) names.push('.');
  return names;
}

async function isDirectory(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isDirectory();
  } catch {
    return false; // Not there, or not for us to see: both mean that the path leads nowhere.
  }
}

/** Where a link points to, false for anything else, undefined where there is nothing. */
async function linkTarget(file: string): Promise<string | false | undefined> {
  try {
    return (await lstat(file)).isSymbolicLink() ? await readlink(file) : false;
  } catch {
    return undefined; // As above; a link that was replaced meanwhile counts as gone.
  }
}
