/**
 * The table of sights. Rows keep their elements while their process lives, so that the focus stays; one cell
 * takes Tab, arrow keys move it (the pattern "grid" of the ARIA practices).
 */
import { type SightColumn, sightColumns } from '../../core/sight/sightLine';
import type { SightCell, SightTableRow, SightTexts } from '../../ui/views/sight/messages';
import { element, tableHead } from '../element';

interface ShownRow {
  readonly tr: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
  said: string;
}

export class SightTable {
  readonly element = element('table');
  readonly #body = element('tbody');
  readonly #rows = new Map<string, ShownRow>();
  #order: string[] = [];
  /** Where Tab leads to. */
  #at = { key: '', column: 0 };

  /** @param chosen called where somebody asks for the explanation of a cell */
  constructor(
    texts: SightTexts,
    private readonly chosen: (key: string, column: SightColumn) => void,
  ) {
    const caption = element('caption', texts.hint);
    this.element.setAttribute('role', 'grid');
    this.element.append(caption, tableHead(texts.columns), this.#body);
    this.element.addEventListener('keydown', (event) => this.#press(event));
    this.element.addEventListener('click', (event) => this.#choose(event.target));
    this.element.addEventListener('focusin', ({ target }) => {
      const place = this.#placeOf(target);
      if (place) this.#tabStop(place.key, place.column);
    });
  }

  show(rows: readonly SightTableRow[]): void {
    const isFirst = this.#rows.size === 0;
    const before = this.#order.indexOf(this.#at.key);
    const hadFocus = this.#body.contains(document.activeElement);
    this.#order = rows.map(({ key }) => key);
    const present = new Set(this.#order);
    for (const [key, { tr }] of this.#rows)
      if (!present.has(key)) {
        tr.remove();
        this.#rows.delete(key);
      }
    rows.forEach((row, at) => {
      const shown = this.#rows.get(row.key) ?? this.#make(row.key, !isFirst);
      const said = JSON.stringify(row);
      if (shown.said !== said) fill(shown, row);
      shown.said = said;
      if (this.#body.children[at] !== shown.tr)
        this.#body.insertBefore(shown.tr, this.#body.children[at] ?? null);
    });
    if (present.has(this.#at.key)) return;
    // The row with the focus has gone: the one that stands in its place gets it.
    const next = this.#order[Math.min(Math.max(before, 0), this.#order.length - 1)];
    if (next === undefined) return;
    this.#tabStop(next, this.#at.column);
    if (hadFocus) this.focus();
  }

  focus(): void {
    this.#rows.get(this.#at.key)?.cells[this.#at.column]?.focus();
  }

  /** Marks the cell that is explained. */
  mark(key: string, column: number): void {
    for (const { cells } of this.#rows.values())
      for (const cell of cells) cell.removeAttribute('aria-selected');
    this.#rows.get(key)?.cells[column]?.setAttribute('aria-selected', 'true');
  }

  #make(key: string, isNew: boolean): ShownRow {
    const tr = element('tr', '', isNew ? 'new' : '');
    tr.dataset.key = key;
    const cells = sightColumns.map((_, at) => {
      const cell = element(at === 0 ? 'th' : 'td');
      if (at === 0) cell.scope = 'row';
      cell.tabIndex = -1;
      cell.dataset.column = String(at);
      return cell;
    });
    tr.append(...cells);
    const shown = { tr, cells, said: '' };
    this.#rows.set(key, shown);
    return shown;
  }

  #tabStop(key: string, column: number): void {
    const old = this.#rows.get(this.#at.key)?.cells[this.#at.column];
    if (old) old.tabIndex = -1;
    this.#at = { key, column };
    const cell = this.#rows.get(key)?.cells[column];
    if (cell) cell.tabIndex = 0;
  }

  #placeOf(target: EventTarget | null) {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null;
    const key = cell?.closest('tr')?.dataset.key;
    return cell && key !== undefined ? { key, column: Number(cell.dataset.column) } : undefined;
  }

  #choose(target: EventTarget | null): void {
    const place = this.#placeOf(target);
    if (!place) return;
    this.#tabStop(place.key, place.column);
    this.focus();
    this.chosen(place.key, sightColumns[place.column]!);
  }

  #press(event: KeyboardEvent): void {
    const { key, column } = this.#at;
    const [row, lastRow, lastColumn] = [
      this.#order.indexOf(key),
      this.#order.length - 1,
      sightColumns.length - 1,
    ];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#choose(event.target);
      return;
    }
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ...{ ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] },
      ...{ ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1] },
      ...{ Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? lastRow : row, lastColumn] },
      ...{ PageUp: [row - 10, column], PageDown: [row + 10, column] },
    };
    const to = moves[event.key];
    if (!to || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = this.#order[Math.min(lastRow, Math.max(0, to[0]))];
    if (next === undefined) return;
    this.#tabStop(next, Math.min(lastColumn, Math.max(0, to[1])));
    this.focus();
  }
}

function fill({ cells }: ShownRow, { cells: texts, depth, role, more }: SightTableRow): void {
  cells.forEach((cell, at) => {
    const { text, word, tone }: SightCell = texts[at] ?? { text: '', word: '', tone: 'plain' };
    const value = element('span', text, 'value');
    cell.className = tone;
    if (at > 0) {
      cell.replaceChildren(value, ...(word === '' ? [] : [' ', element('span', word, 'word')]));
      return;
    }
    // The look of the tree, without a rule for each depth: the policy allows no style attribute.
    const indent = element('span', '\u2003'.repeat(Math.min(depth, 12)), 'indent');
    indent.setAttribute('aria-hidden', 'true');
    cell.replaceChildren(
      indent,
      value,
      ...(role === '' ? [] : [' ', element('span', role, 'role')]),
      ...(more === '' ? [] : [' ', element('span', more, 'more')]),
    );
  });
}
