/** Escapes foreign names for pickers, terminals and tasks, where VS Code draws `$(name)` as an icon. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** `text` with control characters escaped and without icons: a zero-width space separates `$` from `(`. */
export function withoutIcons(text: string): string {
  return escapeControlCharacters(text).replace(/\$\(/g, '$\u200b(');
}
