/** Some places of a rootfs, which alone are compared. Used by compareBaseline.ts. */
import { foldersAbove } from '../../core/fs/foldersAbove';

export class Places {
  readonly #places: ReadonlySet<string>;
  readonly #above: ReadonlySet<string>;

  /** @param paths as `Entry` has them */
  constructor(paths: readonly string[]) {
    this.#places = new Set(paths);
    this.#above = new Set(['.', ...paths.flatMap(foldersAbove)]);
  }

  /** Whether it is one of them, or lies below one. */
  has(path: string): boolean {
    if (this.#places.has(path) || this.#places.has('.')) return true;
    return foldersAbove(path).some((folder) => this.#places.has(folder));
  }

  /** Whether one lies below it. */
  isOnTheWay(path: string): boolean {
    return this.#above.has(path);
  }
}
