// As much of the vscode API as the Processes view needs, so that a bench can run it in plain Node.

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
