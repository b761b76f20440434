/** What a failed command of the host printed, as a part of a sentence. Called by reports.ts. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** util-linux adds it to many messages of mount(8), also where the kernel has logged nothing. */
const hint = /^\s*dmesg\(1\) may have more information after failed mount system call\.?\s*$/;

/** @returns one line without a full stop at its end, safe to show; empty where nothing was printed */
export function stderrTail(printed: string): string {
  const lines = printed
    .split('\n')
    .filter((line) => !hint.test(line))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return escapeControlCharacters(lines.join(' ')).replace(/\.+$/, '');
}
