/**
 * Reads the text of a `config.json`: `parseConfig` for the editor's diagnostics, `requireConfig` for
 * every caller that acts on it. Nothing throws, recurses or builds a tree before the text is
 * known to be small and shallow.
 */
import {
  getNodeValue,
  type Node,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser/lib/esm/main.js';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { describeIssue, keyName } from './describeIssue';
import { limitsProblem } from './jsonLimits';
import { JsonPlaces } from './jsonPlace';
import { placesIn } from './lineStarts';
import { duplicateKeys } from './duplicateKeys';
import { hostEscapes } from './hostEscapes';
import { unknownKeys } from './unknownKeys';
import { spellingIn } from './caseInsensitiveKeys';
import { hostGlobalFilesystems } from './hostGlobalFilesystems';
import type { WholeConfig } from './knownConfigs';
import { OciConfig } from './schema';

/** How the specification spells a key that some reader could take for one of its own. */
export const spelledAs = spellingIn(OciConfig);

/** What kind of problem; each becomes the code `config-…` of an error. */
export type ConfigProblem =
  | 'too-large'
  | 'too-deep'
  | 'too-many'
  | 'byte-order-mark'
  | 'not-json'
  | 'duplicate-key'
  | 'proto-key'
  | 'key-spelling'
  | 'hooks'
  | 'host-reach'
  | 'invalid'
  | 'more';

export interface ConfigDiagnostic {
  readonly problem: ConfigProblem;
  /** One sentence, safe to show. */
  readonly message: string;
  /** Where that of its kind of problem would be the wrong one. */
  readonly remedy?: string;
  /** Where in the text, in UTF-16 units from its start. */
  readonly offset: number;
  readonly length: number;
  /** Of `offset`, both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `['linux', 'namespaces', 0, 'type']`. */
  readonly path: readonly (string | number)[];
}

/** Most problems that are reported. */
export const maxDiagnostics = 100;

/** What there is where nothing is wrong; otherwise only the diagnostics. */
export type ParsedConfig =
  | {
      readonly config: OciConfig;
      /** The file as it stands. */
      readonly document: object;
      /** The keys that mean nothing to `config`. */
      readonly ignored: readonly (string | number)[][];
      /** Where in the text each part is. */
      readonly places: JsonPlaces;
      readonly diagnostics: readonly ConfigDiagnostic[];
    }
  | {
      readonly config?: undefined;
      readonly ignored?: undefined;
      readonly diagnostics: readonly ConfigDiagnostic[];
    };

/** Parses the text once for all that is to be known of it. */
export function parseConfig(text: string): ParsedConfig {
  const diagnostics: ConfigDiagnostic[] = [];
  const lineAndColumn = placesIn(text);
  let more = 0;
  const add = (
    problem: ConfigProblem,
    message: string,
    { offset, length }: { offset: number; length: number },
    path: readonly (string | number)[] = [],
    remedy?: string,
  ) => {
    const place = { offset, length, ...lineAndColumn(offset) };
    diagnostics.push({ problem, message, ...place, path, ...(remedy ? { remedy } : {}) });
  };
  /** Of the first ones; what it takes to say where and what is not done for the others. */
  const report = (problem: () => Parameters<typeof add>) => {
    if (diagnostics.length < maxDiagnostics) add(...problem());
    else more++;
  };
  const refused = () => {
    if (more > 0)
      add('more', `There are ${more} more problems like these.`, { offset: 0, length: 1 });
    return { diagnostics };
  };

  const limit = limitsProblem(text);
  if (limit) {
    add(limit.problem, limit.message, { offset: limit.offset, length: 1 });
    return { diagnostics };
  }
  if (text.startsWith(byteOrderMark)) {
    add('byte-order-mark', byteOrderMarkMessage, { offset: 0, length: 1 });
    return { diagnostics };
  }

  const raw = parsedJson(text);
  if (!raw) {
    syntaxErrors(text, (message, place) => add('not-json', message, place));
    return { diagnostics };
  }
  const tree = parseTree(text)!;
  for (const { problem, key, message } of duplicateKeys(tree))
    report(() => [problem, message, key, pathOf(key)]);

  const places = new JsonPlaces(tree);
  const parsed = OciConfig.safeParse(raw.value);
  for (const issue of firstOfEach(parsed.error?.issues ?? []))
    report(() => {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      const { node, found } = places.at(path);
      const value: unknown = found ? getNodeValue(found) : undefined;
      const { problem, message } = describeIssue(issue, path, value);
      return [problem, message, node, path, isOwnAnnotation(path) ? ofOwnAnnotation : undefined];
    });
  if (!parsed.success) return refused();
  const ignored = unknownKeys(raw.value, parsed.data);
  for (const path of ignored) {
    const name = String(path.at(-1));
    const spelling = spelledAs(name);
    if (spelling === undefined) continue;
    report(() => [
      'key-spelling',
      `The key "${escapeControlCharacters(name)}" is not "${spelling}", and some programs would take it for that.`,
      places.at(path).node,
      path,
    ]);
  }
  for (const { path, reason, remedy } of [
    ...hostEscapes(parsed.data),
    ...hostGlobalFilesystems(parsed.data),
  ])
    report(() => ['host-reach', `${keyName(path)} ${reason}.`, places.at(path).node, path, remedy]);
  const document = raw.value as object;
  return diagnostics.length === 0
    ? { config: parsed.data, document, ignored, places, diagnostics }
    : refused();
}

/**
 * The configuration, or the first problem as an error with code `config-` + `ConfigProblem`.
 * @param file how people know the file: `mycontainer1/config.json`
 * @throws TerrariumError `FILE:LINE:COLUMN: reason`
 */
export function requireConfig(text: string, file: string): OciConfig {
  return requireWhole(text, file).config;
}

/** The same, with the document as it stands and the names of keys that mean nothing, safe to show. */
export function requireWhole(text: string, file: string): WholeConfig {
  const parsed = parseConfig(text);
  if (parsed.config) {
    const { config, document, ignored } = parsed;
    return { config, document, ignored: ignored.map(keyName) };
  }
  const first = parsed.diagnostics[0];
  if (!first) throw new Error(`parsing ${file} gave neither a configuration nor a reason`);
  throw new TerrariumError(
    `config-${first.problem}`,
    `${escapeControlCharacters(file)}:${first.line}:${first.column}: ${first.message}`,
    first.remedy ?? remedies[first.problem],
  );
}

const remedies: Record<ConfigProblem, string> = {
  'too-large': 'Check that this is the config.json of a bundle.',
  'too-deep': 'Check that this is the config.json of a bundle.',
  'too-many': 'Check that this is the config.json of a bundle.',
  'byte-order-mark': 'Save it as UTF-8 without one.',
  'not-json': 'Correct it there; the file is plain JSON without comments.',
  'duplicate-key': 'Keep one of the two.',
  'proto-key': 'Remove it: to a program in JavaScript it is no key like others.',
  'key-spelling': 'Spell it as the specification does, or remove it.',
  hooks: 'Remove "hooks", or run runc or crun yourself, where you trust the bundle.',
  'host-reach': 'Remove it, or start the bundle with that runtime yourself, where you trust it to.',
  more: 'Correct the first ones.',
  invalid: 'Correct it there; the OCI runtime specification describes every key.',
};

/** The specification says nothing of these. */
const ofOwnAnnotation =
  'Correct its value there, or remove it: the annotation is one of Terrarium’s own, and none of the specification.';

function isOwnAnnotation([first, key]: readonly (string | number)[]): boolean {
  return first === 'annotations' && String(key).startsWith('dev.terrarium.');
}

/** U+FEFF, as an editor on Windows puts it before a text. */
export const byteOrderMark = '\ufeff';

export const byteOrderMarkMessage =
  'The file begins with a byte order mark (U+FEFF), which JSON does not have: runc and crun refuse it too.';

/** @returns undefined for a text that is no standard JSON, which all other readers require */
function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // its message would quote the text, and name no place
  }
}

/** A value that breaks several rules has one problem: the first one. */
function firstOfEach<T extends { readonly path: readonly PropertyKey[] }>(issues: readonly T[]) {
  const seen = new Set<string>();
  return issues.filter(({ path }) => {
    const place = JSON.stringify(path);
    return !seen.has(place) && seen.add(place);
  });
}

/** Ends the look at a text whose every character is an error. */
const enough = new Error('enough errors');

/** Tells of the first errors of a text that is no JSON; of one at least. */
function syntaxErrors(
  text: string,
  tell: (message: string, place: { offset: number; length: number }) => void,
): void {
  let told = 0;
  const report = (message: string, offset: number, length: number) => {
    if (told++ === maxDiagnostics) throw enough;
    tell(message, { offset, length });
  };
  try {
    visit(
      text,
      {
        onError: (code, offset, length) => report(syntaxMessage(code), offset, Math.max(length, 1)),
      },
      { disallowComments: true, allowTrailingComma: false },
    );
    // jsonc-parser lets pass what the standard does not: other spaces, and nothing at all.
    if (told > 0) return;
    if (text.trim() === '') report('The file is empty.', 0, 0);
    else report('Not valid JSON.', 0, 1);
  } catch (error) {
    if (error !== enough) throw error;
  }
}

function syntaxMessage(code: ParseErrorCode): string {
  const name = printParseErrorCode(code);
  if (name === 'InvalidCommentToken') return 'Comments are not allowed in JSON.';
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `Not valid JSON: ${words}.`;
}

/** The path of a property's key: that of its value, found by walking up. */
function pathOf(key: Node): (string | number)[] {
  const path: (string | number)[] = [];
  for (let node: Node | undefined = key.parent; node; node = node.parent) {
    if (node.type === 'property') path.unshift(String(node.children?.[0]?.value));
    else if (node.parent?.type === 'array') path.unshift(node.parent.children?.indexOf(node) ?? 0);
  }
  return path;
}
