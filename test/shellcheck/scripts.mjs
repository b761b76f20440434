// Every shell script of the project, by what to call it: files, exported scripts with the scripts that
// stand in them as text, and what the code hands to `sh -c`.

import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import ts from 'typescript';

/** @typedef {Map<string, string>} Scripts text by name */

/**
 * @param {string} root
 * @returns {Promise<Scripts>}
 */
export async function allScripts(root) {
  return new Map([
    ...(await scriptFiles(root)),
    ...(await exportedScripts(root)),
    ...(await inlineScripts(root)),
  ]);
}

/** @param {string} root */
async function scriptFiles(root) {
  const files = ['.ci/run'];
  for (const folder of ['src', 'test', 'findings'])
    for (const file of await readdir(join(root, folder), { recursive: true }))
      if (file.endsWith('.sh') && !file.includes('node_modules')) files.push(join(folder, file));
  return Promise.all(
    files.map(async (file) => pair(file, await readFile(join(root, file), 'utf8'))),
  );
}

/**
 * Of scripts that are the same the first, and below it each `name=$(cat <<'END-OF-NAME'` that differs.
 * @param {string} root
 */
async function exportedScripts(root) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(root, 'test/unit/core/sequence/exportedScripts.ts')],
    ...{ bundle: true, format: 'cjs', platform: 'node', write: false, loader: { '.sh': 'text' } },
  });
  const module = {
    exports: /** @type {{ exportedScripts?: () => { what: string, script: string }[] }} */ ({}),
  };
  new Function('module', 'require', outputFiles[0]?.text ?? '')(
    module,
    createRequire(join(root, 'package.json')),
  );
  /** @type {Scripts} name by text */
  const names = new Map();
  for (const { what, script } of module.exports.exportedScripts?.() ?? []) {
    const inner = [...script.matchAll(/^(\w+)=\$\(cat <<'(END-OF-\w+)'\n([^]*?)^\2$/gm)];
    for (const [text, name] of [
      [script, `exported: ${what}`],
      ...inner.map(([, name, , text]) => [text, `exported: ${what}: $${name}`]),
    ])
      if (text && name && !names.has(text)) names.set(text, name);
  }
  return [...names].map(([text, name]) => pair(name, text));
}

/**
 * What stands after '-c' in a list of words: a text, or the name of one in the same file. What is put in
 * at run time counts as a word.
 * @param {string} root
 */
async function inlineScripts(root) {
  const found = [];
  for (const file of await readdir(join(root, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const text = await readFile(join(root, 'src', file), 'utf8');
    if (!text.includes("'-c'")) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    /** @type {Map<string, string>} */
    const constants = new Map();
    visit(source, (node) => {
      if (ts.isVariableDeclaration(node) && node.initializer)
        constants.set(node.name.getText(), scriptOf(node.initializer) ?? '');
    });
    visit(source, (node) => {
      if (!ts.isArrayLiteralExpression(node)) return;
      const at = node.elements.findIndex((one) => ts.isStringLiteral(one) && one.text === '-c');
      const word = node.elements[at + 1];
      const script =
        at < 0 || !word ? undefined : (constants.get(word.getText()) ?? scriptOf(word));
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (script) found.push(pair(`src/${file}:${line}`, `${script}\n`));
    });
  }
  return found;
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} see
 */
function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/**
 * @param {ts.Expression} node
 * @returns {string | undefined}
 */
function scriptOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `word${literal.text}`).join('');
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {[string, string]}
 */
function pair(name, text) {
  return [name, text];
}
