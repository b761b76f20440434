/** Names that others chose, as text of a picker, where VS Code draws `$(name)` as an icon. */
import { visible } from '../../core/text/visible';

/** `text` with everything invisible escaped, and no icon in it: a zero-width space parts `$` from `(`. */
export function withoutIcons(text: string): string {
  return visible(text).replace(/\$\(/g, '$\u200b(');
}
