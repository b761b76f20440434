// Type-aware lint, and the import table of CONTRIBUTING.md as a rule.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** @param {string} folder @param {string[]} forbidden */
const imports = (folder, forbidden) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: forbidden.map((name) => ({
          regex: name === 'vscode' ? '^vscode$' : `(^|/)${name}(/|$)`,
          message: `src/${folder} may not import ${name}: see the import table in CONTRIBUTING.md.`,
        })),
      },
    ],
  },
});

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
    ignores: ['src/ui/say.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Identifier[name=/^(show(Error|Warning|Information)Message|withProgress)$/]',
          message: 'Use src/ui/say.ts, where a foreign name cannot become a link.',
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
  imports('protocol', ['core', 'helper', 'ui', 'vscode']),
  imports('core', ['helper', 'ui', 'vscode']),
  imports('helper', ['ui', 'vscode']),
  imports('ui', ['helper']),
  imports('webview', ['helper', 'vscode']),
);
