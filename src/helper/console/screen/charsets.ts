/** The final bytes that designate a terminal's character sets, found by what it holds then. Used by `Screen.ts`. */
import { Terminal } from '@xterm/headless';
import { type CoreCharset, coreOf } from './xtermCore';

/** All that xterm knows (its Charsets.ts); two names of one set: the first counts. */
const names = '0A45RQKYEZH=';
const us = 'B';

let found: Map<CoreCharset, string> | undefined;

export function designator(charset: CoreCharset): string {
  if (!charset) return us;
  found ??= learn();
  return found.get(charset) ?? us;
}

function learn(): Map<CoreCharset, string> {
  const terminal = new Terminal({ cols: 2, rows: 1, allowProposedApi: true, logLevel: 'off' });
  const { _inputHandler: handler, _charsetService: service } = coreOf(terminal);
  const map = new Map<CoreCharset, string>();
  for (const name of names) {
    handler.parse(`\x1b(${name}`);
    const charset = service._charsets[0];
    if (charset && !map.has(charset)) map.set(charset, name);
  }
  terminal.dispose();
  return map;
}
