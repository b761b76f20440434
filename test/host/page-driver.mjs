// What every part of the workbench's driver stands on: the page, its console, pictures of it, and
// waiting for what it shows.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

export const defaultTimeout = 30_000;

export class PageDriver {
  /** @type {string[]} */
  #console = [];

  /**
   * @param {Page} page
   * @param {string} screenshotDir
   */
  constructor(page, screenshotDir) {
    /** The page itself, for what has no helper here. */
    this.page = page;
    this.screenshotDir = screenshotDir;
    page.setDefaultTimeout(defaultTimeout);
    page.on('console', (message) => this.#console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.#console.push(`pageerror: ${error.message}`));
  }

  /** Ends the browser. */
  async close() {
    await this.page.context().browser()?.close();
  }

  /** @returns {string[]} the page's console so far */
  consoleLines() {
    return [...this.#console];
  }

  /**
   * @param {string} name without the ending
   * @param {string} [dir] for example `media`; relative to the current folder
   * @returns {Promise<string>} the file
   */
  async screenshot(name, dir = this.screenshotDir) {
    await mkdir(dir, { recursive: true });
    const path = resolve(join(dir, `${name}.png`));
    await this.page.screenshot({ path });
    return path;
  }

  /**
   * Reads again and again until the answer is good; for text that no single element stands for.
   * @template T
   * @param {() => Promise<T>} read
   * @param {(value: T) => boolean} good
   * @param {number} timeout
   * @param {(value: T) => string} complaint
   * @returns {Promise<T>}
   */
  async until(read, good, timeout, complaint) {
    const deadline = Date.now() + timeout;
    for (;;) {
      const value = await read();
      if (good(value)) return value;
      if (Date.now() > deadline) throw new Error(complaint(value));
      // The page's next frame is the next moment at which something can have changed.
      await this.page.evaluate(
        () => new Promise((resolve) => window.requestAnimationFrame(() => resolve(undefined))),
      );
    }
  }
}

/**
 * A pattern for this text and nothing else, whatever white space the page puts around it.
 * @param {string} text
 * @returns {RegExp}
 */
export function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
