/** What each part of shell code is: command, option, mount option, namespace, file. Called by the hovers. */
import type { WordKind } from '../word';
import { longAfterOneDash, operandKinds, reserved, runsAnother, shells } from './grammar';
import { takesSignal, takesValue, valueKind } from './grammar';
import { type ShellToken, simpleCommands } from './simpleCommands';

/** A place in the code that there may be a word for. */
export interface Spot {
  readonly kind: WordKind;
  /** For `word`: an option has its command in front. */
  readonly name: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Commands that run commands: of more there is no word. */
const maxDepth = 20;

/**
 * @param isKnown whether there is a word: decides if `-ef` is one option or two
 * @param isValue the code is the value of `-c`. Code in code in code has no words: its substitutions are found
 *   at each level, which would double the work with each
 */
export function shellSpots(
  code: string,
  isKnown: (spot: Spot) => boolean,
  isValue = false,
): Spot[] {
  const ends = endsOfHereDocuments(code);
  return simpleCommands(code)
    .filter(([first, ...more]) => more.length > 0 || !ends.has(first?.text ?? ''))
    .flatMap((tokens) => new CommandReader(code, isKnown, isValue).read(tokens));
}

/** The words that end them, alone on a line (POSIX, XCU 2.7.4); what stands in between is read as code. */
function endsOfHereDocuments(code: string): Set<string> {
  return new Set([...code.matchAll(/<<-?[ \t]*(["']?)(\w+)\1/g)].map(([, , word]) => word!));
}

class CommandReader {
  readonly #spots: Spot[] = [];

  constructor(
    private readonly code: string,
    private readonly isKnown: (spot: Spot) => boolean,
    private readonly isValue: boolean,
  ) {}

  read(all: readonly ShellToken[]): Spot[] {
    for (const { text, start } of all.filter((one) => one.redirection)) this.#file(text, start);
    const tokens = all.filter((one) => !one.redirection);
    const first = tokens.findIndex(({ text }) => !reserved.has(text) && !/^\w+\+?=/.test(text));
    if (first !== -1 && !/^(?:for|case|function|in)$/.test(tokens[first]!.text))
      this.#command(tokens.slice(first));
    return this.#spots;
  }

  #add(kind: WordKind, name: string, start: number, length: number): void {
    this.#spots.push({ kind, name, start, end: start + length });
  }

  #command([program, ...words]: readonly ShellToken[], depth = 0): void {
    const name = program!.text.replace(/^.*\//, '');
    const command = name === '[' || name === '[[' ? 'test' : name;
    this.#add('command', command, program!.start, program!.end - program!.start);
    let own = runsAnother.get(command);
    let isOver = false;
    for (let at = 0; at < words.length; at++) {
      const token = words[at]!;
      const { text } = token;
      if (text === '--' && !isOver) {
        isOver = command !== 'capsh';
        continue;
      }
      if (!isOver && isOption(command, text)) {
        const value = this.#option(command, token);
        if (value !== undefined && words[at + 1]) this.#value(command, value, words[++at]!);
        if (/^(?:-p|--pid)(?:=|$)/.test(text) && own !== undefined && takesPid.has(command))
          own = undefined; // for a process that runs already
        continue;
      }
      if (command === 'ps' && this.#bsdOption(token)) continue;
      if (own !== undefined && /^[^=/]+=/.test(text)) continue;
      if (own === 0)
        return depth < maxDepth ? this.#command(words.slice(at), depth + 1) : undefined;
      if (own !== undefined) own--;
      this.#operand(command, token);
    }
  }

  /** @returns the option whose value is the next word */
  #option(command: string, { text, start }: ShellToken): string | undefined {
    const [name = text] = /^--?[^=]+/.exec(text) ?? [];
    const spot = {
      kind: 'option',
      name: `${command} ${name}`,
      start,
      end: start + name.length,
    } as const;
    if (takesSignal.has(command) && /^-(?:\d+|[A-Z][A-Z0-9+]*)$/.test(text) && text !== '-0') {
      const signal = { ...spot, kind: 'signal', name: text.slice(1) } as const;
      if (this.isKnown(signal)) {
        this.#spots.push(signal);
        return undefined;
      }
    }
    if (
      name.startsWith('--') ||
      longAfterOneDash.has(command) ||
      name.length <= 2 ||
      this.isKnown(spot)
    ) {
      this.#spots.push(spot);
      const value = text.slice(name.length + 1);
      if (text[name.length] === '=') {
        this.#list(command, name, value, start + name.length + 1);
        return undefined;
      }
      return takesValue(command, name) || isCode(command, name) ? name : undefined;
    }
    return this.#cluster(command, text, start);
  }

  /** `-sf`, `-o pid`, `-n5` */
  #cluster(command: string, text: string, start: number): string | undefined {
    for (let at = 1; at < text.length; at++) {
      const name = `${text[0]}${text[at]}`;
      // The dash belongs to the first.
      const dash = at === 1 ? 1 : 0;
      this.#add('option', `${command} ${name}`, start + at - dash, 1 + dash);
      if (!takesValue(command, name) && !isCode(command, name)) continue;
      if (at + 1 === text.length) return name;
      this.#list(command, name, text.slice(at + 1), start + at + 1);
      return undefined;
    }
    return undefined;
  }

  #bsdOption({ text, start, end }: ShellToken): boolean {
    const spot = { kind: 'option', name: `ps ${text}`, start, end } as const;
    const isOption = /^[a-z]+$/.test(text) && this.isKnown(spot);
    if (isOption) this.#spots.push(spot);
    return isOption;
  }

  #value(command: string, option: string, { text, start, end }: ShellToken): void {
    const quote = /^["']/.test(this.code.slice(start, end)) ? 1 : 0;
    if (isCode(command, option)) {
      if (this.isValue) return;
      const inside = this.code.slice(start + quote, end - quote);
      for (const spot of shellSpots(inside, this.isKnown, true))
        this.#add(spot.kind, spot.name, spot.start + start + quote, spot.end - spot.start);
    } else this.#list(command, option, text, start + quote);
  }

  #list(command: string, option: string, text: string, start: number): void {
    const kind = valueKind(command, option);
    if (kind === undefined) return this.#file(text, start);
    let at = start;
    for (const part of listParts(text)) {
      const name = kind === 'mountOption' ? part : part.replace(/^[+-]|=.*$/g, '');
      const spot = { kind, name: kind === 'column' ? name.toLowerCase() : name, start: at };
      if (part !== '') this.#spots.push({ ...spot, end: at + part.length });
      at += part.length + 1;
    }
  }

  #operand(command: string, { text, start, end }: ShellToken): void {
    const kind = operandKinds.get(command);
    if (kind === undefined || text.includes('/')) return this.#file(text, start);
    const spot = { kind, name: text, start, end };
    if (this.isKnown(spot)) this.#spots.push(spot);
  }

  /** The namespace at the end of /proc/PID/ns/NAME is one of its own. */
  #file(text: string, start: number): void {
    if (!/^\/|^(?:cgroup|memory|pids|cpu)\.\w/.test(text)) return;
    const [, folder, name] = /^(\/proc\/[^/]+\/ns\/)([a-z]+)$/.exec(text) ?? [];
    if (folder === undefined || name === undefined)
      return this.#add('file', text, start, text.length);
    this.#add('file', folder, start, folder.length);
    this.#add('namespace', name, start + folder.length, name.length);
  }
}

/** At its commas, but for those in double quotes: `context="…:c1,c2"` (mount(8)). */
function listParts(text: string): string[] {
  const parts: string[] = [];
  let [begin, isQuoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] !== ',' || isQuoted) continue;
    parts.push(text.slice(begin, at));
    begin = at + 1;
  }
  return [...parts, text.slice(begin)];
}

const takesPid = new Set(['prlimit', 'chrt', 'ionice', 'taskset', 'strace']);

function isCode(command: string, option: string): boolean {
  return option === '-c' && shells.has(command);
}

/** Nothing else has options that begin with a plus. */
function isOption(command: string, text: string): boolean {
  return /^--?[\w]/.test(text) || text === '--' || (command === 'set' && /^\+\w/.test(text));
}
