/** The file capabilities of the programs of a rootfs, read some at a time. Used by checkRootfs.ts. */
import type { RootfsMark } from '../../protocol/rootfsCheck';
import type { OpenFile } from '../fs/files';
import { capabilityText } from './fileCapabilities';

/** @returns the attribute security.capability of each path, empty for none; paths are relative to the rootfs */
export type ReadCapabilities = (
  rootfs: Pick<OpenFile, 'fd'>,
  paths: readonly Buffer[],
) => readonly Buffer[];

/** For one process that reads. */
const mostAtOnce = 4000;

const slash = Buffer.from('/');

export class ProgramCapabilities {
  private met: { readonly inside: string; readonly file: Buffer }[] = [];

  constructor(
    private readonly readThese: (paths: readonly Buffer[]) => readonly Buffer[],
    private readonly mark: (mark: RootfsMark) => void,
  ) {}

  /** @param names of the folders and of the file: they need not be UTF-8 */
  meet(inside: string, names: readonly Buffer[]): void {
    const file = Buffer.concat(names.flatMap((name, at) => (at === 0 ? [name] : [slash, name])));
    this.met.push({ inside, file });
    if (this.met.length >= mostAtOnce) this.read();
  }

  /** What was met and not read yet. */
  read(): void {
    const met = this.met;
    this.met = [];
    if (met.length === 0) return;
    const values = this.readThese(met.map(({ file }) => file));
    for (const [at, { inside }] of met.entries()) {
      const value = values[at];
      const text = value && capabilityText(value);
      if (text !== undefined) this.mark({ kind: 'capabilities', path: inside, text });
    }
  }
}
