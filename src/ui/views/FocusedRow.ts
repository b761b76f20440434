/**
 * Finds the row with the focus when a keybinding runs a command. Arrow keys move the focus and not the
 * selection, and an extension sees only the selection (`treeViewActiveItem` is a proposed API). So the
 * keybindings of package.json run `list.toggleSelection` twice before the command: the row with the focus
 * is toggled and toggled back before the next key. The two selections differ by this row. Made by the
 * views.
 */

/** Longest time between the selections of one keybinding, in milliseconds. Later ones are the user's. */
const apart = 500;

export class FocusedRow<Row> {
  #between: readonly Row[] = [];
  #after: readonly Row[] = [];
  #betweenAt = -Infinity;
  #afterAt = -Infinity;

  /** @param now clock, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes each selection that VS Code reports, in order. */
  selected(rows: readonly Row[]): void {
    this.#between = this.#after;
    this.#betweenAt = this.#afterAt;
    this.#after = rows;
    this.#afterAt = this.now();
  }

  /** Called by the command. @returns undefined where no row has the focus, or VS Code did not know it */
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
