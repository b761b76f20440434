/** Makes an element with a text. Used by the pages. */
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
