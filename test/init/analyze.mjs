// npm run analyze: clang's static analyzer over every C file of terrarium-init; what it finds is an error.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run, which } from '../host/processes.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';

const folder = 'src/init';

if (!which('clang'))
  throw new SetupError('There is no clang here.', 'Run:  sudo apt-get install clang');
const root = projectRoot();
const files = (await readdir(join(root, folder))).filter((name) => name.endsWith('.c')).sort();
for (const name of files) {
  const { code, output } = await run(
    'clang',
    [
      ...['--analyze', '-Xclang', '-analyzer-werror', '-std=c17', '-D_GNU_SOURCE'],
      ...[join(folder, name), '-o', '/dev/null'],
    ],
    { cwd: root },
  );
  if (code === 0) continue;
  console.log(output.trim());
  process.exitCode = 1;
}
