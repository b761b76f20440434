/** Copies a folder into the rootfs, by the machine's tar at both ends. Called by importBundle.ts. */
import { TerrariumError } from '../../core/errors';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { TarReader } from '../../core/tar/TarReader';
import { stderrTail } from '../host/stderrTail';
import { endOf, killConfined } from './Confinement';
import type { ApplyOptions } from './applyLayer';

/** pax keeps what an inode has; the times of reading and of change are nobody's. */
const words = [
  ...['-C', '/', '--create', '--file=-', '--format=pax', '--sparse', '--numeric-owner'],
  ...['--pax-option=delete=atime,delete=ctime', '--xattrs', '--xattrs-include=*'],
  ...['--quoting-style=escape', '--blocking-factor=128', '--one-file-system', '.'],
];

/** To read and to search, whoever's the files are. */
const capabilities = '-all,+dac_override,+dac_read_search';

/**
 * In a user namespace all owners that it has no id for are one: this one (overflowuid, user_namespaces(7)).
 * Such files become root's.
 */
const overflowId = 65534;

/** @param folder real path @throws TerrariumError `folder-unreadable`, those of `makeBundle` */
export async function applyFolder(folder: string, options: ApplyOptions): Promise<void> {
  const { confinement, meter, policy, unpacker } = options;
  const handle = await openDirectoryNoFollow(folder);
  try {
    const child = await confinement.run('tar', words, { folder: pathOf(handle), capabilities });
    const end = endOf(child);
    child.stdin.end();
    const reader = new TarReader({
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
        reader.push(bytes);
        meter.unpacked(bytes.length, policy.entries);
        await unpacker.flush();
        await policy.save();
      }
      isWhole = true;
    } finally {
      if (!isWhole) killConfined(child);
    }
    const { ok, said } = await end;
    if (!ok)
      throw new TerrariumError(
        'folder-unreadable',
        `Not all of the folder can be copied: ${stderrTail(said).slice(0, 400)}.`,
        'Import it with sudo, or make its files readable.',
      );
    reader.end();
  } finally {
    await handle.close();
  }
}
