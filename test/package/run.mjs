// npm run package: makes dist/terrarium.vsix of what esbuild.mjs --production has built.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { SetupError, projectRoot } from '../host/project.mjs';
import { packagesOf, thirdPartyNotices } from './notices.mjs';
import { withoutRelativeLinks } from './readme.mjs';

/** Where the project is at home: package.json names all of these, or none before it is published. */
const homes = ['repository', 'bugs', 'homepage'];

/** Packages that are in the VSIX as they are, beside those in the bundles. */
const unbundled = ['node_modules/node-pty'];

/**
 * @param {string} root
 * @returns {Promise<boolean>} whether package.json says where the project is at home
 */
async function hasHome(root) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const missing = homes.filter((key) => !(key in manifest));
  if (missing.length === 0 || missing.length === homes.length) return missing.length === 0;
  throw new SetupError(
    `package.json has no ${missing.join(' and no ')}.`,
    `Fill in ${homes.join(', ')} together: see “Before publishing” in CONTRIBUTING.md.`,
  );
}

/** @param {string} root */
async function writeNotices(root) {
  const bundled = JSON.parse(await readFile(join(root, 'dist/bundled.json'), 'utf8'));
  const packages = [...packagesOf(bundled), ...unbundled].sort();
  await writeFile(
    join(root, 'dist/ThirdPartyNotices.txt'),
    await thirdPartyNotices(root, packages),
  );
}

async function main() {
  const root = projectRoot();
  const published = await hasHome(root);
  await writeNotices(root);

  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const readmePath = 'dist/page/README.md';
  await mkdir(join(root, 'dist/page'), { recursive: true });
  await writeFile(join(root, readmePath), published ? readme : withoutRelativeLinks(readme));

  await createVSIX({
    cwd: root,
    packagePath: join(root, 'dist/terrarium.vsix'),
    readmePath,
    allowMissingRepository: !published,
    rewriteRelativeLinks: published,
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
