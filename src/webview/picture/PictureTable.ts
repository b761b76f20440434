/** The picture as a table, for those who read better than they see. Made by main.ts. */
import { type Target, isSameTarget } from '../../core/picture/Picture';
import type { TableRow } from '../../core/picture/tableRows';
import { button, element, tableHead } from '../element';

export class PictureTable {
  readonly element = element('table');
  readonly #body = element('tbody');
  readonly #rows = new Map<string, { readonly row: HTMLTableRowElement; text: string }>();

  constructor(
    caption: string,
    columns: readonly string[],
    private readonly choose: (target: Target) => void,
  ) {
    this.element.createCaption().textContent = caption;
    this.element.append(tableHead(columns), this.#body);
  }

  /** Rows that are as before keep their elements, and the focus. */
  draw(rows: readonly TableRow[], selected: Target | undefined): void {
    const gone = new Set(this.#rows.keys());
    let place = this.#body.firstChild;
    for (const one of rows) {
      gone.delete(one.key);
      const row = this.#update(one, one.target !== undefined && isSameTarget(one.target, selected));
      if (row === place) place = place.nextSibling;
      else this.#body.insertBefore(row, place);
    }
    for (const key of gone) {
      this.#rows.get(key)?.row.remove();
      this.#rows.delete(key);
    }
  }

  #update({ key, cells, target }: TableRow, isSelected: boolean): HTMLTableRowElement {
    let known = this.#rows.get(key);
    if (!known) this.#rows.set(key, (known = { row: element('tr'), text: '' }));
    const { row } = known;
    row.className = isSelected ? 'selected' : '';
    const text = JSON.stringify([cells, target]);
    if (known.text === text) return row;
    known.text = text;
    const [what, ...others] = cells;
    const first = element('th');
    first.scope = 'row';
    first.append(target ? button(what, () => this.choose(target)) : what);
    row.replaceChildren(first, ...others.map((other) => element('td', other)));
    return row;
  }
}
