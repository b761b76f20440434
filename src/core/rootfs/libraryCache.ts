/**
 * Reads /etc/ld.so.cache of a rootfs: which file the glibc loader takes for a name (ldconfig(8); the format is
 * that of glibc's sysdeps/generic/dl-cache.h). Pure.
 */

const magic = 'glibc-ld.so.cache1.1';
/** struct cache_file_new, up to its entries. */
const headerBytes = 48;
/** struct file_entry_new: flags, key, value, osversion, hwcap. */
const entryBytes = 24;
/** PATH_MAX */
const maxText = 4096;
/** Names are the ends of paths: ldconfig writes each text once, and entries share them. Text of all, over the file's size. */
const mostShared = 8;

/**
 * @param bytes the file; one of old glibc begins with another table, and the new one follows
 * @returns name → paths in their order, as the rootfs has them; undefined where it is no such cache, or one whose
 *   entries have the same long text again and again
 */
export function parseLibraryCache(
  bytes: Buffer,
): ReadonlyMap<string, readonly string[]> | undefined {
  const start = bytes.indexOf(magic, 0, 'latin1');
  if (start < 0 || bytes.length < start + headerBytes) return undefined;
  // In the byte order of the machine that the rootfs is for: a count that fits says which.
  const fits = (count: number) => start + headerBytes + count * entryBytes <= bytes.length;
  const little = bytes.readUInt32LE(start + magic.length);
  const big = bytes.readUInt32BE(start + magic.length);
  const isLittle = fits(little);
  const count = isLittle ? little : big;
  if (!fits(count)) return undefined;
  let length = 0;
  const textAt = (at: number) => {
    const offset = start + (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
    const text = bytes.subarray(offset, offset + maxText);
    const end = text.indexOf(0);
    length += end;
    return end < 0 ? '' : text.toString('utf8', 0, end);
  };
  const found = new Map<string, string[]>();
  for (let one = 0; one < count; one++) {
    const at = start + headerBytes + one * entryBytes;
    const [name, file] = [textAt(at + 4), textAt(at + 8)];
    if (length > mostShared * bytes.length) return undefined;
    if (name === '' || !file.startsWith('/')) continue;
    const files = found.get(name);
    if (files) files.push(file);
    else found.set(name, [file]);
  }
  return found;
}
