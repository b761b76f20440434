// Starts VS Code with test/editor/index in its extension host, through @vscode/test-electron's own
// API: a desktop VS Code where TERRARIUM_TEST_VSCODE names one, otherwise the server host.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { projectRoot } from '../host/project.mjs';

const root = projectRoot();
const scratch = await mkdtemp(join(tmpdir(), 'terrarium-editor-'));
try {
  process.exitCode = await runTests({
    vscodeExecutablePath: process.env.TERRARIUM_TEST_VSCODE || join(root, 'test/host/code.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist/test/editor/index'),
    launchArgs: [
      scratch,
      `--user-data-dir=${scratch}/.user-data`,
      `--extensions-dir=${scratch}/.extensions`,
    ],
  });
} catch (error) {
  // The tests have printed their own failures; here only why VS Code did not get that far.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
