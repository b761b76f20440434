/**
 * Takes shell code apart into its simple commands, as far as a hover needs it: quotes, substitutions, comments,
 * redirections. It never fails: of what is no shell code it makes words. Called by `shellSpots`.
 */

export interface ShellToken {
  /** Without its quotes. */
  readonly text: string;
  /** Place of the token in the code, with its quotes, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What it was redirected by: `>`, `<` …; such a word is no argument. */
  readonly redirection?: boolean;
}

/** In the order of their ends; a substitution stands before the command that it is part of. */
export function simpleCommands(code: string): ShellToken[][] {
  const found: ShellToken[][] = [];
  readCommands(code, 0, '', { found, depth: 0 });
  return found;
}

/** Substitutions in substitutions: more are read as words. */
const maxDepth = 20;

interface State {
  readonly found: ShellToken[][];
  readonly depth: number;
}

/** @returns the offset behind `closing`, or the end of the code */
function readCommands(code: string, from: number, closing: string, state: State): number {
  let tokens: ShellToken[] = [];
  let redirection = false;
  let at = from;
  const endCommand = () => {
    if (tokens.length > 0) state.found.push(tokens);
    tokens = [];
    redirection = false;
  };
  while (at < code.length) {
    const [text] = /^(?:\\\n|[ \t\r]+|#[^\n]*|\d*(?:&>>?|[<>]{1,3}[&|]?)|[\n;&|()`])/.exec(
      code.slice(at, at + lookAhead),
    ) ?? [''];
    if (text === '') {
      const word = readWord(code, at, state);
      tokens.push({ ...word, start: at, ...(redirection && { redirection }) });
      redirection = false;
      at = word.end;
      continue;
    }
    if (closing !== '' && text === closing) {
      endCommand();
      return at + 1;
    }
    at += text.length;
    if (/[<>]/.test(text)) redirection = true;
    else if (/^[\n;&|()`]$/.test(text)) endCommand();
    else if (text.startsWith('#')) at = lineEnd(code, at);
  }
  endCommand();
  return at;
}

/** Longer than any of the parts that are looked for; a comment is skipped to its end. */
const lookAhead = 200;

function lineEnd(code: string, from: number): number {
  const end = code.indexOf('\n', from);
  return end === -1 ? code.length : end;
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function readWord(code: string, from: number, state: State): Word {
  let text = '';
  let at = from;
  while (at < code.length && !/[\s;&|()`<>]/.test(code[at]!)) {
    const part = readPart(code, at, state);
    text += part.text;
    at = part.end;
  }
  // A backquote or a bracket inside of a word: the rest is read as a command of its own.
  return { text, end: Math.max(at, from + 1) };
}

function readPart(code: string, at: number, state: State): Word {
  switch (code[at]) {
    case '\\':
      return { text: code[at + 1] ?? '', end: Math.min(at + 2, code.length) };
    case "'": {
      const end = closing(code, "'", at + 1);
      return { text: code.slice(at + 1, end), end: Math.min(end + 1, code.length) };
    }
    case '"':
      return readQuoted(code, at + 1, state);
    case '$':
      return readDollar(code, at, state);
    default:
      return { text: code[at]!, end: at + 1 };
  }
}

function readQuoted(code: string, from: number, state: State): Word {
  let text = '';
  let at = from;
  while (at < code.length && code[at] !== '"') {
    const isSpecial = code[at] === '\\' || code[at] === '$';
    const part = isSpecial ? readPart(code, at, state) : { text: code[at]!, end: at + 1 };
    text += part.text;
    at = part.end;
  }
  return { text, end: Math.min(at + 1, code.length) };
}

function readDollar(code: string, at: number, state: State): Word {
  const whole = (end: number): Word => ({ text: code.slice(at, end), end });
  if (code.startsWith('$((', at)) return whole(after(code, '))', at));
  if (code.startsWith('$(', at) && state.depth < maxDepth)
    return whole(readCommands(code, at + 2, ')', { ...state, depth: state.depth + 1 }));
  if (code.startsWith('${', at)) return whole(after(code, '}', at));
  return { text: '$', end: at + 1 };
}

function closing(code: string, quote: string, from: number): number {
  const end = code.indexOf(quote, from);
  return end === -1 ? code.length : end;
}

function after(code: string, text: string, from: number): number {
  const end = code.indexOf(text, from);
  return end === -1 ? code.length : end + text.length;
}
