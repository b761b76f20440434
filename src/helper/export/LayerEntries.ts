/**
 * What becomes of each entry that tar reads from the upper of a scratch layer, so that the archive is a layer of an
 * image (image-spec, layer.md): whiteouts and opaque folders as the specification has them, and no marks of overlayfs.
 * Called by readTree.ts, in the place of GiveBack.
 */
import { layerNameOf, pathOfEntry } from '../../core/image/entryName';
import type { Verdict } from '../../core/tar/TarReader';
import { encodeEntry } from '../../core/tar/encodeEntry';
import type { TarEntry } from '../../core/tar/tarEntry';
import type { GiveBack } from './GiveBack';

const mark = 'user.overlay.';

export class LayerEntries {
  /** Paths, one character for each byte. */
  private readonly removed = new Set<string>();
  /** All names of devices 0:0, of those that are dropped too: the next ones are links to them. */
  private readonly whiteouts = new Set<string>();
  private readonly opaque: string[] = [];

  /** @param giveBack without devices: a layer has those that lie in it alone */
  constructor(
    private readonly giveBack: GiveBack,
    private readonly mtime: string | undefined,
  ) {}

  verdict(entry: TarEntry): Verdict {
    const path = pathOfEntry(entry.name);
    // Names that mean something in a layer go first: no layer can say that one of them is gone.
    const isNamed = layerNameOf(path).kind === 'entry';
    if (this.isWhiteout(entry)) {
      this.whiteouts.add(path);
      if (isNamed) {
        this.removed.add(path);
        return 'drop';
      }
    }
    const verdict = this.giveBack.verdict(entry);
    if (verdict === 'drop') return verdict;
    if (entry.type === 'dir' && entry.xattrs.get(`${mark}opaque`)?.toString('latin1') === 'y')
      this.opaque.push(path);
    const change = verdict === 'keep' ? {} : verdict;
    const xattrs = change.xattrs ?? entry.xattrs;
    const marks = [...xattrs.keys()].filter((name) => name.startsWith(mark));
    if (marks.length === 0) return verdict;
    return { ...change, xattrs: new Map([...xattrs].filter(([name]) => !marks.includes(name))) };
  }

  /** overlayfs makes all of a mount as hard links of one device 0:0, so most of them are links here. */
  private isWhiteout({ type, major, minor, linkName }: TarEntry): boolean {
    if (type === 'link') return this.whiteouts.has(pathOfEntry(linkName));
    return type === 'char' && major === 0 && minor === 0;
  }

  /** They hide what the layers below have, wherever they stand in the archive. */
  *left(): Generator<Buffer> {
    const names = [
      ...this.opaque.map((path) => inFolder(path, '.wh..wh..opq')),
      ...[...this.removed].map((path) => {
        const slash = path.lastIndexOf('/');
        return inFolder(path.slice(0, Math.max(slash, 0)), `.wh.${path.slice(slash + 1)}`);
      }),
    ];
    for (const name of names.sort()) {
      this.giveBack.entries++;
      yield encodeEntry({
        ...{ name: Buffer.from(`./${name}`, 'latin1'), type: 'file', mode: 0o600 },
        ...(this.mtime === undefined ? {} : { mtime: this.mtime }),
      });
    }
  }
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
