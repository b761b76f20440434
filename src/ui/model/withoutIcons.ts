/** Escapes foreign names for pickers, terminals and tasks, where VS Code draws `$(name)` as an icon. */
import { visible } from '../../core/text/visible';

/** `text` with control characters escaped and without icons: a zero-width space separates `$` from `(`. */
export function withoutIcons(text: string): string {
  return visible(text).replace(/\$\(/g, '$\u200b(');
}
