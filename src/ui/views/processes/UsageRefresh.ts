/**
 * Limits the row "All processes" of a container to one refresh a second. Used by `ProcessesProvider`.
 */
import type * as vscode from 'vscode';
import type { ProcessesOf } from '../../services/ProcessStore';

const intervalMs = 1000;

export class UsageRefresh implements vscode.Disposable {
  /** Container id → what its row shows, and since when. */
  readonly #shown = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param refresh of the row of a container */
  constructor(private readonly refresh: (containerId: string) => void) {}

  /** @returns whether the row is refreshed now; a change that comes too early is shown a second later */
  isDue(id: string, known: ProcessesOf | undefined): boolean {
    const text = `${known?.tree.size} ${known?.total.memory} ${known?.load.join()}`;
    const shown = this.#shown.get(id);
    if (shown?.text === text) return false;
    if (shown && performance.now() - shown.at < intervalMs) {
      this.#later(id);
      return false;
    }
    this.#shown.set(id, { text, at: performance.now() });
    return true;
  }

  /** Forgets the containers that are not among these. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
  }

  /** The last change before the container becomes quiet must be shown too. */
  #later(id: string): void {
    if (this.#timers.has(id)) return;
    const refresh = () => {
      this.#timers.delete(id);
      this.refresh(id);
    };
    this.#timers.set(id, setTimeout(refresh, intervalMs));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
