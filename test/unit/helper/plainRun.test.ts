/**
 * What dist/plainRun.js loads until its payload runs: each module costs each start. A library or a module of Node's that is
 * imported on that way again fails here, and so does what such a start would come to and plainRun.js has not.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(__dirname, '../../../..');

/** node:child_process takes node:net, node:tty and node:stream along; node:timers/promises costs nothing. */
const ofNode = [
  ...['child_process', 'events', 'fs', 'net', 'os', 'path', 'stream', 'timers/promises'],
  ...['tty', 'util', 'vm'],
];

/** Each is for a start that isPlain refuses, for other commands, or for a config.json that is not known. */
const leftToMain = [
  ...['ContainerCgroup', 'HeldTerminal', 'ToldCalls', 'WaitingStart', 'cgroupName', 'containerId'],
  ...['engineFacts', 'execa', 'exportRuntime', 'exportScript', 'handSession', 'jsonc-parser'],
  ...['launchByHand', 'launchRuntime', 'parseConfig', 'prepareLayer', 'programSession'],
  ...['requireOwnCgroup', 'scriptFacts'],
];

interface Import {
  readonly path: string;
  readonly kind: string;
  readonly external?: boolean;
}

describe('what plainRun.js loads for each start', () => {
  let imports: Import[];

  before(async () => {
    const begins = ['src/helper/loader.ts', 'src/helper/plainRun.ts'];
    const { metafile } = await build({
      ...{ absWorkingDir: root, entryPoints: begins, outdir: 'dist', write: false },
      ...{ bundle: true, format: 'cjs', platform: 'node', metafile: true },
      ...{ loader: { '.sh': 'text' }, external: ['node-pty'], logLevel: 'silent' },
    });
    const inputs = metafile.inputs as Readonly<Record<string, { imports: Import[] }>>;
    const loaded = new Set(begins);
    for (const file of loaded)
      for (const { kind, external, path: one } of inputs[file]?.imports ?? [])
        if (kind === 'import-statement' && !external) loaded.add(one);
    assert.ok(loaded.size > 100, 'the graph is there');
    imports = [...loaded].flatMap((file) => inputs[file]?.imports ?? []);
  });

  it('is no library', () => {
    const libraries = imports.filter(
      ({ kind, path: file }) => kind === 'import-statement' && file.includes('node_modules'),
    );
    assert.deepEqual(libraries, []);
  });

  it('is of Node what it takes to spawn a program and to open files', () => {
    const names = imports.flatMap(({ external, path: name }) =>
      external && name.startsWith('node:') ? [name.slice('node:'.length)] : [],
    );
    assert.deepEqual([...new Set(names)].sort(), ofNode);
  });

  it('leaves to helperMain.js what no plain start comes to', () => {
    const names = imports.flatMap(({ kind, path: file }) =>
      kind === 'dynamic-import'
        ? [/^node_modules\/([^/]+)/.exec(file)?.[1] ?? path.basename(file, '.ts')]
        : [],
    );
    assert.deepEqual([...new Set(names)].sort(), leftToMain);
  });
});
