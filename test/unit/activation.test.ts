/** What VS Code has to load before the extension does anything: nothing that is only needed later. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';

describe('activation', () => {
  it('evaluates no dependency and no part of the helper’s protocol', async () => {
    const { metafile } = await build({
      entryPoints: ['src/extension.ts'],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      external: ['vscode'],
      loader: { '.sh': 'text' },
    });
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
    const { outputFiles, metafile } = await build({
      entryPoints: ['src/extension.ts'],
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      platform: 'node',
      external: ['vscode', '*/core/lazy'],
      loader: { '.sh': 'text' },
    });
    assert.ok(outputFiles[0]!.contents.length < 250_000);
    const libraries = Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'));
    assert.deepEqual(libraries, []);
  });
});
