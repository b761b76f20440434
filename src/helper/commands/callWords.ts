/** The words after a command of helper.js: which options it has, and what is wrong with them. Pure; used by parseCall.ts. */
import { parseArgs } from 'node:util';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { FolderKind } from '../../protocol/container';

/** How the usage is printed; ends every message about a wrong call. */
export const usageHint = 'helper.js --help says how each command is called.';

/** A wrong call: problem and remedy in one line. */
export class UsageError extends TerrariumError {
  constructor(problem: string, remedy: string) {
    super('usage', problem, remedy);
  }
}

/** A command line after its command, with its options looked at. */
export interface ParsedWords {
  readonly command: string;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** Of `--rootfs-below`, which may be given several times. */
  readonly rootfsBelow: readonly string[];
  readonly positionals: readonly string[];
  /** What follows the first "--". */
  readonly payload: readonly string[];
  readonly help: boolean;
}

/** Of every command that opens a bundle. */
export const bundleOptions = {
  bundle: 'boolean',
  folder: 'boolean',
  'rootfs-below': 'list',
} as const;

export type OptionType = 'boolean' | 'string' | 'list';

/** parseArgs finds the options; its own errors name no command and no remedy, so it is not strict. */
export function wordsOf(
  command: string,
  rest: readonly string[],
  known: Readonly<Record<string, OptionType>>,
): ParsedWords {
  const dashes = rest.indexOf('--');
  const [own, payload] = dashes < 0 ? [rest, []] : [rest.slice(0, dashes), rest.slice(dashes + 1)];
  const { tokens } = parseArgs({
    args: [...own],
    options: Object.fromEntries(
      Object.entries(known).map(([name, type]) => [
        name,
        { type: type === 'boolean' ? type : 'string' },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rootfsBelow: string[] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (name === 'help' || name === 'h')
      return { command, flags, values, rootfsBelow, positionals, payload, help: true };
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
      if (type === 'list') rootfsBelow.push(value);
      else values.set(name, value);
    }
  }
  return { command, flags, values, rootfsBelow, positionals, payload, help: false };
}

function remedyFor(command: string, known: object): string {
  const names = Object.keys(known).map((name) => `--${name}`);
  const options = names.length ? `Its options are ${names.join(', ')}` : 'It has none';
  return command === 'run'
    ? `${options}; those of a COMMAND come after "--".`
    : `${options}; a folder of such a name is ./NAME.`;
}

/**
 * The first word of a command that does several things, which stands before the FOLDER.
 * @throws UsageError
 */
export function taskOf<Task extends string>(
  { command, positionals: [word] }: Pick<ParsedWords, 'command' | 'positionals'>,
  tasks: readonly Task[],
): Task {
  const task = tasks.find((one) => one === word);
  if (task !== undefined) return task;
  throw new UsageError(
    word === undefined
      ? `“${command}” is given without what to do.`
      : `${quoted(word)} is nothing that “${command}” does.`,
    `Use ${command} ${tasks.join(', ')}, and the FOLDER after it.`,
  );
}

/** @param most how many words there may be, with the folder */
export function folderOf(
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

export function kindOf({ flags }: ParsedWords): FolderKind | undefined {
  if (flags.has('bundle') && flags.has('folder'))
    throw new UsageError('--bundle and --folder are both given.', 'Keep the one that is meant.');
  return flags.has('bundle') ? 'bundle' : flags.has('folder') ? 'folder' : undefined;
}

export function refusePayload({ command, payload: [first] }: ParsedWords, remedy: string): void {
  if (first !== undefined)
    throw new UsageError(`“${command}” takes no command, such as ${quoted(first)}.`, remedy);
}

export function quoted(word: string): string {
  return `“${escapeControlCharacters(word).slice(0, 200)}”`;
}
