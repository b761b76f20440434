/** The picture as a table, for those who read better than they see. Made by main.ts. */
import { type Meant, isSameMeant } from '../../core/picture/Picture';
import { type TableRow } from '../../core/picture/tableRows';

export class PictureTable {
  readonly element = document.createElement('table');
  readonly #body = document.createElement('tbody');
  readonly #rows = new Map<string, { readonly row: HTMLTableRowElement; text: string }>();

  constructor(
    caption: string,
    columns: readonly string[],
    private readonly choose: (meant: Meant) => void,
  ) {
    this.element.createCaption().textContent = caption;
    const head = this.element.createTHead().insertRow();
    for (const column of columns) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = column;
      head.append(cell);
    }
    this.element.append(this.#body);
  }

  /** Rows that are as before keep their elements, and the focus. */
  draw(rows: readonly TableRow[], meant: Meant | undefined): void {
    const gone = new Set(this.#rows.keys());
    let place = this.#body.firstChild;
    for (const one of rows) {
      gone.delete(one.key);
      const row = this.#update(one, one.meant !== undefined && isSameMeant(one.meant, meant));
      if (row === place) place = place.nextSibling;
      else this.#body.insertBefore(row, place);
    }
    for (const key of gone) {
      this.#rows.get(key)?.row.remove();
      this.#rows.delete(key);
    }
  }

  #update({ key, cells, meant }: TableRow, isMeant: boolean): HTMLTableRowElement {
    let known = this.#rows.get(key);
    if (!known) this.#rows.set(key, (known = { row: document.createElement('tr'), text: '' }));
    const { row } = known;
    row.className = isMeant ? 'meant' : '';
    const text = JSON.stringify([cells, meant]);
    if (known.text === text) return row;
    known.text = text;
    const [what, ...others] = cells;
    const first = document.createElement('th');
    first.scope = 'row';
    if (meant) {
      const button = document.createElement('button');
      button.textContent = what;
      button.addEventListener('click', () => this.choose(meant));
      first.append(button);
    } else first.textContent = what;
    const rest = others.map((other) => {
      const cell = document.createElement('td');
      cell.textContent = other;
      return cell;
    });
    row.replaceChildren(first, ...rest);
    return row;
  }
}
