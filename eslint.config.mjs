// Type-aware lint, and the import table of CONTRIBUTING.md as a rule.
import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What the folders of src may not import. */
const forbidden = {
  protocol: ['core', 'helper', 'ui', 'vscode'],
  core: ['helper', 'ui', 'vscode'],
  helper: ['ui', 'vscode'],
  ui: ['helper'],
  webview: ['helper', 'vscode'],
};

/**
 * The order of the folders and files in a folder of src. Each may import what stands in a row above its
 * own, and nothing beside or below it; types neither. Files that have no row put the others together, or are
 * what all of them stand on (`errors.ts`).
 *
 * @type {Record<string, string[][]>}
 */
const order = {
  core: [
    ['text'],
    ['fs'],
    ['overlay', 'procfs', 'tar'],
    ['cgroup', 'client', 'tree'],
    ['config', 'picture'],
    ['lesson', 'seccomp', 'sight'],
    ['bundle'],
    ['image', 'rootfs', 'sequence'],
    ['diagnostics', 'kubernetes'],
    ['lazy'],
  ],
  helper: [
    ['host'],
    ['processes'],
    ['cgroup', 'console', 'layer', 'sight'],
    ['engine', 'files', 'lesson'],
    ['leftovers'],
    ['doctor', 'image', 'ownership'],
    ['baseline', 'export', 'server'],
    ['commands'],
  ],
  'helper/console': [['pty', 'screen'], ['filter']],
  'helper/engine': [['shared'], ['builtin', 'oci']],
  ui: [
    ['commandIds', 'model'],
    ['notifications'],
    ['showError'],
    ['services'],
    ['pick'],
    ['terminal'],
    ['config', 'export', 'layer', 'lessons', 'rootfs', 'status', 'tasks', 'views'],
    ['commands'],
  ],
};

/** @param {string} files @param {readonly string[]} regexes of module specifiers */
const restrict = (files, regexes) => ({
  files: [files],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: regexes.map((regex) => ({
          regex,
          message: `${files} may not import this: see the import table in CONTRIBUTING.md.`,
        })),
      },
    ],
  },
});

/**
 * The last match of a file counts alone, so each has the rules of the folders above it as well.
 * @param {string} folder of src @param {readonly string[]} outside what no file in it may import
 * @returns {ReturnType<typeof restrict>[]}
 */
const imports = (folder, outside) => {
  const rows = order[folder] ?? [];
  for (const entry of rows.length > 0 ? readdirSync(`src/${folder}`, { withFileTypes: true }) : [])
    if (entry.isDirectory() && !rows.flat().includes(entry.name))
      throw new Error(
        `src/${folder}/${entry.name} has no place in the order of eslint.config.mjs.`,
      );
  return [
    restrict(`src/${folder}/**/*.ts`, outside),
    ...rows.flatMap((row, at) =>
      row.flatMap((room) => {
        const others = rows
          .slice(at)
          .flat()
          .filter((other) => other !== room);
        const from = (/** @type {string} */ path) => others.map((other) => `^${path}${other}(/|$)`);
        return [
          restrict(`src/${folder}/${room}.ts`, [...outside, ...from('\\./')]),
          ...imports(`${folder}/${room}`, [...outside, ...from('(\\.\\./)+')]),
        ];
      }),
    ),
  ];
};

const floors = Object.entries(forbidden).flatMap(([folder, names]) =>
  imports(
    folder,
    names.map((name) => (name === 'vscode' ? '^vscode$' : `(^|/)${name}(/|$)`)),
  ),
);

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/host/node_modules/**', '.vscode-test/**'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/ui/**/*.ts', 'src/extension.ts'],
    ignores: ['src/ui/notifications.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Identifier[name=/^(show(Error|Warning|Information)Message|withProgress)$/]',
          message: 'Use src/ui/notifications.ts, where a foreign name cannot become a link.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        performance: 'readonly',
        document: 'readonly',
        window: 'readonly',
        URLSearchParams: 'readonly',
        structuredClone: 'readonly',
      },
    },
  },
  floors,
);
