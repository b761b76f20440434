/** Elements with a text. Used by the pages. */
export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  text = '',
  className = '',
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

export function button(text: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', text);
  made.addEventListener('click', pressed);
  return made;
}

/** The head of a table: one row with the names of its columns. */
export function tableHead(columns: readonly string[]): HTMLTableSectionElement {
  const [head, row] = [element('thead'), element('tr')];
  row.append(
    ...columns.map((column) => {
      const cell = element('th', column);
      cell.scope = 'col';
      return cell;
    }),
  );
  head.append(row);
  return head;
}
