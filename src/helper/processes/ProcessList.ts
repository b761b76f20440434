/**
 * The processes of one container as they were last read, and what changed since any earlier read. Kept by
 * ReaderThread.ts from the differences that its thread tells; each ProcessWatcher.ts asks from its own version.
 */
import { sameProcess } from '../../core/tree/compareProcesses';
import type { ProcessInfo } from '../../protocol/processes';

/** What is to be done to a list of version `since` to have that of `version`. */
export interface ProcessChanges {
  readonly version: number;
  /** Nothing of before counts: `upserted` are all. */
  readonly full: boolean;
  readonly upserted: readonly ProcessInfo[];
  /** Keys. One of a process that came and went in between may be among them. */
  readonly removed: readonly string[];
  /** Worth looking again soon: something came, went, or became something else. */
  readonly isLively: boolean;
}

/** Versions that are remembered: watchers of one reader are a read apart, or as many as one of them pauses. */
const maxRemembered = 32;

interface Change {
  readonly upserted: readonly string[];
  readonly removed: readonly string[];
  readonly isLively: boolean;
}

export class ProcessList {
  readonly #processes = new Map<string, ProcessInfo>();
  /** That of `#version` is the last one. */
  readonly #changes: Change[] = [];
  #version = 0;

  /** In the order of the first read, newer ones behind. */
  all(): ProcessInfo[] {
    return [...this.#processes.values()];
  }

  /** One read. @param removed keys; what is not there is left out */
  apply(upserted: readonly ProcessInfo[], removed: readonly string[]): void {
    const gone = removed.filter((key) => this.#processes.delete(key));
    if (upserted.length + gone.length === 0) return;
    let isLively = gone.length > 0;
    for (const info of upserted) {
      const before = this.#processes.get(info.key);
      isLively ||= !before || becameAnother(before, info);
      this.#processes.set(info.key, info);
    }
    this.#version++;
    this.#changes.push({ upserted: upserted.map(({ key }) => key), removed: gone, isLively });
    if (this.#changes.length > maxRemembered) this.#changes.shift();
  }

  /** One read by who knows nothing of the one before. */
  replace(processes: readonly ProcessInfo[]): void {
    const keys = new Set(processes.map(({ key }) => key));
    const removed = [...this.#processes.keys()].filter((key) => !keys.has(key));
    this.apply(
      processes.filter((info) => {
        const before = this.#processes.get(info.key);
        return !before || !sameProcess(before, info);
      }),
      removed,
    );
  }

  /** @param since undefined for who has nothing yet */
  changes(since: number | undefined): ProcessChanges {
    const version = this.#version;
    const missed = since === undefined ? Infinity : version - since;
    if (missed > this.#changes.length)
      return { version, full: true, upserted: this.all(), removed: [], isLively: true };
    const changes = missed === 0 ? [] : this.#changes.slice(-missed);
    const touched = new Set(changes.flatMap(({ upserted }) => upserted));
    const gone = new Set(changes.flatMap(({ removed }) => removed));
    return {
      ...{ version, full: false },
      upserted: [...touched].flatMap((key) => this.#processes.get(key) ?? []),
      removed: [...gone].filter((key) => !this.#processes.has(key)),
      isLively: changes.some((change) => change.isLively),
    };
  }
}

/** Use of memory and CPU and the flicker between running and sleeping are no reason to hurry. */
function becameAnother(old: ProcessInfo, info: ProcessInfo): boolean {
  const calm = ({ pss: _, ...one }: ProcessInfo): ProcessInfo => ({
    ...{ ...one, rss: 0, cpu: 0 },
    state: one.state === 'S' ? 'R' : one.state,
  });
  return !sameProcess(calm(old), calm(info));
}
