/**
 * The processes of one container as last read, and the changes since any earlier read. ReaderThread.ts
 * updates it with the differences from its thread; each ProcessWatcher.ts asks from its own version.
 */
import { sameProcess } from '../../core/tree/compareProcesses';
import type { ProcessInfo } from '../../protocol/processes';

/** The changes from version `since` to `version`. */
export interface ProcessChanges {
  readonly version: number;
  /** `upserted` is the whole list. */
  readonly full: boolean;
  readonly upserted: readonly ProcessInfo[];
  /** Keys; may include a process that the receiver never had. */
  readonly removed: readonly string[];
  /** A reason to read again soon: a process started, ended or changed. */
  readonly isLively: boolean;
}

/** How many versions are kept: the watchers of a reader are a few reads apart. */
const maxRemembered = 32;

interface Change {
  readonly upserted: readonly string[];
  readonly removed: readonly string[];
  readonly isLively: boolean;
}

/** What makes one read of another: by key what is new or says something else, and keys that are gone. */
export function differences(
  before: ReadonlyMap<string, ProcessInfo>,
  now: ReadonlyMap<string, ProcessInfo>,
): { readonly upserted: ProcessInfo[]; readonly removed: string[] } {
  return {
    upserted: [...now.values()].filter((info) => {
      const old = before.get(info.key);
      return !old || !sameProcess(old, info);
    }),
    removed: [...before.keys()].filter((key) => !now.has(key)),
  };
}

export function byKey(processes: readonly ProcessInfo[]): Map<string, ProcessInfo> {
  return new Map(processes.map((info) => [info.key, info]));
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

  /** The first read of a new thread. */
  replace(processes: readonly ProcessInfo[]): void {
    const { upserted, removed } = differences(this.#processes, byKey(processes));
    this.apply(upserted, removed);
  }

  /** @param since undefined for a new watcher */
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

/** Changes of memory, CPU and between running and sleeping do not count. */
function becameAnother(old: ProcessInfo, info: ProcessInfo): boolean {
  const calm = ({ pss: _, ...one }: ProcessInfo): ProcessInfo => ({
    ...{ ...one, rss: 0, cpu: 0 },
    state: one.state === 'S' ? 'R' : one.state,
  });
  return !sameProcess(calm(old), calm(info));
}
