/**
 * Whether this window may be visible to the user. VS Code tells whether a window has the focus and was
 * used recently, but not whether other windows cover it. A window without both for a minute counts as
 * hidden. The views subscribe to processes only while the window counts as visible.
 */
import * as vscode from 'vscode';

/** How long a window without focus still counts as visible, in milliseconds. */
export const patienceMs = 60_000;

export class WindowAttention implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<boolean>();
  readonly #listener: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #isSeen = true;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#listener = vscode.window.onDidChangeWindowState((state) => this.#follow(state));
    this.#follow(vscode.window.state);
  }

  get isSeen(): boolean {
    return this.#isSeen;
  }

  #follow({ focused, active }: vscode.WindowState): void {
    if (focused || active) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#set(true);
    } else this.#timer ??= setTimeout(() => this.#set(false), patienceMs);
  }

  #set(isSeen: boolean): void {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#changed.fire(isSeen);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listener.dispose();
    this.#changed.dispose();
  }
}
