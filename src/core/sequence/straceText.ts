/** System calls as strace(1) writes them, one after the other, with the descriptors that they get. For systemCalls.ts. */
import { type AnsweredCall, maxCalls } from '../../protocol/steps';

/** Longest string that is shown whole, in bytes, as `strace -s` has it. */
const longest = 256;

/** Longest list, and longest call, in characters. */
const [longestList, longestCall] = [4096, 8000] as const;

/** As strace has strings: in bytes, what is not printable as an escape, and cut with dots behind. */
export function quoted(text: string): string {
  const bytes = Buffer.from(text);
  const shown = [...bytes.subarray(0, longest)].map(
    (byte, index) => named.get(byte) ?? escaped(byte, bytes[index + 1]),
  );
  return `"${shown.join('')}"${bytes.length > longest ? '...' : ''}`;
}

const named = new Map([
  ...(['\\', '"'] as const).map((one) => [one.charCodeAt(0), `\\${one}`] as const),
  ...Object.entries({ '\n': '\\n', '\t': '\\t', '\r': '\\r', '\f': '\\f', '\v': '\\v' }).map(
    ([one, text]) => [one.charCodeAt(0), text] as const,
  ),
]);

/** In octal digits, all three where a digit follows. */
function escaped(byte: number, next: number | undefined): string {
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  const isDigitNext = next !== undefined && next >= 0x30 && next <= 0x39;
  return `\\${byte.toString(8).padStart(isDigitNext ? 3 : 1, '0')}`;
}

/** Names joined as flags, `0` for none. */
export function flagsText(names: readonly string[]): string {
  return names.length > 0 ? names.join('|') : '0';
}

/** A list in brackets, cut where it is long. */
export function listText(words: readonly string[]): string {
  const shown: string[] = [];
  for (let length = 0, index = 0; index < words.length && length < longestList; index++) {
    const word = quoted(words[index]!);
    shown.push(word);
    length += word.length;
  }
  return `[${[...shown, ...(shown.length < words.length ? ['...'] : [])].join(', ')}]`;
}

/** How openat2(2) finds a place below the root of the container. */
const how = (folder: boolean) =>
  `{flags=O_RDONLY|O_CLOEXEC|O_PATH${folder ? '|O_DIRECTORY' : ''}, resolve=RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24`;

/** The calls of one step, made one after the other by one process. */
export class Trace {
  readonly #calls: AnsweredCall[] = [];
  readonly #open: Set<number>;

  /** @param open descriptors that the process has when it begins */
  constructor(open: Iterable<number>) {
    this.#open = new Set(open);
  }

  /** Of more than can be told the first, and the last, which is what the others are for. */
  get calls(): AnsweredCall[] {
    const all = this.#calls;
    return all.length <= maxCalls ? all : [...all.slice(0, maxCalls - 1), all.at(-1)!];
  }

  add(call: string, answer: number | string = 0): this {
    const shown = call.length > longestCall ? `${call.slice(0, longestCall)}...)` : call;
    this.#calls.push({ call: shown, answer: String(answer) });
    return this;
  }

  /** A call that opens something. @returns its descriptor: the lowest that is free */
  opens(call: string): number {
    let descriptor = 0;
    while (this.#open.has(descriptor)) descriptor++;
    this.#open.add(descriptor);
    this.add(call, descriptor);
    return descriptor;
  }

  /** close(2) is not shown. */
  close(...descriptors: readonly number[]): void {
    for (const one of descriptors) this.#open.delete(one);
  }

  /** Of this machine. */
  openHost(path: string, flags: string): number {
    return this.opens(`openat(AT_FDCWD, ${quoted(path)}, ${flags})`);
  }

  /** Below the root of the container. */
  openPlace(root: number, path: string, folder = false): number {
    return this.opens(`openat2(${root}, ${quoted(path)}, ${how(folder)})`);
  }

  /** Whether it is there already; the answer is that it is not. */
  looksFor(root: number, path: string, folder = false): this {
    return this.add(
      `openat2(${root}, ${quoted(path)}, ${how(folder)})`,
      '-1 ENOENT (No such file or directory)',
    );
  }

  /** One write(2) to a file of this machine. */
  write(file: string, text: string): this {
    const opened = this.openHost(file, 'O_WRONLY|O_CLOEXEC');
    const length = Buffer.byteLength(text);
    this.add(`write(${opened}, ${quoted(text)}, ${length})`, length);
    this.close(opened);
    return this;
  }
}
