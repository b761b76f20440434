/**
 * What `helper.js run` loads until its payload runs: each module costs each start. A library or a module of Node's that
 * is imported on that way again fails here.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(__dirname, '../../../../..');

/** Where it begins, and what it imports for each start of a known config.json. */
const begins = [
  'src/helper/loader.ts',
  'src/helper/helper.ts',
  'src/helper/commands/run.ts',
  'src/helper/leftovers/runRecords.ts',
];

/** node:child_process takes node:net, node:tty and node:stream along. */
const allowed = [
  'child_process',
  'events',
  'fs',
  'net',
  'os',
  'path',
  'stream',
  'tty',
  'util',
  'vm',
];

describe('what “run” loads for each start', () => {
  let inputs: Record<string, { imports: { path: string; kind: string; external?: boolean }[] }>;
  let loaded: Set<string>;

  before(async () => {
    const { metafile } = await build({
      ...{ absWorkingDir: root, entryPoints: begins.slice(0, 2), outdir: 'dist', write: false },
      ...{
        bundle: true,
        format: 'cjs',
        platform: 'node',
        metafile: true,
        loader: { '.sh': 'text' },
      },
      ...{ external: ['node-pty'], logLevel: 'silent' },
    });
    inputs = metafile.inputs;
    loaded = new Set(begins);
    for (const file of loaded)
      for (const one of inputs[file]?.imports ?? [])
        if (one.kind === 'import-statement' && !one.external) loaded.add(one.path);
  });

  it('is no library', () => {
    for (const file of begins) assert.ok(inputs[file], `${file} is in the bundle`);
    const libraries = [...loaded].filter((file) => file.includes('node_modules'));
    assert.deepEqual(libraries, []);
  });

  it('is of Node what it takes to spawn a program and to open files', () => {
    const modules = [...loaded].flatMap((file) =>
      (inputs[file]?.imports ?? [])
        .filter(({ external, kind }) => external && kind === 'import-statement')
        .flatMap(({ path: name }) => (name.startsWith('node:') ? [name.slice(5)] : [])),
    );
    assert.deepEqual([...new Set(modules)].sort(), allowed);
  });
});
