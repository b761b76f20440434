// Where the project's folder is, and the error class for set-up that cannot go on.
// Used by everything under test/ that is not itself a test.

/* global __dirname -- where esbuild made CommonJS of this */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An expected failure: what is wrong and what to do about it, shown without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} problem the thing and the reason
   * @param {string} remedy what the reader can do
   * @param {{ cause?: unknown }} [options]
   */
  constructor(problem, remedy, options) {
    super(`${problem}\n${remedy}`, options);
    this.name = 'SetupError';
  }
}

/**
 * The folder of the extension's package.json. It is searched upwards and not counted in `..`,
 * because esbuild puts a copy of this module into dist/test/ui/*.test.js.
 * @returns {string}
 */
export function projectRoot() {
  const here = import.meta.url ? dirname(fileURLToPath(import.meta.url)) : __dirname;
  for (let dir = here; ; dir = dirname(dir)) {
    const manifest = join(dir, 'package.json');
    if (existsSync(manifest)) {
      const parsed = /** @type {{ engines?: { vscode?: string } }} */ (
        JSON.parse(readFileSync(manifest, 'utf8'))
      );
      if (parsed.engines?.vscode) return dir;
    }
    if (dir === dirname(dir)) {
      throw new SetupError(
        `No VS Code extension's package.json above ${here}.`,
        'Run this from a clone of the project.',
      );
    }
  }
}

/** Refuses to go on with a Node that the tools do not know. */
export function requireNode20() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new SetupError(
      `Node ${process.versions.node} is too old.`,
      'Install Node 20 or newer and run this again.',
    );
  }
}
