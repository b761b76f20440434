/** The words of the command line: what each command takes, and what is wrong with a call. Pure; called by helper.ts. */
import { parseArgs } from 'node:util';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind, Privilege } from '../../protocol/container';

export const usage = `Usage:
  helper.js run [KIND] FOLDER [-- COMMAND [ARG]...]   start it here, in the foreground
  helper.js plan [KIND] [--privilege root|rootless] FOLDER
                                               print its start sequence as a shell script
  helper.js ownership look|take|undo [KIND] FOLDER [PATH]
                                               whose its files are: what would become yours, as
                                               JSON; make it yours; give it back
  helper.js check [FOLDER]                     try what this machine allows, print it as JSON
  helper.js serve --directory DIR --socket NAME --token-file FILE [--uid N --gid N] [--detach]
  helper.js --help                             print this
  helper.js --version                          print the version of Terrarium

KIND says what the folder is where it could be both: --bundle, what its config.json says, or
--folder, a root filesystem itself with the default configuration.
--privilege says how the script is to run: root (with sudo) or rootless; as plan itself runs, where
it is left out.

Exit status of run: that of its program; 128 + N where signal N ended it; 127 where the program is
not found, and 126 where it cannot be executed. 125 where anything else fails, a wrong call too.
Of the other commands: 0, or 125.
`;

/** How the usage is printed; ends every message about a wrong call. */
export const usageHint = 'helper.js --help says how each command is called.';

/** A wrong call: problem and remedy in one line. */
export class UsageError extends TerrariumError {
  constructor(problem: string, remedy: string) {
    super('usage', problem, remedy);
  }
}

const ownershipTasks = ['look', 'take', 'undo'] as const;

export type Call =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | {
      readonly command: 'run';
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly payload: readonly string[];
    }
  | {
      readonly command: 'plan';
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly privilege: Privilege | undefined;
    }
  | {
      readonly command: 'ownership';
      readonly task: (typeof ownershipTasks)[number];
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly place: string;
    }
  | { readonly command: 'check'; readonly folder: string | undefined }
  | {
      readonly command: 'serve';
      readonly directory: string;
      readonly socketName: string;
      readonly tokenFile: string;
      readonly uid: number | undefined;
      readonly gid: number | undefined;
      readonly detach: boolean;
    };

const commands = {
  run: { options: { bundle: 'boolean', folder: 'boolean' }, parse: runCall },
  plan: { options: { bundle: 'boolean', folder: 'boolean', privilege: 'string' }, parse: planCall },
  ownership: { options: { bundle: 'boolean', folder: 'boolean' }, parse: ownershipCall },
  check: { options: {}, parse: checkCall },
  serve: {
    options: {
      ...{ directory: 'string', socket: 'string', 'token-file': 'string' },
      ...{ uid: 'string', gid: 'string', detach: 'boolean' },
    },
    parse: serveCall,
  },
} as const satisfies Record<
  string,
  { options: Record<string, 'boolean' | 'string'>; parse: (words: ParsedWords) => Call }
>;

/** @throws UsageError */
export function parseCall([command, ...rest]: readonly string[]): Call {
  const names = Object.keys(commands).join(', ');
  if (command === undefined) throw new UsageError('No command is given.', `Give one of ${names}.`);
  if (/^(--help|-h|help)$/.test(command)) return { command: 'help' };
  if (command === '--version') {
    const [extra] = rest;
    if (extra === undefined) return { command: 'version' };
    throw new UsageError(`“--version” takes no ${quoted(extra)}.`, 'Give it alone.');
  }
  const known = Object.hasOwn(commands, command);
  if (!known) throw new UsageError(`${quoted(command)} is no command.`, `Use one of ${names}.`);
  const { options, parse } = commands[command as keyof typeof commands];
  const words = wordsOf(command, rest, options);
  return words.help ? { command: 'help' } : parse(words);
}

/** A command line after its command, with its options looked at. */
interface ParsedWords {
  readonly command: string;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
  /** What follows the first "--". */
  readonly payload: readonly string[];
  readonly help: boolean;
}

/** parseArgs finds the options; its own errors name no command and no remedy, so it is not strict. */
function wordsOf(
  command: string,
  rest: readonly string[],
  known: Readonly<Record<string, 'boolean' | 'string'>>,
): ParsedWords {
  const dashes = rest.indexOf('--');
  const [own, payload] = dashes < 0 ? [rest, []] : [rest.slice(0, dashes), rest.slice(dashes + 1)];
  const { tokens } = parseArgs({
    args: [...own],
    options: Object.fromEntries(Object.entries(known).map(([name, type]) => [name, { type }])),
    strict: false,
    tokens: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (name === 'help' || name === 'h')
      return { command, flags, values, positionals, payload, help: true };
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type === undefined)
      throw new UsageError(
        `“${command}” has no option ${escapeControlCharacters(rawName)}.`,
        remedyFor(command, known),
      );
    if (flags.has(name) || values.has(name))
      throw new UsageError(`The option ${rawName} is given twice.`, 'Give it once.');
    if (type === 'boolean') {
      if (value !== undefined)
        throw new UsageError(
          `The option ${rawName} takes no value.`,
          `Leave out “=${escapeControlCharacters(value)}”.`,
        );
      flags.add(name);
    } else {
      if (value === undefined || value === '')
        throw new UsageError(
          `The option ${rawName} is given without a value.`,
          'Put one after it.',
        );
      values.set(name, value);
    }
  }
  return { command, flags, values, positionals, payload, help: false };
}

function remedyFor(command: string, known: object): string {
  const names = Object.keys(known).map((name) => `--${name}`);
  const options = names.length ? `Its options are ${names.join(', ')}` : 'It has none';
  return command === 'run'
    ? `${options}; those of a COMMAND come after "--".`
    : `${options}; a folder of such a name is ./NAME.`;
}

function runCall(words: ParsedWords): Call {
  const { payload } = words;
  const [folder] = folderOf(words, 1, 'A COMMAND for the container comes after "--".');
  return { command: 'run', folder, kind: kindOf(words), payload };
}

function planCall(words: ParsedWords): Call {
  refusePayload(words, 'The script starts what process.args in config.json names.');
  const [folder] = folderOf(words, 1, 'Plan one container at a time.');
  const privilege = words.values.get('privilege');
  if (privilege !== undefined && privilege !== 'root' && privilege !== 'rootless')
    throw new UsageError(
      `${quoted(privilege)} is no privilege of “plan”.`,
      'Use --privilege root (the script is run with sudo) or --privilege rootless.',
    );
  return { command: 'plan', folder, kind: kindOf(words), privilege };
}

function ownershipCall(words: ParsedWords): Call {
  refusePayload(words, 'Name the folder, and a path inside it where only that is meant.');
  const [word, ...positionals] = words.positionals;
  const task = ownershipTasks.find((one) => one === word);
  if (task === undefined)
    throw new UsageError(
      word === undefined
        ? '“ownership” is given without what to do.'
        : `${quoted(word)} is nothing that “ownership” does.`,
      `Use ownership ${ownershipTasks.join(', ')}, and the FOLDER after it.`,
    );
  const isUndo = task === 'undo';
  const [folder, place = '/'] = folderOf(
    { ...words, command: `ownership ${task}`, positionals },
    isUndo ? 1 : 2,
    isUndo ? 'It gives back all that was taken.' : 'Name one path inside at a time.',
  );
  return { command: 'ownership', task, folder, kind: kindOf(words), place };
}

function checkCall(words: ParsedWords): Call {
  refusePayload(words, 'Name the folder alone.');
  const { positionals } = words;
  if (positionals.length === 0) return { command: 'check', folder: undefined };
  const [folder] = folderOf(words, 1, 'Check one folder at a time.');
  return { command: 'check', folder };
}

function serveCall(words: ParsedWords): Call {
  const { positionals, payload, values, flags } = words;
  const [extra] = [...positionals, ...payload];
  if (extra !== undefined)
    throw new UsageError(`“serve” takes no ${quoted(extra)}.`, 'It takes options alone.');
  const value = (name: string) => {
    const given = values.get(name);
    if (given === undefined)
      throw new UsageError(`“serve” is called without --${name}.`, 'Give that option.');
    return given;
  };
  const id = (name: string) => {
    const text = values.get(name);
    if (text !== undefined && !/^\d{1,10}$/.test(text))
      throw new UsageError(`--${name} is ${quoted(text)}, which is no id.`, 'Give a number.');
    return text === undefined ? undefined : Number(text);
  };
  return {
    command: 'serve',
    directory: value('directory'),
    socketName: value('socket'),
    tokenFile: value('token-file'),
    uid: id('uid'),
    gid: id('gid'),
    detach: flags.has('detach'),
  };
}

/** @param most how many words there may be, with the folder */
function folderOf(
  { command, positionals }: Pick<ParsedWords, 'command' | 'positionals'>,
  most: number,
  remedyForMore: string,
): [folder: string, ...more: string[]] {
  const [folder, ...more] = positionals;
  const extra = positionals[most];
  if (folder === undefined)
    throw new UsageError(
      `“${command}” is given without a FOLDER.`,
      'Name a bundle, or a root filesystem.',
    );
  if (extra !== undefined)
    throw new UsageError(`“${command}” cannot use the word ${quoted(extra)}.`, remedyForMore);
  const empty = positionals.indexOf('');
  if (empty >= 0)
    throw new UsageError(
      `“${command}” is given an empty word for ${empty === 0 ? 'the FOLDER' : 'the PATH'}.`,
      'Name it; in a shell an unset variable leaves such a word.',
    );
  return [folder, ...more];
}

function kindOf({ flags }: ParsedWords): FolderKind | undefined {
  if (flags.has('bundle') && flags.has('folder'))
    throw new UsageError('--bundle and --folder are both given.', 'Keep the one that is meant.');
  return flags.has('bundle') ? 'bundle' : flags.has('folder') ? 'folder' : undefined;
}

function refusePayload({ command, payload: [first] }: ParsedWords, remedy: string): void {
  if (first !== undefined)
    throw new UsageError(`“${command}” takes no command, such as ${quoted(first)}.`, remedy);
}

function quoted(word: string): string {
  return `“${escapeControlCharacters(word).slice(0, 200)}”`;
}
