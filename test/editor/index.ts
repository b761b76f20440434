// Runs Mocha inside VS Code's extension host: what @vscode/test-electron's extensionTestsPath names.
// The counts go back to run.mjs through the reporter's file.

import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Called by VS Code once it has started; rejects when a test failed or none was found. */
export async function run(): Promise<void> {
  // This file is dist/test/editor/index.js.
  const projectRoot = join(__dirname, '../../..');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    color: process.env.FORCE_COLOR === '1',
    reporter: join(projectRoot, 'test/reporter.cjs'),
  });
  // By the sources, so the bundle of a test that was removed does not run on.
  const files = readdirSync(join(projectRoot, 'test/editor'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.ts$/, '.js'))
    .sort();
  if (files.length === 0) throw new Error('No *.test.ts in test/editor.');
  for (const file of files) mocha.addFile(join(__dirname, file));

  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
