/**
 * What a container prints, on its way to a terminal that a person looks at: text passes as it is, control
 * sequences only where they are known and act on that terminal's own screen. Used by Console.ts, before
 * the remembered screen and before every viewer, and by `run` on a terminal.
 *
 * A streaming parser over bytes (ECMA-48, in the way of https://vt100.net/emu/dec_ansi_parser). What it
 * returns never ends inside a sequence or inside a character of UTF-8, so lines of ours may follow.
 */
import type { TerminalSize } from '../pty/Pty';
import { allowControlSequence } from './controlSequence';
import { allowDeviceControl, allowSystemCommand } from './controlString';
import { allowEscape } from './escapeSequence';
import { endOfUsual } from './usualSequence';
import { type Introducer, TerminalChanges, isQuestion } from './TerminalChanges';

const [BEL, CAN, SUB, ESC, DEL] = [0x07, 0x18, 0x1a, 0x1b, 0x7f];
/** Enquiry: some terminals type an answer that their owner chose. */
const ENQ = 0x05;
/** Lead byte of U+0080 to U+00BF in UTF-8: the C1 control characters are among them. */
const C1_LEAD = 0xc2;
/** U+FFFD, which every decoder puts in the place of half a character. */
const REPLACEMENT = Buffer.from('\ufffd');
/** A longer control sequence is dropped. Thirty-two numbers, the most that terminals take, fit. */
const maxSequence = 512;
/** A longer control string is dropped: nothing that passes needs more. */
const maxString = 8192;

const enum State {
  Ground,
  Escape,
  Control,
  /** Operating system command: ended by BEL too. */
  SystemCommand,
  DeviceControl,
  /** A string that is dropped whatever it says: SOS, PM, APC, and the title of screen(1). */
  Dropped,
}

export class OutputFilter {
  /** What the container has changed about the terminal beyond its text. */
  readonly changes = new TerminalChanges();
  private state = State.Ground;
  /** Of the sequence or string so far, without its introducer. */
  private collected: number[] = [];
  private tooLong = false;
  /** The last bytes: the beginning of a character. */
  private held: Buffer = Buffer.alloc(0);

  /** @param mayAsk false where no program reads the terminal's answers */
  constructor(
    private size: TerminalSize,
    private readonly mayAsk = true,
  ) {}

  resize(size: TerminalSize): void {
    this.size = size;
  }

  /** @returns what may pass; parts of sequences and characters are kept until the rest has come */
  write(chunk: Buffer): Buffer {
    const input = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    const whole = input.length - unfinishedCharacter(input);
    this.held = whole < input.length ? Buffer.from(input.subarray(whole)) : Buffer.alloc(0);
    const bytes = whole < input.length ? input.subarray(0, whole) : input;
    if (this.state === State.Ground && !isSpecial(bytes)) return bytes;
    return this.parse(bytes);
  }

  /** At the end of the output: a partial character is invalid UTF-8, a partial sequence is dropped. */
  end(): Buffer {
    const { held } = this;
    this.held = Buffer.alloc(0);
    const cut = this.state !== State.Ground;
    this.state = State.Ground;
    return cut ? Buffer.alloc(0) : held;
  }

  private parse(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    /** Start of the text that has not been taken yet. */
    let start = 0;
    const take = (end: number) => {
      if (end <= start) return;
      const text = bytes.subarray(start, end);
      // With what stands between dropped, half a character would be joined by what follows: to a C1 one, too.
      const half = unfinishedCharacter(text);
      parts.push(text.subarray(0, text.length - half));
      if (half > 0) parts.push(REPLACEMENT);
    };
    let i = 0;
    const put = (text: string | undefined) => {
      if (text) parts.push(Buffer.from(text));
    };
    while (i < bytes.length) {
      const byte = bytes[i]!;
      if (this.state === State.Ground) {
        if (byte !== ESC && byte !== C1_LEAD && byte !== ENQ) {
          i++;
          continue;
        }
        const c1 = byte === C1_LEAD ? bytes[i + 1]! : 0;
        if (byte === C1_LEAD && (c1 < 0x80 || c1 > 0x9f)) {
          i++;
          continue;
        }
        const end = byte === ESC ? endOfUsual(bytes, i, this.size) : 0;
        if (end > 0) {
          this.changes.noteUsual(bytes, i, end);
          i = end;
          continue;
        }
        take(i);
        if (byte === ESC) this.enter(State.Escape);
        else if (byte === C1_LEAD) {
          put(this.introduce(c1 - 0x40));
          i++;
        }
        start = ++i;
        continue;
      }
      const isC1 = byte === C1_LEAD && bytes[i + 1]! >= 0x80 && bytes[i + 1]! <= 0x9f;
      i += isC1 ? 2 : 1;
      // In whatever state: these begin something new, and what was going on ends here.
      if (byte === ESC || byte === CAN || byte === SUB || isC1) {
        if (byte === ESC || isC1) put(this.finishString('\x1b\\'));
        if (byte === ESC) this.enter(State.Escape);
        else {
          this.enter(State.Ground);
          if (isC1) put(this.introduce(bytes[i - 1]! - 0x40));
        }
      } else if (byte >= 0x80 && (this.state === State.Escape || this.state === State.Control)) {
        // Not ASCII, so this is no sequence, and the byte is text.
        this.enter(State.Ground);
        i--;
      } else if (this.state === State.Escape) {
        put(this.escape(byte));
      } else if (this.state === State.Control) {
        put(this.control(byte));
      } else if (this.state === State.SystemCommand && byte === BEL) {
        put(this.finishString('\x07'));
        this.enter(State.Ground);
      } else {
        this.collect(byte, maxString);
      }
      start = i;
    }
    if (this.state === State.Ground) take(bytes.length);
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  private enter(state: State): void {
    this.state = state;
    this.collected = [];
    this.tooLong = false;
  }

  private collect(byte: number, limit: number): void {
    if (this.state === State.Dropped || this.tooLong) return;
    if (this.collected.length >= limit) {
      this.tooLong = true;
      this.collected = [];
    } else this.collected.push(byte);
  }

  private get text(): string {
    return Buffer.from(this.collected).toString('latin1');
  }

  /** A byte after ESC: a whole two-character sequence, an introducer, or an intermediate byte. */
  private escape(byte: number): string | undefined {
    if (byte < 0x20) return executed(byte);
    if (byte === DEL) return undefined;
    if (byte < 0x30) {
      this.collect(byte, 2);
      return undefined;
    }
    if (this.collected.length === 0) return this.introduce(byte);
    const sequence = this.tooLong ? '' : this.text;
    this.enter(State.Ground);
    return this.allowed('ESC', allowEscape(sequence + String.fromCharCode(byte)));
  }

  /** @param byte after ESC, or what stands for a C1 control character */
  private introduce(byte: number): string | undefined {
    const character = String.fromCharCode(byte);
    this.enter(introducers[character] ?? State.Ground);
    if (this.state !== State.Ground) return undefined;
    return this.allowed('ESC', allowEscape(character));
  }

  /** A byte of a control sequence. Control characters in it act before it (as in every terminal). */
  private control(byte: number): string | undefined {
    if (byte < 0x20) return executed(byte);
    if (byte === DEL) return undefined;
    if (byte < 0x40) {
      this.collect(byte, maxSequence);
      return undefined;
    }
    const sequence = this.tooLong ? undefined : this.text + String.fromCharCode(byte);
    this.enter(State.Ground);
    if (sequence === undefined) return undefined;
    return this.allowed('CSI', allowControlSequence(sequence, this.size));
  }

  private finishString(terminator: string): string | undefined {
    if (this.tooLong) return undefined;
    const content = Buffer.from(this.collected);
    if (this.state === State.SystemCommand)
      return this.allowed('OSC', allowSystemCommand(content), terminator);
    if (this.state === State.DeviceControl)
      return this.allowed('DCS', allowDeviceControl(content), '\x1b\\');
    return undefined;
  }

  private allowed(kind: Introducer, content: string | undefined, end = ''): string | undefined {
    if (content === undefined || (!this.mayAsk && isQuestion(kind, content))) return undefined;
    this.changes.note(kind, content);
    return written[kind] + content + end;
  }
}

const written: Readonly<Record<Introducer, string>> = {
  ESC: '\x1b',
  CSI: '\x1b[',
  OSC: '\x1b]',
  DCS: '\x1bP',
};

const introducers: Readonly<Record<string, State>> = {
  '[': State.Control,
  ']': State.SystemCommand,
  P: State.DeviceControl,
  X: State.Dropped,
  '^': State.Dropped,
  _: State.Dropped,
  k: State.Dropped,
};

function executed(byte: number): string | undefined {
  return byte === ENQ ? undefined : String.fromCharCode(byte);
}

/** Native searches: most output has none of these, and goes through untouched. */
function isSpecial(bytes: Buffer): boolean {
  return bytes.includes(ESC) || bytes.includes(C1_LEAD) || bytes.includes(ENQ);
}

/** @returns how many bytes at the end are the beginning of a character of UTF-8 (RFC 3629) */
function unfinishedCharacter(bytes: Buffer): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needs =
      byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte < 0xe0 ? 2 : 0;
    return back < needs ? back : 0;
  }
  return 0;
}
