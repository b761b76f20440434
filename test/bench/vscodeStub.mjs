// As much of the vscode API as the Processes view and the evidence of a lesson need, so that a bench can run
// them in plain Node.

import { TextEncoder } from 'node:util';

export class EventEmitter {
  #listeners = new Set();
  event = (/** @type {(value: unknown) => void} */ listener) => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  /** @param {unknown} value */
  fire(value) {
    for (const listener of this.#listeners) listener(value);
  }
  dispose() {
    this.#listeners.clear();
  }
}

export class Disposable {
  /** @param {{ dispose: () => void }[]} all */
  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }

  /** @param {() => void} dispose */
  constructor(dispose) {
    this.dispose = dispose;
  }
}

export class TreeItem {
  /** @param {string} label @param {number} collapsibleState */
  constructor(label, collapsibleState = 0) {
    Object.assign(this, { label, collapsibleState });
  }
}

/** An output of a cell: its items, each with its bytes as VS Code makes them. */
export class NotebookCellOutput {
  /** @param {unknown[]} items @param {object} metadata */
  constructor(items, metadata) {
    Object.assign(this, { items, metadata });
  }
}

export class NotebookCellOutputItem {
  /** @param {Uint8Array} data @param {string} mime */
  constructor(data, mime) {
    Object.assign(this, { data, mime });
  }
  /** @param {string} text @param {string} mime */
  static text(text, mime) {
    return new NotebookCellOutputItem(new TextEncoder().encode(text), mime);
  }
}

class Named {
  /** @param {string} id @param {unknown} [more] */
  constructor(id, more) {
    Object.assign(this, { id, more });
  }
}

export const ThemeIcon = Named;
export const ThemeColor = Named;
export const MarkdownString = Named;
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export const l10n = {
  /** @param {string} text @param {unknown[]} parts */
  t: (text, ...parts) => text.replace(/\{(\d+)\}/g, (_, at) => String(parts[Number(at)])),
};

const nothing = () => new Disposable(() => undefined);
const columns = ['pid', 'hostPid', 'state', 'cpu', 'memory', 'command'];
export const workspace = {
  getConfiguration: () => ({ get: () => columns }),
  onDidChangeConfiguration: nothing,
};
export const commands = { executeCommand: async () => undefined };
export const window = { onDidChangeActiveColorTheme: nothing };
