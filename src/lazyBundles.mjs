/**
 * What the extension loads when it is needed: file of dist/ → its source, and what imports of it look like. Each has
 * a copy of its own of what others have too, so nothing that they share may keep a state. Read by `esbuild.mjs` and
 * by the test of what VS Code has to load at its start.
 * @type {Readonly<Record<string, { readonly source: string, readonly imported: RegExp }>>}
 */
export const lazyBundles = {
  core: { source: 'src/core/lazy/index.ts', imported: /\/core\/lazy$/ },
  words: { source: 'src/ui/model/words/lazy.ts', imported: /\/words\/lazy$/ },
  panels: { source: 'src/ui/views/panels.ts', imported: /\/panels$/ },
  lessons: { source: 'src/ui/lessons/lessonTexts.ts', imported: /\/lessonTexts$/ },
  layers: { source: 'src/ui/layer/layers.ts', imported: /\/layers$/ },
  editing: { source: 'src/ui/rootfs/editing.ts', imported: /\/editing$/ },
  seldom: { source: 'src/ui/commands/seldom.ts', imported: /^\.\/seldom$/ },
};

/**
 * Leaves each of them to its own file.
 * @type {import('esbuild').Plugin[]}
 */
export const lazyPlugins = Object.entries(lazyBundles).map(([name, { imported }]) => ({
  name: `${name} apart`,
  setup(build) {
    build.onResolve({ filter: imported }, ({ kind }) =>
      kind === 'dynamic-import'
        ? { path: `./${name}.js`, external: true }
        : {
            errors: [
              { text: `Only import() may load it: it is ${name}.js, for when it is needed.` },
            ],
          },
    );
  },
}));
