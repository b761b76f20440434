/**
 * Where the processes of running containers are: their namespaces and roots. The helper is asked only while
 * somebody subscribes (the picture, while it is visible): of new processes at once, of all others in turn,
 * because a process can unshare(2) or chroot(2) at any time.
 */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { maxPlaces } from '../../protocol/namespaces';
import type { OtherPlace, Places as PlacesAnswer } from '../../protocol/places';
import type { ContainerStore } from './ContainerStore';
import type { Helpers } from './Helpers';
import type { ProcessStore, ProcessesChange } from './ProcessStore';

/** Processes in one question; a value of the protocol would load it when the extension is activated. */
const atOnce: typeof maxPlaces = 128;
/** Milliseconds between two questions: while new processes wait, and when none do. */
const [soonMs, usualMs, afterErrorMs] = [100, 1000, 3000];
/** How many that were looked at before are looked at again in a question that has no new ones. */
const inTurn = 64;

export interface PlacesOf {
  readonly answer: PlacesAnswer;
  /** By process key: those that are elsewhere than PID 1. */
  readonly others: ReadonlyMap<string, OtherPlace>;
}

interface Watched {
  /** Keys that were looked at, the one that waits longest first. */
  readonly seen: Set<string>;
  readonly fresh: Set<string>;
  readonly others: Map<string, OtherPlace>;
  answer?: PlacesAnswer;
  timer?: NodeJS.Timeout;
  isAsking: boolean;
}

export class Places implements vscode.Disposable {
  readonly #watched = new Map<string, Watched>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #listener: vscode.Disposable;

  /** Fires the id of a container. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly helpers: Helpers,
    private readonly containers: ContainerStore,
    private readonly processes: ProcessStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#listener = processes.onDidChange((change) => this.#processesChanged(change));
  }

  /** undefined before the first answer. */
  of(id: string): PlacesOf | undefined {
    const watched = this.#watched.get(id);
    return watched?.answer && { answer: watched.answer, others: watched.others };
  }

  /** For one subscriber, which subscribes to the processes too. */
  subscribe(id: string): vscode.Disposable {
    const infos = this.processes.of(id)?.tree.infos() ?? [];
    const watched: Watched = {
      ...{ seen: new Set(), fresh: new Set(infos.map(({ key }) => key)), others: new Map() },
      isAsking: false,
    };
    this.#watched.set(id, watched);
    this.#later(id, watched, 0);
    return new vscode.Disposable(() => {
      clearTimeout(watched.timer);
      if (this.#watched.get(id) === watched) this.#watched.delete(id);
    });
  }

  #processesChanged({ id, changed, renamed, removed }: ProcessesChange): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    const { seen, fresh, others } = watched;
    for (const key of removed) {
      seen.delete(key);
      fresh.delete(key);
      others.delete(key);
    }
    for (const key of changed) if (!seen.has(key)) fresh.add(key);
    // Another program: unshare(1) and chroot(1) have done their work before they execute one.
    for (const key of renamed) fresh.add(key);
    if (fresh.size > 0) this.#later(id, watched, soonMs);
  }

  #later(id: string, watched: Watched, ms: number): void {
    if (watched.isAsking) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => void this.#ask(id, watched), ms);
  }

  async #ask(id: string, watched: Watched): Promise<void> {
    const isWanted = () => this.#watched.get(id) === watched;
    const info = this.containers.byId(id)?.info;
    const link = info && this.helpers.get(info.privilege);
    const tree = this.processes.of(id)?.tree;
    watched.isAsking = true;
    let rest = 0;
    try {
      const keys = this.#due(watched);
      const asked = keys.flatMap((key) => tree?.get(key)?.info ?? []);
      const answer = await link?.request('lookAtPlaces', {
        id,
        processes: asked.map(({ pid, startTime }) => ({ pid, startTime })),
      });
      if (!isWanted()) return;
      if (answer && take(watched, keys, asked, answer)) this.#changed.fire(id);
    } catch (error) {
      // A container that has just ended has no places.
      this.log.debug(`places of ${id}: ${messageOf(error)}`);
      rest = afterErrorMs;
    } finally {
      watched.isAsking = false;
    }
    if (!isWanted()) return;
    this.#later(id, watched, Math.max(rest, watched.fresh.size > 0 ? soonMs : usualMs));
  }

  #due({ seen, fresh }: Watched): string[] {
    const keys = [...firstOf(fresh, atOnce)];
    for (const key of firstOf(seen, Math.min(inTurn, atOnce - keys.length))) keys.push(key);
    return keys;
  }

  dispose(): void {
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
    this.#listener.dispose();
    this.#changed.dispose();
  }
}

/** @returns whether anything is another than before */
function take(
  watched: Watched,
  keys: readonly string[],
  asked: readonly { key: string; pid: number; startTime: string }[],
  answer: PlacesAnswer,
): boolean {
  const { seen, fresh, others } = watched;
  const { others: found, ...rest } = answer;
  let isOther = JSON.stringify(watched.answer) !== JSON.stringify({ ...rest, others: [] });
  watched.answer = { ...rest, others: [] };
  for (const key of keys) {
    fresh.delete(key);
    seen.delete(key); // to the end of those that wait
  }
  const places = new Map(found.map((one) => [`${one.pid} ${one.startTime}`, one]));
  for (const { key, pid, startTime } of asked) {
    seen.add(key);
    const [before, now] = [others.get(key), places.get(`${pid} ${startTime}`)];
    if (JSON.stringify(before) === JSON.stringify(now)) continue;
    isOther = true;
    if (now) others.set(key, now);
    else others.delete(key);
  }
  return isOther;
}

function* firstOf<T>(set: ReadonlySet<T>, count: number): Iterable<T> {
  let left = count;
  for (const one of set) {
    if (left-- <= 0) return;
    yield one;
  }
}
