/** File capabilities of an archive (capabilities(7)). Pure; used by imports and exports. */

/**
 * A file capability of revision 3 has the uid of the user namespace that it was set in (capabilities(7)),
 * which is another machine's. Revision 2 means the user namespace that it is set in.
 */
export function withoutRootId(value: Buffer): Buffer {
  if (value.length !== 24 || value.readUInt32LE(0) >>> 24 !== 3) return value;
  const changed = Buffer.from(value.subarray(0, 20));
  changed.writeUInt32LE(((value.readUInt32LE(0) & 0x00ffffff) | 0x02000000) >>> 0, 0);
  return changed;
}
