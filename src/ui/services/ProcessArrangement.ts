/** Order, filter and pins of the Processes view, kept in the workspace's state. Made by `extension.ts`. */
import * as vscode from 'vscode';
import type { Arrangement, SortOrder } from '../../core/tree/arrange';

const memory = 'terrarium.processes.arrangement';
const pins = 'terrarium.processes.pins';

/** Only the latest are kept: a key names one run of one process, and its end may never be seen. */
const maxPins = 100;

interface Kept {
  readonly sort: SortOrder;
  readonly flat: boolean;
  readonly filter: string;
}

const usual: Kept = { sort: 'pid', flat: false, filter: '' };

export class ProcessArrangement implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  #kept: Kept;
  readonly #pinned: Set<string>;

  readonly #more = new vscode.EventEmitter<unknown>();

  readonly onDidChange = this.#changed.event;
  /** The row at the end of a long list was clicked. */
  readonly onDidAskForMore = this.#more.event;

  constructor(private readonly state: vscode.Memento) {
    this.#kept = { ...usual, ...state.get<Partial<Kept>>(memory) };
    this.#pinned = new Set(state.get<string[]>(pins, []));
    this.#setContextKeys();
  }

  get current(): Arrangement {
    return { ...this.#kept, pinned: this.#pinned };
  }

  /** The same order again sorts anew by the numbers of now. */
  async change(part: Partial<Kept>): Promise<void> {
    this.#kept = { ...this.#kept, ...part };
    this.#setContextKeys();
    this.#changed.fire();
    await this.state.update(memory, this.#kept);
  }

  askForMore(row: unknown): void {
    this.#more.fire(row);
  }

  /** Pins the processes, or unpins them where all are pinned. */
  async togglePins(keys: readonly string[]): Promise<void> {
    const all = keys.every((key) => this.#pinned.has(key));
    for (const key of keys) {
      if (all) this.#pinned.delete(key);
      else this.#pinned.add(key);
    }
    this.#changed.fire();
    await this.state.update(pins, [...this.#pinned].slice(-maxPins));
  }

  /** For the `when` clauses of package.json. */
  #setContextKeys(): void {
    const set = (key: string, value: unknown) =>
      void vscode.commands.executeCommand('setContext', key, value);
    set('terrarium.processesFlat', this.#kept.flat);
    set('terrarium.processesFiltered', this.#kept.filter !== '');
  }

  dispose(): void {
    this.#changed.dispose();
    this.#more.dispose();
  }
}
