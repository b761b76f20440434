// The texts that the extension shows, as they stand in the code, and what a translation lacks of them.
// Called by `npm run l10n` and by its unit test.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';

/** @typedef {Record<string, string>} Texts */

/**
 * Every text of `t('…')` in src/ui and of `translatable('…')`, by itself: what VS Code looks it up by.
 * @param {string} root
 * @returns {Promise<Texts>}
 */
export async function textsOfCode(root) {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  const sources = await Promise.all(
    files.map(async (file) =>
      asL10nDevReads(file, await readFile(join(root, 'src', file), 'utf8')),
    ),
  );
  const contents = ["import * as vscode from 'vscode';", ...sources].join('\n');
  const texts = await getL10nJson([{ contents, extension: '.ts' }]);
  return /** @type {Texts} */ (Object.fromEntries(Object.entries(texts).sort(byText)));
}

/** What is handed to `t` and is no literal: the literal is marked with `translatable` where it stands. */
const markedElsewhere = ['describeState', 'meaning', 'offer.detail', 'point.detail', 'point.label'];

/**
 * l10n-dev knows `vscode.l10n.t(…)` below an import of vscode, and neither `const { t } = vscode.l10n` nor
 * a `t` that is a parameter. So it is given each call written out, and one import: it goes through
 * everything once for each, which takes ten seconds for the files one by one.
 * @param {string} file below src
 * @param {string} source
 * @returns {string} nothing where the file holds no text
 */
export function asL10nDevReads(file, source) {
  const call = file.startsWith('ui/')
    ? /(?<![\w.$])(?:t|l10n\.t|vscode\.l10n\.t|translatable)\(\s*/g
    : /(?<![\w.$])translatable\(\s*/g;
  if (!call.test(source)) return '';
  const contents = source
    .replaceAll(call, 'vscode.l10n.t(')
    .replace(/^import [^;]* from 'vscode';$/m, '');
  for (const { index } of contents.matchAll(/vscode\.l10n\.t\(/g)) {
    const [, argument = ''] = /^[^(]*\(([^\n]*)/.exec(contents.slice(index)) ?? [];
    const isText = /^('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(?:[,)]|$)/.test(argument);
    if (!isText && !markedElsewhere.includes(/^[\w.]*/.exec(argument)?.[0] ?? ''))
      throw new Error(
        `src/${file}: t(${argument} is no text in quotes. Mark the texts with translatable(…) where they stand, and add what is handed to t to markedElsewhere in test/l10n/texts.mjs.`,
      );
  }
  return contents;
}

/** @param {[string, unknown]} a @param {[string, unknown]} b */
function byText([a], [b]) {
  return a < b ? -1 : 1;
}

/**
 * What is wrong with a translation.
 * @param {Texts} english by key; in the texts of the code, key and text are the same
 * @param {Texts} translated
 * @returns {string[]} a line for each
 */
export function faultsOf(english, translated) {
  const stale = Object.keys(translated).filter((key) => !(key in english));
  const missing = Object.keys(english).filter((key) => !translated[key]);
  const changed = Object.entries(english).filter(
    ([key, text]) => translated[key] && keptParts(text) !== keptParts(translated[key]),
  );
  return [
    ...stale.map((key) => `stale: ${key}`),
    ...missing.map((key) => `missing: ${key}`),
    ...changed.map(([key]) => `other placeholders, icons or links: ${key}`),
  ];
}

/**
 * What a translation may move, but must have as the English text has it: `{0}`, `$(icon)`, the target of
 * a link, and code in double or single backquotes.
 * @param {string} text
 */
function keptParts(text) {
  return [...text.matchAll(/\{\d\}|\$\([\w-]+\)|\]\([^)]*\)|(`+)[^`]+\1/g)]
    .map(([part]) => part)
    .sort()
    .join(' ');
}

/**
 * A translation with what it lacks as an empty text, for which VS Code shows the English one, and
 * without what is shown no more.
 * @param {Texts} english
 * @param {Texts} translated
 * @returns {Texts}
 */
export function completed(english, translated) {
  return Object.fromEntries(Object.keys(english).map((key) => [key, translated[key] ?? '']));
}

/**
 * The two halves of each language's translation, with their English.
 * @param {string} root
 * @returns {Promise<{ file: string, english: Texts, translated: Texts }[]>}
 */
export async function translations(root) {
  const code = await textsOfCode(root);
  const manifest = await readTexts(join(root, 'package.nls.json'));
  const bundles = (await readdir(join(root, 'l10n'))).sort();
  const languages = bundles.flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);
  const halves = languages.flatMap((language) => [
    { file: `l10n/bundle.l10n.${language}.json`, english: code },
    { file: `package.nls.${language}.json`, english: manifest },
  ]);
  return Promise.all(
    halves.map(async (half) => ({ ...half, translated: await readTexts(join(root, half.file)) })),
  );
}

/**
 * @param {string} file
 * @returns {Promise<Texts>}
 */
async function readTexts(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}
