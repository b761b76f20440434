// ThirdPartyNotices.txt: the licences of other people's code in the VSIX, as they ask for.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../host/project.mjs';

/** Packages that come from npm without the text of their licence. */
const licenceOf = /** @type {Readonly<Record<string, string>>} */ ({
  '@xterm/headless': 'xterm.txt',
});

/** Libraries in the programs of C: their licences, each after a line that begins with its name. */
const linked = ['glibc.txt', 'musl.txt'];

/**
 * @param {readonly string[]} files of a build's inputs, as esbuild names them
 * @returns {string[]} the folders of the packages that they belong to
 */
export function packagesOf(files) {
  const folders = files.flatMap(
    (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * @param {string} root the project
 * @param {readonly string[]} packages folders of packages, relative to it
 * @returns {Promise<string>}
 */
export async function thirdPartyNotices(root, packages) {
  const notices = await Promise.all([
    ...packages.map((folder) => notice(root, join(root, folder))),
    ...linked.map((file) => readFile(join(root, 'test/package/licences', file), 'utf8')),
  ]);
  return [
    `Terrarium contains code of the following ${notices.length} packages.\n`,
    ...notices,
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function notice(root, folder) {
  const { name, version, license } = /** @type {Record<string, string>} */ (
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  );
  const texts = await Promise.all(
    (await licenceFiles(root, folder, String(name))).map((file) => readFile(file, 'utf8')),
  );
  return (
    [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n') + '\n'
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} name
 * @returns {Promise<string[]>}
 */
async function licenceFiles(root, folder, name) {
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|copying|notice|third-?party-?notices)(\.|$)/i.test(file))
    .sort();
  if (files.some((file) => /^(licen[cs]e|copying)/i.test(file)))
    return files.map((file) => join(folder, file));
  const ours = licenceOf[name];
  if (ours) return [join(root, 'test/package/licences', ours)];
  throw new SetupError(
    `The package ${name} is in the VSIX and comes without the text of its licence.`,
    'Put the text, from its repository, into test/package/licences, and its name into test/package/notices.mjs.',
  );
}
