/** The pages for people name what is there: files, commands, settings, annotations. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isAbsolute, linkTargets } from '../package/readme.mjs';

const pages = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs').map((file) => path.join('docs', file)),
];
const manifest = readFileSync('package.json', 'utf8');
const titles = Object.entries(
  JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>,
).flatMap(([key, text]) => (/^command\..*\.title$/.test(key) ? [text] : []));

/** Paths from the root, `/` first. */
const sources = ['src', 'test', 'docs', 'media'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `/${folder}/${file}`),
);
const rootFiles = readdirSync('.');

describe('the documents', () => {
  for (const page of pages) {
    const text = readFileSync(page, 'utf8');

    it(`${page} links to files that are there`, () => {
      const missing = linkTargets(text)
        .filter((target) => !isAbsolute(target))
        .filter((target) => !existsSync(path.join(path.dirname(page), target.replace(/#.*/, ''))));
      assert.deepEqual(missing, []);
    });

    it(`${page} names source files that are there`, () => {
      // `NAME.ts` stands for one that is to be made.
      const named = [...text.matchAll(/`([\w./-]+\.(?:ts|mjs|cjs|sh))`/g)].map(([, name]) => name!);
      const missing = named
        .filter((name) => !name.includes('NAME') && !rootFiles.includes(name))
        .filter((name) => !sources.some((file) => file.endsWith(`/${name}`)));
      assert.deepEqual(missing, []);
    });

    it(`${page} names commands and settings that are there`, () => {
      const commands = [...text.matchAll(/\*\*Terrarium: ([^*]+)\*\*/g)].map(([, title]) => title!);
      assert.deepEqual(
        commands.filter((title) => !titles.includes(title) && !manifest.includes(title)),
        [],
      );
      const settings = [...text.matchAll(/`(terrarium\.\w+)`/g)].map(([, setting]) => setting!);
      assert.deepEqual(
        settings.filter((setting) => !manifest.includes(`"${setting}"`)),
        [],
      );
    });
  }

  it('have no paragraph that nobody reads', () => {
    for (const page of ['README.md', 'SECURITY.md', 'docs/limits.md', 'docs/runc.md']) {
      const lines = readFileSync(page, 'utf8').split('\n');
      const long = lines.filter((line) => !line.startsWith('|') && line.length > 450);
      assert.deepEqual(long, [], page);
    }
    assert.ok(readFileSync('README.md', 'utf8').split(/\s+/).length < 1000);
  });
});
