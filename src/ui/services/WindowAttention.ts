/**
 * Whether anybody can be looking at this window. VS Code tells whether a window has the focus and
 * whether it was used of late, not whether others cover it: one that has been without both for a while
 * counts as hidden. Asked by whoever reads only for people who look.
 */
import * as vscode from 'vscode';

/** A window beside the one that is worked in is still looked at, for this long, in milliseconds. */
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
