// npm run shellcheck: ShellCheck over every shell script of the project, as POSIX sh where it has no
// first line that says otherwise. What it is wrong about stands in the script, with the reason.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, which } from '../host/processes.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';
import { allScripts } from './scripts.mjs';

/** What is no fault here, wherever it is found. */
const notFaults = {
  SC2016: 'what stands in single quotes is for the next shell',
  SC1112: 'a “ in a message is meant',
};

if (!which('shellcheck'))
  throw new SetupError('There is no shellcheck here.', 'Run:  sudo apt-get install shellcheck');
const scripts = await allScripts(projectRoot());
const folder = await mkdtemp(join(tmpdir(), 'terrarium-shellcheck-'));
try {
  const names = new Map();
  for (const [name, text] of scripts) {
    const file = join(folder, `${names.size}`);
    names.set(file, name);
    await writeFile(file, text.startsWith('#!') ? text : `# shellcheck shell=sh\n${text}`);
  }
  const { code, output } = await run('shellcheck', [
    '--format=gcc',
    `--exclude=${Object.keys(notFaults).join()}`,
    ...names.keys(),
  ]);
  if (code !== 0) {
    // A line was put above each script that does not say which shell it is for.
    console.log(
      output.replace(
        /^(\S+?):(\d+):/gm,
        (_, file, line) =>
          `${names.get(file)}: line ${line - (scripts.get(names.get(file))?.startsWith('#!') ? 0 : 1)}, column `,
      ),
    );
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
