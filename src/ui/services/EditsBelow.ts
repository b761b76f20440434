/** Of which containers the rootfs was edited below the scratch layer that they run on. Shown by the Containers view. */
import * as vscode from 'vscode';

/** `old`: some file is seen inside as it was before, until the container is started again. */
export type EditedBelow = 'seen' | 'old';

export class EditsBelow implements vscode.Disposable {
  readonly #edited = new Map<string, EditedBelow>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  of(bundle: string): EditedBelow | undefined {
    return this.#edited.get(bundle);
  }

  /** @param edited undefined where it was not, or was started again since */
  set(bundle: string, edited: EditedBelow | undefined): void {
    if (this.#edited.get(bundle) === edited) return;
    if (edited) this.#edited.set(bundle, edited);
    else this.#edited.delete(bundle);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
