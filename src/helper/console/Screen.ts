/**
 * A terminal without a window: what a console shows, with its scrollback. Runs in `screenThread.ts`, so that
 * neither reading what a container prints nor writing the screen down keeps the helper from anything else.
 */
import { StringDecoder } from 'node:string_decoder';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';
import type { TerminalSize } from './pty/Pty';
import { designator } from './screen/charsets';
import { writeScreen } from './screen/writeScreen';
import { type Core, coreOf } from './screen/xtermCore';

/** Lines kept above the visible ones, and cells at most: a very wide terminal keeps fewer lines. */
const maxScrollback = 5000;
const maxCells = 1024 * 1024;

export class Screen {
  private readonly terminal: Terminal;
  private readonly core: Core;
  private readonly decoder = new StringDecoder('utf8');
  private readonly colours = new Map<number, readonly [number, number, number]>();
  private blink: boolean | undefined;

  constructor(private size: TerminalSize) {
    this.terminal = createTerminal(size);
    this.core = coreOf(this.terminal);
    // Its answers to questions (onData) go nowhere: the attached terminal answers, once.
    this.core._inputHandler.onColor((events) => {
      for (const { type, index, color } of events) {
        if (type === 1 && index !== undefined && color) this.colours.set(index, color);
        else if (type === 2 && index !== undefined) this.colours.delete(index);
        else if (type === 2)
          for (const one of this.colours.keys()) if (one < 256) this.colours.delete(one);
      }
    });
    for (const final of ['h', 'l'])
      this.terminal.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        if (modes.includes(12)) this.blink = final === 'h';
        return false;
      });
  }

  write(chunk: Uint8Array): void {
    this.core._inputHandler.parse(this.decoder.write(Buffer.from(chunk)));
  }

  /** @param done gets, before this returns, the bytes that bring an empty terminal to this state */
  snapshot(done: (screen: Buffer) => void): void {
    const { cols, rows } = this.size;
    const text = writeScreen(this.core, cols, rows, {
      ...{ colours: this.colours, blink: this.blink, designator },
      newLine: this.terminal.options.convertEol ?? false,
    });
    done(Buffer.from(text));
  }

  resize(size: TerminalSize): void {
    this.size = size;
    this.terminal.options.scrollback = scrollbackOf(size);
    this.terminal.resize(size.cols, size.rows);
  }

  dispose(): void {
    this.terminal.dispose();
  }
}

/** With the widths of characters that VS Code's terminal has by default. */
export function createTerminal(size: TerminalSize): Terminal {
  const terminal = new Terminal({
    ...{ cols: size.cols, rows: size.rows, scrollback: scrollbackOf(size) },
    ...{ allowProposedApi: true, logLevel: 'off' },
  });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  eraseAboveAtTheEnd(terminal);
  return terminal;
}

/**
 * ED 1 with the cursor in the last column of the last row throws in xterm 6.0.0 (it looks at the row below),
 * and a terminal that threw parses nothing any more.
 */
function eraseAboveAtTheEnd(terminal: Terminal): void {
  const { _inputHandler: handler, buffers } = coreOf(terminal);
  for (const prefix of ['', '?'])
    terminal.parser.registerCsiHandler({ ...(prefix ? { prefix } : {}), final: 'J' }, ([part]) => {
      const { x, y, lines } = buffers.active;
      if (part !== 1 || x + 1 < terminal.cols || y + 1 < lines.length) return false;
      handler.eraseInLine({ params: [1] }, prefix === '?');
      for (let row = y - 1; row >= 0; row--) handler._resetBufferLine(row, prefix === '?');
      return true;
    });
}

function scrollbackOf({ cols }: TerminalSize): number {
  return Math.min(maxScrollback, Math.floor(maxCells / cols));
}
