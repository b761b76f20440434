/**
 * Where a loader of a rootfs looks for libraries: that of glibc (ld.so(8)) and that of musl (its manual, and
 * ldso/dynlink.c). Reads the files in the rootfs that say so.
 */
import path from 'node:path';
import { entriesOf } from '../fs/files';
import { readInside, withInside } from '../fs/openInside';
import { parseLibraryCache } from './libraryCache';

export interface Loader {
  readonly kind: 'glibc' | 'musl';
  /** Of glibc: name → paths. */
  readonly cached: ReadonlyMap<string, readonly string[]>;
  /** Searched last, in this order. */
  readonly folders: readonly string[];
  /** Of /etc/ld.so.conf: glibc's ldconfig looks there, the loader itself does not. */
  readonly configured: readonly string[];
}

/** A cache of a whole desktop has some 200 KB. */
const maxCache = 16 * 1024 * 1024;
const maxList = 256 * 1024;
const maxIncluded = 100;
/** Folders that one file of a loader names. */
const maxFolders = 1000;
/** musl's own, where it has no path file. */
const muslFolders = ['/lib', '/usr/local/lib', '/usr/lib'];

/** @param interpreter the loader that a program names, a path inside */
export async function readLoader(rootfs: string, interpreter: string): Promise<Loader> {
  const musl = /^ld-musl-(.+)\.so\.1$/.exec(path.posix.basename(interpreter));
  if (musl) {
    const list = await readInside(rootfs, `/etc/ld-musl-${musl[1]}.path`, maxList);
    const folders = list?.toString('utf8').split(/[:\n]/).filter(Boolean) ?? muslFolders;
    return {
      kind: 'musl',
      cached: new Map(),
      folders: folders.slice(0, maxFolders),
      configured: [],
    };
  }
  const cache = await readInside(rootfs, '/etc/ld.so.cache', maxCache);
  return {
    kind: 'glibc',
    cached: (cache && parseLibraryCache(cache)) ?? new Map<string, string[]>(),
    folders: glibcFolders(interpreter),
    configured: await configuredFolders(rootfs),
  };
}

/**
 * A loader has its folders built in, and each distribution its own: /lib64 and /usr/lib64, or with the name of the
 * machine behind /lib. One of either kind is taken for its own.
 */
function glibcFolders(interpreter: string): string[] {
  const triplets: Readonly<Record<string, string>> = {
    'ld-linux-x86-64.so.2': 'x86_64-linux-gnu',
    'ld-linux.so.2': 'i386-linux-gnu',
    'ld-linux-aarch64.so.1': 'aarch64-linux-gnu',
    'ld-linux-armhf.so.3': 'arm-linux-gnueabihf',
    'ld-linux-riscv64-lp64d.so.1': 'riscv64-linux-gnu',
    'ld64.so.1': 's390x-linux-gnu',
    'ld64.so.2': 'powerpc64le-linux-gnu',
    'ld-linux-loongarch-lp64d.so.1': 'loongarch64-linux-gnu',
  };
  const triplet = triplets[path.posix.basename(interpreter)];
  const own = path.posix.dirname(interpreter);
  return [
    ...(triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`]),
    ...[own, `/usr${own}`, '/lib64', '/usr/lib64', '/lib', '/usr/lib'],
  ].filter((folder, at, all) => all.indexOf(folder) === at);
}

/** The folders that /etc/ld.so.conf names, and the files that it includes (ldconfig(8)). */
async function configuredFolders(rootfs: string): Promise<string[]> {
  const folders: string[] = [];
  // A set: files may include each other.
  const files = new Set(['/etc/ld.so.conf']);
  for (const file of files) {
    const text = (await readInside(rootfs, file, maxList))?.toString('utf8') ?? '';
    for (const line of text.split('\n').map((one) => one.replace(/#.*/, '').trim())) {
      const included = /^include\s+(\S+)$/.exec(line)?.[1];
      if (folders.length >= maxFolders) return folders;
      if (line.startsWith('/')) folders.push(line);
      else if (included !== undefined && files.size < maxIncluded)
        for (const one of await matching(rootfs, path.posix.resolve('/etc', included)))
          files.add(one);
    }
  }
  return folders;
}

/** @param pattern with `*` in its last name, as distributions write it; what has one elsewhere is not looked for */
async function matching(rootfs: string, pattern: string): Promise<string[]> {
  const { dir, base } = path.posix.parse(pattern);
  const [before = '', after, ...more] = base.split('*');
  if (after === undefined) return [pattern];
  if (more.length > 0) return [];
  const names = await withInside(rootfs, dir, async ({ stat, held }) => {
    const found: string[] = [];
    if (stat.isDirectory())
      for await (const { name } of entriesOf(held)) {
        if (name.startsWith(before) && name.endsWith(after)) found.push(name);
        if (found.length >= maxIncluded) break;
      }
    return found.sort();
  });
  return (names ?? []).map((name) => `${dir}/${name}`);
}
