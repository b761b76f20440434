/**
 * Reads the text of a `config.json`: `parseConfig` for the editor's diagnostics, `requireConfig` for
 * everybody who is about to act on it. Nothing throws, recurses or builds a tree before the text is
 * known to be small and shallow.
 */
import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser/lib/esm/main.js';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';
import { describeIssue, keyName } from './describeIssue';
import { limitsProblem } from './jsonLimits';
import { placeOf } from './jsonPlace';
import { doubtfulKeys } from './doubtfulKeys';
import { hostReach } from './hostReach';
import { ignoredKeys } from './ignoredKeys';
import { spellingIn } from './keySpelling';
import { machineFileSystems } from './machineFileSystems';
import { OciConfig } from './schema';

const spelledAs = spellingIn(OciConfig);

/** What kind of problem; each becomes the code `config-…` of an error. */
export type ConfigProblem =
  | 'too-large'
  | 'too-deep'
  | 'not-json'
  | 'duplicate-key'
  | 'key-spelling'
  | 'hooks'
  | 'host-reach'
  | 'invalid';

export interface ConfigDiagnostic {
  readonly problem: ConfigProblem;
  /** One sentence, safe to show. */
  readonly message: string;
  /** Where in the text, in UTF-16 units from its start. */
  readonly offset: number;
  readonly length: number;
  /** Of `offset`, both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `['linux', 'namespaces', 0, 'type']`. */
  readonly path: readonly (string | number)[];
}

/** More than this many problems help nobody. */
const maxDiagnostics = 100;

/**
 * @returns `config` where there is no diagnostic at all, with the places of the keys that mean nothing
 *   to it; otherwise only the diagnostics
 */
export function parseConfig(text: string): {
  config?: OciConfig;
  ignored?: (string | number)[][];
  diagnostics: ConfigDiagnostic[];
} {
  const diagnostics: ConfigDiagnostic[] = [];
  const report = (
    problem: ConfigProblem,
    message: string,
    { offset, length }: { offset: number; length: number },
    path: readonly (string | number)[] = [],
  ) => {
    if (diagnostics.length >= maxDiagnostics) return;
    const place = { offset, length, ...lineAndColumn(text, offset) };
    diagnostics.push({ problem, message, ...place, path });
  };

  const limit = limitsProblem(text);
  if (limit) {
    report(limit.problem, limit.message, { offset: limit.offset, length: 1 });
    return { diagnostics };
  }

  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  for (const error of errors)
    report('not-json', syntaxMessage(error), {
      offset: error.offset,
      length: Math.max(error.length, 1),
    });
  if (!tree || errors.length > 0) {
    if (errors.length === 0) report('not-json', 'The file is empty.', { offset: 0, length: 0 });
    return { diagnostics };
  }
  const strict = strictProblem(text);
  if (strict) {
    report('not-json', strict, { offset: 0, length: 1 });
    return { diagnostics };
  }

  for (const { key, message } of doubtfulKeys(tree))
    report('duplicate-key', message, key, pathOf(key));

  const raw: unknown = JSON.parse(text);
  const parsed = OciConfig.safeParse(raw);
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const { node, found } = placeOf(tree, path);
    const { problem, message } = describeIssue(
      issue,
      path,
      found ? getNodeValue(found) : undefined,
    );
    report(problem, message, node, path);
  }
  if (!parsed.success) return { diagnostics };
  const ignored = ignoredKeys(raw, parsed.data);
  for (const path of ignored) {
    const name = String(path.at(-1));
    const spelling = spelledAs(name);
    if (spelling === undefined) continue;
    const message = `The key "${visible(name)}" is not "${spelling}", and some programs would take it for that.`;
    report('key-spelling', message, placeOf(tree, path).node, path);
  }
  for (const { path, reason } of [...hostReach(parsed.data), ...machineFileSystems(parsed.data)])
    report('host-reach', `${keyName(path)} ${reason}.`, placeOf(tree, path).node, path);
  return diagnostics.length === 0 ? { config: parsed.data, ignored, diagnostics } : { diagnostics };
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
export function requireWhole(
  text: string,
  file: string,
): { readonly config: OciConfig; readonly document: object; readonly ignored: readonly string[] } {
  const { config, ignored = [], diagnostics } = parseConfig(text);
  if (config)
    return { config, document: JSON.parse(text) as object, ignored: ignored.map(keyName) };
  const first = diagnostics[0];
  if (!first) throw new Error(`parsing ${file} gave neither a configuration nor a reason`);
  throw new TerrariumError(
    `config-${first.problem}`,
    `${visible(file)}:${first.line}:${first.column}: ${first.message}`,
    remedies[first.problem],
  );
}

const remedies: Record<ConfigProblem, string> = {
  'too-large': 'Check that this is the config.json of a bundle.',
  'too-deep': 'Check that this is the config.json of a bundle.',
  'not-json': 'Correct it there; the file is plain JSON without comments.',
  'duplicate-key': 'Keep one of the two.',
  'key-spelling': 'Spell it as the specification does, or remove it.',
  hooks: 'Remove "hooks", or run runc or crun yourself, where you trust the bundle.',
  'host-reach': 'Remove it, or start the bundle with that runtime yourself, where you trust it to.',
  invalid: 'Correct it there; the OCI runtime specification describes every key.',
};

function syntaxMessage(error: ParseError): string {
  const name = printParseErrorCode(error.error);
  if (name === 'InvalidCommentToken') return 'Comments are not allowed in JSON.';
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `Not valid JSON: ${words}.`;
}

/** What jsonc-parser lets pass and the standard does not; its own message would quote the text. */
function strictProblem(text: string): string | undefined {
  if (text.startsWith('\ufeff')) return 'Not valid JSON: it starts with a byte order mark.';
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'Not valid JSON.';
  }
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
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
