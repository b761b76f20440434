/** Copies a folder, or a container with its scratch layer, into the rootfs, by the machine's tar at both ends. Called by importBundle.ts. */
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import { TarReader } from '../../core/tar/TarReader';
import { endOf, killConfined } from './Confinement';
import type { ApplyOptions } from './applyLayer';
import { cloneLarge } from './cloneLarge';
import { judgeTar } from './judgeTar';
import type { Source } from './openSource';

/** pax keeps what an inode has; the times of reading and of change are nobody's. */
const words = [
  ...['-C', '/', '--create', '--file=-', '--format=pax', '--sparse', '--numeric-owner'],
  ...['--pax-option=delete=atime,delete=ctime', '--xattrs', '--xattrs-include=*'],
  ...['--quoting-style=escape', '--blocking-factor=128'],
];

/** To read and to search, whoever's the files are. */
const capabilities = '-all,+dac_override,+dac_read_search';

/**
 * In a user namespace all owners that it has no id for are one: this one (overflowuid, user_namespaces(7)).
 * Such files become root's.
 */
const overflowId = 65534;

const remedies = {
  own: 'Import it with sudo, or make its files readable.',
  person:
    'You may not read it yourself: make its files readable, or import it on the command line with sudo before it.',
} as const;

/** @throws TerrariumError `folder-unreadable`, those of `makeBundle` */
export async function applyFolder(
  source: Extract<Source, { kind: 'folder' }>,
  options: ApplyOptions,
): Promise<void> {
  const { folder, upper } = source;
  const { user } = source.reader;
  const { confinement, meter, policy, unpacker } = options;
  const cloned = await cloneLarge(source, options);
  const child = await confinement.run(
    'tar',
    // An overlay over two file systems has the numbers of both.
    [
      ...words,
      ...(upper ? [] : ['--one-file-system']),
      ...['--anchored', '--no-wildcards', '--exclude-from=-', '.'],
    ],
    {
      ...{ folder: pathOf(folder), isSource: true, upper },
      ...(user ? { user } : { capabilities }),
    },
  );
  const end = endOf(child);
  child.stdin.end(
    Buffer.concat(cloned.map((name) => Buffer.from(`./${name.toString('latin1')}\n`, 'latin1'))),
  );
  const entries = new TarReader({
    onEntry: (entry) => {
      const isForeign =
        confinement.ids !== 'all' && (entry.uid === overflowId || entry.gid === overflowId);
      if (!isForeign) return policy.verdict(entry, false);
      const verdict = policy.verdict({ ...entry, uid: 0, gid: 0 }, false);
      return verdict === 'keep'
        ? { uid: 0, gid: 0 }
        : verdict === 'drop'
          ? verdict
          : { ...verdict, uid: 0, gid: 0 };
    },
    pass: (bytes) => unpacker.add(bytes),
  });
  let isWhole = false;
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      meter.read(bytes);
      entries.push(bytes);
      meter.unpacked(bytes.length, policy.entries);
      await unpacker.flush();
      await policy.save();
    }
    isWhole = true;
  } finally {
    if (!isWhole) killConfined(child);
  }
  unpacker.warnings.push(...judgeTar(await end, 'folder', user ? remedies.person : remedies.own));
  entries.end();
}
