/** Tar archives entry by entry, with what no program would write. Shared by the tests of imports. */

export interface EntryOfTest {
  readonly name: string | Buffer;
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly linkName?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly major?: number;
  readonly minor?: number;
  /** In the header, whatever the content is. */
  readonly size?: number;
}

/** The entries, without the mark of the end. */
export function tarEntries(entries: readonly EntryOfTest[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [headerOf(entry), padded(entry.content ?? '')]));
}

export function tarOf(...entries: readonly EntryOfTest[]): Buffer {
  return Buffer.concat([tarEntries(entries), Buffer.alloc(1024)]);
}

/** An extended header of pax for the entry that follows; `type` is g for all that follow. */
export function paxEntry(records: Readonly<Record<string, string>>, type = 'x'): EntryOfTest {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(key) + Buffer.byteLength(value) + 3;
    let length = rest + 1;
    while (length !== rest + String(length).length) length = rest + String(length).length;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'pax', type, content: lines.join('') };
}

function padded(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function headerOf(entry: EntryOfTest): Buffer {
  const { name, type = '0', content = '', linkName = '', mode = 0o644, uid = 0, gid = 0 } = entry;
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  Buffer.from(name).copy(block, 0, 0, 100);
  octal(mode, 100, 7);
  octal(uid, 108, 7);
  octal(gid, 116, 7);
  octal(entry.size ?? Buffer.from(content).length, 124, 11);
  octal(0, 136, 11);
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(linkName, 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(entry.major ?? 0, 329, 7);
  octal(entry.minor ?? 0, 337, 7);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
