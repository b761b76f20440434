/**
 * Tells of changes below a rootfs that was checked, some at a time: whoever makes them, an editor, a program of the
 * machine or of the container. VS Code watches the workspace anyway. Made for checks, baselines and layers.
 */
import * as vscode from 'vscode';
import type { maxCheckedPlaces } from '../../protocol/rootfsCheck';
import { isBelow } from '../../core/fs/isBelow';
import type { SavedFiles } from './SavedFiles';

/** Files that one look takes. That of the protocol, whose parsers the editor loads later. */
export const mostFiles: typeof maxCheckedPlaces = 400;
/** After a change, in milliseconds: what is copied, or written, causes several events. */
const settleMs = 300;
/** It rests for so many times as long as the last look has taken. */
const restFactor = 5;

export class RootfsChanges implements vscode.Disposable {
  readonly #store: vscode.Disposable[];
  /** One more than a look takes says that they are too many. */
  #met = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isDisposed = false;
  /** Of performance.now(). */
  #notBefore = 0;

  /**
   * @param rootfs absolute, as the workspace has it
   * @param saved tells of what VS Code does not watch as well
   * @param look is told of the files; undefined for more than one look can name
   */
  constructor(
    private readonly rootfs: string,
    saved: Pick<SavedFiles, 'onDidChange'>,
    private readonly look: (files: ReadonlySet<string> | undefined) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(rootfs), '**');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const meet = ({ fsPath }: vscode.Uri) => this.#meet(fsPath);
    watcher.onDidCreate(meet);
    watcher.onDidChange(meet);
    watcher.onDidDelete(meet);
    this.#store = [watcher, saved.onDidChange((file) => this.#meet(file))];
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    for (const one of this.#store) one.dispose();
  }

  /** @param file absolute path; one of another folder is none of ours */
  #meet(file: string): void {
    if (file === this.rootfs || !isBelow(file, this.rootfs)) return;
    if (this.#met.size <= mostFiles) this.#met.add(file);
    this.#soon();
  }

  #soon(): void {
    if (this.#isDisposed || this.#isLooking || this.#timer) return;
    const delay = Math.max(settleMs, this.#notBefore - performance.now());
    this.#timer = setTimeout(() => void this.#now(), delay);
  }

  async #now(): Promise<void> {
    this.#timer = undefined;
    this.#isLooking = true;
    const files = this.#met.size > mostFiles ? undefined : this.#met;
    this.#met = new Set();
    const began = performance.now();
    try {
      await this.look(files);
    } catch (error) {
      this.failed(error);
    }
    const ended = performance.now();
    this.#notBefore = ended + restFactor * (ended - began);
    this.#isLooking = false;
    if (this.#met.size > 0) this.#soon();
  }
}
