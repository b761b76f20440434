/**
 * Which row of a view a key was pressed on. Arrows move the focus and leave the selection behind, and VS
 * Code tells an extension only what is selected (`treeViewActiveItem` is a proposal). So the keybindings
 * of package.json run `list.toggleSelection` twice before the command: the row with the focus changes
 * and changes back, in the window and before the next key can move it. What differs is that row.
 */

/** The three messages of one key follow each other; what is further apart was done by hand, in ms. */
const apart = 500;

export class FocusedRow<Row> {
  #between: readonly Row[] = [];
  #after: readonly Row[] = [];
  #betweenAt = -Infinity;
  #afterAt = -Infinity;

  /** @param now in ms */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Every selection that VS Code tells of, in their order. */
  selected(rows: readonly Row[]): void {
    this.#between = this.#after;
    this.#betweenAt = this.#afterAt;
    this.#after = rows;
    this.#afterAt = this.now();
  }

  /** For the command of a key. @returns undefined where no row, or none that VS Code knew just then, has the focus */
  take(): Row | undefined {
    const isOfOneKey = this.now() - this.#betweenAt < apart;
    this.#betweenAt = this.#afterAt = -Infinity;
    if (!isOfOneKey) return undefined;
    const [row, ...others] = [
      ...this.#between.filter((one) => !this.#after.includes(one)),
      ...this.#after.filter((one) => !this.#between.includes(one)),
    ];
    return others.length === 0 ? row : undefined;
  }
}
