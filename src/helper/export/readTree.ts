/**
 * The rootfs, or the upper of a layer, as a tar archive, in pieces: by the machine's tar, which sees nothing but that folder, and may not
 * write to it. Called by exportBundle.ts.
 */
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { TarReader, type Verdict } from '../../core/tar/TarReader';
import { endOfArchive } from '../../core/tar/encodeEntry';
import type { TarEntry } from '../../core/tar/tarEntry';
import { type Confinement, endOf, killConfined } from '../image/Confinement';
import { judgeTar } from '../image/judgeTar';

/** What becomes of the entries. */
export interface TreeEntries {
  verdict(entry: TarEntry): Verdict;
  /** Those that the tree does not have, at the end of the archive. */
  left(): Iterable<Buffer>;
}

export interface TreeOptions {
  readonly confinement: Confinement;
  readonly entries: TreeEntries;
  /** Sorted, with one time: seconds since the epoch. */
  readonly mtime: string | undefined;
  /** Not all readers of layers know holes (image-spec, layer.md). */
  readonly sparse: boolean;
  /** Told what was read. @throws what ends it */
  readonly onRead: (bytes: Buffer) => void;
  /** Lines of tar about files that it read nevertheless. */
  readonly warnings: string[];
}

/** pax keeps what an inode has; PIDs and the times of reading and of change are nobody's. */
const words = [
  ...['-C', '/', '--create', '--file=-', '--format=pax', '--numeric-owner'],
  ...['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
  ...['--xattrs', '--xattrs-include=user.*', '--xattrs-include=security.capability'],
  '--xattrs-include=system.posix_acl_*',
  ...['--quoting-style=escape', '--blocking-factor=128', '--one-file-system'],
];

/** To read and to search, whoever's the files are. */
const capabilities = '-all,+dac_override,+dac_read_search';

const remedy =
  'Export it with sudo (“sudo helper.js export” on the command line), or make its files readable.';

/** @param folder real path @throws TerrariumError `folder-unreadable`, those of `onRead` */
export async function* readTree(folder: string, options: TreeOptions): AsyncGenerator<Buffer> {
  const { confinement, entries, mtime, sparse, onRead, warnings } = options;
  const handle = await openDirectoryNoFollow(folder);
  try {
    const child = await confinement.run(
      'tar',
      [
        ...words,
        ...(sparse && mtime === undefined ? ['--sparse'] : []), // its names have a PID
        ...(mtime === undefined ? [] : ['--sort=name', `--mtime=@${mtime}`]),
        '.',
      ],
      { folder: pathOf(handle), isSource: true, capabilities },
    );
    const end = endOf(child);
    child.stdin.end();
    let parts: Buffer[] = [];
    const reader = new TarReader({
      onEntry: (entry) => entries.verdict(entry),
      pass: (bytes) => parts.push(bytes),
    });
    let isWhole = false;
    try {
      for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
        reader.push(bytes);
        onRead(bytes);
        if (parts.length > 0) yield parts.length === 1 ? parts[0]! : Buffer.concat(parts);
        parts = [];
      }
      isWhole = true;
    } finally {
      if (!isWhole) killConfined(child);
    }
    warnings.push(...judgeTar(await end, 'rootfs', remedy));
    reader.end();
    yield* entries.left();
    yield endOfArchive;
  } finally {
    await handle.close();
  }
}
