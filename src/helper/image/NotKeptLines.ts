/**
 * The lines of `rootfs.mtree` while an import writes them. A later layer may take a file away or replace it: its line
 * says nothing of what is there then. Used by EntryPolicy.ts.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Removals } from '../../core/image/LayerPlan';
import { nameInLine, notKeptHeader } from '../../core/image/notKept';

/** Lines are gathered up to so many characters. */
const enough = 256 * 1024;

export class NotKeptLines {
  private lines: string[] = [];
  private size = 0;
  private hasFile = false;
  /** In the layers of an image: paths that have a line, and whether it is of what is there now. */
  private readonly holds = new Map<string, boolean>();

  constructor(private readonly file: string) {}

  /** @param inLayer whether more layers may follow */
  add(path: string, line: string, inLayer: boolean): void {
    if (this.lines.length === 0 && !this.hasFile) this.lines.push(notKeptHeader);
    this.lines.push(line);
    this.size += line.length;
    if (inLayer) this.holds.set(path, true);
  }

  /** Something else is there now. */
  replaced(path: string): void {
    if (this.holds.get(path)) this.holds.set(path, false);
  }

  removed({ whole, childrenOf }: Removals): void {
    if (this.holds.size === 0) return;
    const [trees, emptied] = [new Set(whole), new Set(childrenOf)];
    for (const [path, holds] of this.holds)
      if (holds && (trees.has(path) || hasAbove(path, (one) => trees.has(one) || emptied.has(one))))
        this.holds.set(path, false);
  }

  /** Writes what was gathered. @param all also where it is little; the lines that do not hold go then */
  async save(all: boolean): Promise<void> {
    if (this.size > 0 && (all || this.size >= enough)) {
      const text = this.lines.join('');
      this.lines = [];
      this.size = 0;
      this.hasFile = true;
      await appendFile(this.file, text, 'latin1');
    }
    if (all && this.hasFile) await this.removeStale();
  }

  private async removeStale(): Promise<void> {
    const stale = new Set<string>();
    for (const [path, holds] of this.holds) if (!holds) stale.add(nameInLine(path));
    if (stale.size === 0) return;
    let left = 0;
    const kept = async function* (file: string) {
      const input = createReadStream(file, 'latin1');
      for await (const line of createInterface({ input })) {
        const isLine = !line.startsWith('#');
        if (isLine && stale.has(line.split(' ', 1)[0]!)) continue;
        if (isLine) left++;
        yield `${line}\n`;
      }
    };
    const made = `${this.file}.new`;
    const sink = createWriteStream(made, { flags: 'wx', encoding: 'latin1' });
    await pipeline(Readable.from(kept(this.file)), sink);
    if (left > 0) return rename(made, this.file);
    for (const file of [made, this.file]) await rm(file);
    this.hasFile = false;
  }
}

function hasAbove(path: string, isOne: (above: string) => boolean): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    if (isOne(path.slice(0, slash))) return true;
  return path !== '' && isOne('');
}
