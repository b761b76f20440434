// Builds dist/extension.js with what it loads when needed, dist/helper.js with dist/helperMain.js and dist/plainRun.js, dist/terminal.js and dist/terrarium-init-ARCH; with --tests also every test file, one bundle each.
// `vscode` is external for the extension alone: a runtime import of it from core/ or helper/,
// however deep, fails the build of the helper.
import * as esbuild from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileInit } from './src/init/compile.mjs';
import { lazyBundles, lazyPlugins } from './src/lazyBundles.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // .sh files are the fixed scripts of the start sequence: they travel inside the bundle as text.
  loader: { '.sh': 'text' },
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  metafile: true,
};

/** @type {Promise<unknown>} */
let loaders = Promise.resolve();

/**
 * Builds dist/helper.js, which knows the very files that it loads, when one of them is built; one after the other.
 * @returns {esbuild.Plugin}
 */
function withLoader() {
  return {
    name: 'with loader',
    setup(build) {
      build.onEnd(async ({ errors }) => {
        if (errors.length === 0) await (loaders = loaders.then(buildLoader));
      });
    },
  };
}

async function buildLoader() {
  const files = ['dist/helperMain.js', 'dist/plainRun.js'];
  if (!files.every((file) => existsSync(file))) return; // the other one is built yet
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  await esbuild.build({
    ...common,
    entryPoints: ['src/helper/loader.ts'],
    outfile: 'dist/helper.js',
    define: { buildId: JSON.stringify(hash.digest('hex')) },
  });
}

/**
 * plainRun.js has nothing of what a plain start never loads: who imports it after all fails there.
 * @type {esbuild.Plugin}
 */
const leftToMain = {
  name: 'left to helperMain.js',
  setup(build) {
    const namespace = 'left to helperMain.js';
    build.onResolve({ filter: /./ }, ({ kind, path: file }) =>
      kind === 'dynamic-import' ? { path: file, namespace } : undefined,
    );
    build.onLoad({ filter: /./, namespace }, ({ path: file }) => ({
      contents: `throw new Error(${JSON.stringify(`${file} is ${namespace}`)});`,
    }));
  },
};

/**
 * What the loader runs is a function of what Node gives a module, and of its own two words. Made here, because the loader
 * would copy all of it.
 * @satisfies {esbuild.BuildOptions}
 */
const loaded = {
  ...common,
  external: ['node-pty'],
  banner: {
    js: '(function (exports, require, module, __filename, __dirname, buildIdentity, otherwise) {',
  },
  footer: { js: '})' },
};

/** @type {esbuild.BuildOptions[]} */
const builds = [
  {
    ...common,
    entryPoints: {
      extension: 'src/extension.ts',
      ...Object.fromEntries(
        Object.entries(lazyBundles).map(([name, { source }]) => [name, source]),
      ),
    },
    outdir: 'dist',
    external: ['vscode'],
    plugins: lazyPlugins,
  },
  {
    ...loaded,
    entryPoints: ['src/helper/helper.ts'],
    outfile: 'dist/helperMain.js',
    plugins: [withLoader()],
  },
  {
    ...loaded,
    entryPoints: ['src/helper/plainRun.ts'],
    outfile: 'dist/plainRun.js',
    plugins: [leftToMain, withLoader()],
  },
  {
    ...common,
    entryPoints: ['src/helper/terminal.ts'],
    outfile: 'dist/terminal.js',
    external: ['node-pty'],
  },
];

// Pages of webviews: for the browser, each loaded by its panel alone.
builds.push({
  ...common,
  entryPoints: {
    usage: 'src/webview/usage/main.ts',
    picture: 'src/webview/picture/main.ts',
    sight: 'src/webview/sight/main.ts',
  },
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  legalComments: 'inline',
});

if (tests) {
  const found = (await readdir('test', { recursive: true }))
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => path.join('test', file));
  const inside = (/** @type {boolean} */ editor) =>
    found.filter((file) => file.startsWith('test/editor/') === editor);
  const testBuild = {
    ...common,
    outdir: 'dist/test',
    outbase: 'test',
    minify: false,
    sourcemap: /** @type {const} */ ('inline'),
    metafile: false,
    // test/host/project.mjs is loaded as a module and bundled as CommonJS: it knows which.
    logOverride: { 'empty-import-meta': /** @type {const} */ ('silent') },
    external: [
      'mocha',
      'node-pty',
      'playwright-core',
      'esbuild',
      'typescript',
      'upng-js',
      '@vscode/vsce',
      '@vscode/l10n-dev',
    ],
  };
  builds.push({ ...testBuild, entryPoints: inside(false) });
  builds.push({
    ...testBuild,
    entryPoints: ['test/editor/index.ts', ...inside(true)],
    external: [...testBuild.external, 'vscode'],
  });
}

/**
 * Says when the builds of --watch begin and have all ended: .vscode/tasks.json waits for these lines.
 * @returns {esbuild.Plugin}
 */
function saysWhen() {
  let building = 0;
  return {
    name: 'says when',
    setup(build) {
      build.onStart(() => {
        if (building++ === 0) console.log('watch: building');
      });
      build.onEnd(() => {
        if (--building === 0) console.log('watch: built');
      });
    },
  };
}

await writeSchema();
// Node reads the next package.json above each module that it loads: the extension's has 90 KB.
await writeFile('dist/package.json', JSON.stringify({ type: 'commonjs' }));
// A VSIX has it for every architecture that node-pty has.
await compileInit(process.argv.includes('--all-architectures') ? ['x64', 'arm64'] : [process.arch]);

/**
 * dist/config.schema.json, for VS Code's own JSON support: made here because zod's generator would
 * make the extension a tenth larger.
 */
async function writeSchema() {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: ['src/core/config/jsonSchema.ts'],
    sourcemap: false,
    write: false,
  });
  const module = { exports: /** @type {{ configJsonSchema?: () => object }} */ ({}) };
  new Function('module', 'require', outputFiles[0]?.text ?? '')(
    module,
    createRequire(import.meta.url),
  );
  await mkdir('dist', { recursive: true });
  await writeFile('dist/config.schema.json', JSON.stringify(module.exports.configJsonSchema?.()));
}

if (watch) {
  const plugins = [saysWhen()];
  for (const build of builds)
    await (
      await esbuild.context({ ...build, plugins: [...(build.plugins ?? []), ...plugins] })
    ).watch();
} else {
  const results = await Promise.all(builds.map((build) => esbuild.build(build)));
  const inputs = results.flatMap(({ metafile }) =>
    Object.values(metafile?.outputs ?? {}).flatMap((output) => Object.entries(output.inputs)),
  );
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  // For the licences in the VSIX: which files its bundles are made of (test/package/notices.mjs).
  await writeFile('dist/bundled.json', JSON.stringify([...new Set(bundled.map(([file]) => file))]));
}
