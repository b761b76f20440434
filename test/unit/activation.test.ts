/** What VS Code has to load before the extension does anything: nothing that is only needed later. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { lazyBundles, lazyPlugins } from '../../src/lazyBundles.mjs';
import { maxDepth } from '../../src/ui/model/discoverBundles';
import { projectRoot } from '../host/project.mjs';

/** What follows the colon of activation events of one kind. */
function eventsOf(kind: string): string[] {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  const { activationEvents } = JSON.parse(text) as { activationEvents: string[] };
  const prefix = `${kind}:`;
  return activationEvents
    .filter((event) => event.startsWith(prefix))
    .map((event) => event.slice(prefix.length));
}

/** As VS Code takes them: a folder or a file by its name, a file by a glob; `**` ends one. */
function activates(...files: string[]): boolean {
  return eventsOf('workspaceContains').some((pattern) => {
    if (!pattern.includes('*'))
      return files.some((file) => file === pattern || file.startsWith(`${pattern}/`));
    const words = pattern
      .replaceAll('.', '\\.')
      .replace(/\/\*\*$/, '/.+')
      .split('/');
    const glob = new RegExp(`^${words.map((word) => (word === '*' ? '[^/]+' : word)).join('/')}$`);
    return files.some((file) => glob.test(file));
  });
}

const below = (depth: number) => 'a/'.repeat(depth);

/** As `esbuild.mjs` builds the extension. */
const asBuilt = {
  entryPoints: ['src/extension.ts'],
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  external: ['vscode'],
  plugins: lazyPlugins,
  loader: { '.sh': 'text' },
} as const satisfies BuildOptions;

describe('activation', () => {
  it('comes where a bundle or a root filesystem is, as deep as they are looked for', () => {
    for (let depth = 0; depth <= maxDepth; depth++) {
      const at = below(depth);
      assert.ok(activates(`${at}config.json`, `${at}rootfs/bin/busybox`), `a bundle in ${at}`);
      assert.ok(activates(`${at}config.json`, `${at}tree/etc/passwd`), `its tree in ${at}`);
      assert.ok(activates(`${at}etc/passwd`), `a tree in ${at}`);
      assert.ok(activates(`${at}bin/sh`), `a tree without users in ${at}`);
    }
  });

  it('does not come for every config.json, nor for what lies deeper than is looked', () => {
    for (const file of [
      'config.json',
      'src/config.json',
      'node_modules/some/lib/config.json',
      'src/rootfs.ts',
      'bin/start.sh',
      `${below(maxDepth + 1)}rootfs/bin/busybox`,
      `${below(maxDepth + 2)}etc/passwd`,
    ])
      assert.ok(!activates(file), file);
  });

  it('comes for a page of its own that VS Code brings back with the window, and for nothing else', () => {
    const sources = readdirSync('src/ui', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('src/ui', file), 'utf8'))
      .join('\n');
    const named = (pattern: RegExp) =>
      [...sources.matchAll(pattern)].map(([, name]) => name).sort();
    assert.deepEqual(eventsOf('onFileSystem'), named(/[sS]cheme = '([^']+)'/g));
    assert.deepEqual(eventsOf('onWebviewPanel'), named(/\bconst \w+View = '(terrarium\.[^']+)'/g));
    assert.equal(sources.match(/createWebviewPanel\(/g)?.length, 3);
    assert.equal(
      sources.match(/registerTextDocumentContentProvider\(|MadeFiles\.register\(/g)?.length,
      6,
    );
  });

  it('evaluates no dependency and no part of the helper’s protocol', async () => {
    const { metafile } = await build(asBuilt);
    const evaluated = new Set<string>();
    const visit = (file: string) => {
      if (evaluated.has(file)) return;
      evaluated.add(file);
      for (const { path, kind } of metafile.inputs[file]?.imports ?? [])
        if (kind !== 'dynamic-import' && path in metafile.inputs) visit(path);
    };
    visit('src/extension.ts');
    const heavy = [...evaluated].filter((file) =>
      /node_modules|\/protocol\/|\/client\//.test(file),
    );
    assert.deepEqual(heavy, []);
    assert.ok(evaluated.size > 20, 'the graph was read');
  });

  it('reads less than 250 KB, and no library', async () => {
    const { outputFiles, metafile } = await build({ ...asBuilt, minify: true });
    assert.ok(outputFiles[0]!.contents.length < 250_000);
    const libraries = Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'));
    assert.deepEqual(libraries, []);
  });

  it('keeps no state that two bundles would have a copy of each', async () => {
    const sources = ['src/extension.ts', ...Object.values(lazyBundles).map(({ source }) => source)];
    const bundlesWith = new Map<string, number>();
    for (const source of sources) {
      const { metafile } = await build({ ...asBuilt, entryPoints: [source] });
      for (const file of Object.keys(metafile.inputs))
        bundlesWith.set(file, (bundlesWith.get(file) ?? 0) + 1);
    }
    const shared = [...bundlesWith].filter(([file, count]) => count > 1 && file.startsWith('src/'));
    assert.ok(shared.length > 20, 'the bundles were read');
    const state = /^(export )?(let |const .*(Emitter|new (Weak)?(Map|Set)(<.*>)?\(\)))/m;
    assert.deepEqual(
      shared.map(([file]) => file).filter((file) => state.test(readFileSync(file, 'utf8'))),
      // Its switch is for a thread of the helper; the other one reads again what it does not remember.
      ['src/core/fs/files.ts', 'src/core/config/subordinateRange.ts'],
    );
  });
});
