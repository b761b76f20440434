// npm run l10n: brings every translation to the texts that the code and package.nls.json have now, and
// writes those of the code to dist/bundle.l10n.json, which a new translation starts from.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../host/project.mjs';
import { completed, faultsOf, textsOfCode, translations } from './texts.mjs';

const root = projectRoot();

/**
 * @param {string} file
 * @param {Record<string, string>} texts
 */
async function writeTexts(file, texts) {
  await writeFile(join(root, file), `${JSON.stringify(texts, undefined, 2)}\n`);
}

await mkdir(join(root, 'dist'), { recursive: true });
await writeTexts('dist/bundle.l10n.json', await textsOfCode(root));
for (const { file, english, translated } of await translations(root)) {
  const faults = faultsOf(english, translated);
  console.log(`${file}: ${faults.length === 0 ? 'complete' : ''}`);
  for (const fault of faults) {
    console.log(`  ${fault}`);
    if (fault.startsWith('stale: ')) console.log(`    was ${translated[fault.slice(7)]}`);
  }
  await writeTexts(file, completed(english, translated));
  if (faults.length > 0) process.exitCode = 1;
}
