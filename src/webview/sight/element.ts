/** Makes an element with a text. */
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
