/** The words of `helper.js import` for what is asked for. Pure; used by the extension and by a helper as root. */
import type { ImportWish } from '../../protocol/imports';

export function importWords(
  { source, bundle, maxSize, variant, include, layer }: ImportWish,
  ...further: string[]
): string[] {
  return [
    ...['import', '--progress', '--watched', ...further],
    ...(maxSize === undefined ? [] : ['--max-size', String(maxSize)]),
    ...(variant === undefined ? [] : ['--variant', variant]),
    ...(include ? ['--include', include] : []),
    ...(layer ? ['--layer'] : []),
    ...[source, bundle],
  ];
}
