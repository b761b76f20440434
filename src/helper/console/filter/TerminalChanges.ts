/**
 * The terminal modes that a program has changed, and how to reset them: a killed program does not reset them,
 * and the next program on the terminal (the host's shell) would get mouse reports as input.
 * Fed by OutputFilter.ts with every sequence that passed.
 */

/** Final bytes. */
const [SGR, SET, RESET] = [0x6d, 0x68, 0x6c];
const QUESTION_MARK = 0x3f;

/** Private modes that are on by default. */
const onByDefault: ReadonlySet<number> = new Set([7, 8, 25]);
/** Their defaults differ between terminals, or they are no lasting state. */
const leftAlone: ReadonlySet<number> = new Set([12, 1034, 1036, 1039, 1048]);
const alternateScreens: ReadonlySet<number> = new Set([47, 1047, 1049]);
export type Introducer = 'ESC' | 'CSI' | 'OSC' | 'DCS';

/** What a terminal answers by what looks like typed input. */
const questions: Readonly<Record<Introducer, RegExp>> = {
  ESC: /^$/,
  CSI: /^(?:>?0?c|>0?q|\?u|\??\d+n|\??\d+\$p|1[468]t)$/,
  // One sequence may set some colours and ask for others.
  OSC: /^[\d;]*;\?|^(?:4|1[012]);[^]*;\?/,
  DCS: /^/,
};

export function isQuestion(introducer: Introducer, content: string): boolean {
  return questions[introducer].test(content);
}

/** Sequences that change something, and what takes it back. */
const remedies: Readonly<Record<Introducer, readonly (readonly [RegExp, string])[]>> = {
  ESC: [
    [/^=$/, '\x1b>'],
    [/^[()*+\-./].$/, '\x1b(B\x0f'],
    [/^[no|}~]$/, '\x0f'],
  ],
  CSI: [
    [/^[\d;]*r$/, '\x1b7\x1b[r\x1b8'],
    [/^\d? q$/, '\x1b[0 q'],
    [/^>[\d;]*m$/, '\x1b[>4m'],
    [/^1"q$/, '\x1b[0"q'],
  ],
  OSC: [
    [/^4;/, '\x1b]104\x1b\\'],
    [/^10;/, '\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\'],
    [/^11;/, '\x1b]111\x1b\\\x1b]112\x1b\\'],
    [/^12;/, '\x1b]112\x1b\\'],
    [/^8;.*;./, '\x1b]8;;\x1b\\'],
  ],
  DCS: [],
};

export class TerminalChanges {
  /** Was a query sent that the terminal answers? */
  asked = false;
  /** Has the way that text is shown been changed (SGR)? */
  styled = false;
  private readonly modes = new Map<number, boolean>();
  private readonly ansi = new Set<number>();
  private readonly undo = new Set<string>();
  private keyboards = 0;

  /** One that `usualSequence.ts` let through, from `start` to `end`. */
  noteUsual(bytes: Buffer, start: number, end: number): void {
    const final = bytes[end - 1];
    if (final === SGR) this.styled = true;
    else if ((final === SET || final === RESET) && bytes[start + 2] === QUESTION_MARK) {
      let mode = 0;
      for (let i = start + 3; i < end - 1; i++) mode = mode * 10 + bytes[i]! - 0x30;
      this.noteMode(mode, final === SET);
    }
  }

  /** @param content up to the terminator */
  note(introducer: Introducer, content: string): void {
    if (introducer === 'ESC' && content === 'c') return this.forget();
    this.asked ||= isQuestion(introducer, content);
    for (const [changes, back] of remedies[introducer])
      if (changes.test(content)) this.undo.add(back);
    if (introducer !== 'CSI') return;
    this.styled ||= /^[\d;:]*m$/.test(content);
    const [, mark, numbers, final] = /^(\??)([\d;]+)([hl])$/.exec(content) ?? [];
    for (const number of numbers?.split(';').map(Number) ?? []) {
      if (mark !== '?') this.ansi[final === 'h' ? 'add' : 'delete'](number);
      else this.noteMode(number, final === 'h');
    }
    if (/^[>=]\d*(?:;\d)?u$/.test(content)) this.keyboards++;
  }

  private noteMode(mode: number, on: boolean): void {
    if (!leftAlone.has(mode)) this.modes.set(mode, on);
  }

  /** The sequences that reset the terminal; empty where nothing has changed. */
  get remedy(): string {
    const changed = [...this.modes].filter(([mode, on]) => on !== onByDefault.has(mode));
    const alternate = changed.find(([mode]) => alternateScreens.has(mode))?.[0];
    return [
      ...changed
        .filter(([mode]) => mode !== alternate)
        .map(([mode, on]) => `\x1b[?${mode}${on ? 'l' : 'h'}`),
      ...[...this.ansi].map((mode) => `\x1b[${mode}l`),
      // Its stack holds few: what is too many does nothing.
      this.keyboards > 0 ? `\x1b[=0u\x1b[<${Math.min(this.keyboards, 9)}u` : '',
      // Before what moves the saved cursor.
      alternate === undefined ? '' : `\x1b[?${alternate}l`,
      this.styled ? '\x1b[0m' : '',
      ...this.undo,
    ].join('');
  }

  /** The terminal is as new: it was reset, or the remedy has been written to it. */
  forget(): void {
    this.modes.clear();
    this.ansi.clear();
    this.undo.clear();
    this.keyboards = 0;
    this.styled = false;
  }
}
