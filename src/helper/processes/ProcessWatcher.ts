/**
 * Tells one client what changes among a container's processes, while that client looks. Made by the
 * server for `watchProcesses`; several watchers may share one reader.
 */
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../core/errors';
import type { ProcessDelta } from '../../protocol/processes';
import type { ProcessChanges } from './ProcessList';

/** What the watcher needs of `ReaderThread`. */
export interface ProcessSource {
  /** Reads. @param since version of the answer before; undefined for all */
  changes(since: number | undefined): Promise<ProcessChanges>;
}

/** User names of a container by uid, as they travel. */
export type Users = NonNullable<ProcessDelta['users']>;

/** Time, in milliseconds; tests bring their own. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`. @returns a function that prevents it */
  after(ms: number, callback: () => void): () => void;
}

export interface ProcessWatcherOptions {
  /** Container id that every message carries. */
  readonly id: string;
  readonly reader: ProcessSource;
  /** Asked at the start and now and then: the rootfs's passwd may change. */
  readonly users?: () => Promise<Users>;
  /** Must not throw. Never called after `stop()`. */
  readonly emit: (delta: ProcessDelta) => void;
  readonly clock?: Clock;
  /** Whether it starts lively. */
  readonly lively?: boolean;
}

/** Milliseconds from the end of one read to the start of the next: while things change, when quiet. */
export const [fastest, slowest] = [250, 2000];
/** The same when quiet, for a client that wants to hear of a change within a second. */
export const slowestLively = 600;

/** Milliseconds between two looks at the user names. */
const usersMs = 10_000;

/**
 * Processes in one message. The client parses a message in one go, so this keeps its pauses short; and
 * between two messages the helper serves others.
 */
export const perMessage = 100;
/** What has ended costs the client less. */
const removedPerMessage = 1000;

/** A read that takes long (10,000 processes) is followed by a rest of this many times its length. */
const restFactor = 3;

const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export class ProcessWatcher {
  readonly #options: ProcessWatcherOptions;
  readonly #clock: Clock;
  /** Ends the current `start()`; a read that comes back after it finds it aborted. */
  #running: AbortController | undefined;
  /** Hears of a change within a second, also after a quiet time. */
  lively: boolean;

  constructor(options: ProcessWatcherOptions) {
    this.#options = options;
    this.lively = options.lively ?? false;
    this.#clock = options.clock ?? realClock;
  }

  /** Reads now and sends everything, then differences. Does nothing where it runs already. */
  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  /** Nothing is read or sent from here on; a read that is under way ends unheard. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(stopped: AbortSignal): Promise<void> {
    let version: number | undefined;
    let error: string | undefined;
    let pause = fastest;
    let namesToSend: Users | undefined;
    let users: { readonly list: Users | undefined; readonly at: number } | undefined;
    while (!stopped.aborted) {
      const started = this.#clock.now();
      if (!users || started - users.at >= usersMs) {
        const list = await this.#options.users?.();
        if (list && JSON.stringify(list) !== JSON.stringify(users?.list)) namesToSend = list;
        users = { list, at: started };
      }
      const result = await this.#read(version);
      if (stopped.aborted) return;
      if ('error' in result) {
        if (result.error !== error) this.#send({ error: result.error });
        pause = Math.min(pause * 2, this.#slowest);
      } else {
        const { changes } = result;
        const isSame = !changes.full && changes.upserted.length + changes.removed.length === 0;
        // After a failure an empty message says that all is well again.
        if (!isSame || error !== undefined || namesToSend) {
          await this.#sendInParts(changes, namesToSend, stopped);
          namesToSend = undefined;
        }
        pause = changes.isLively ? fastest : Math.min(pause * 2, this.#slowest);
        ({ version } = changes);
      }
      error = 'error' in result ? result.error : undefined;
      if (stopped.aborted) return; // by `emit`
      await this.#rest(Math.max(pause, restFactor * (this.#clock.now() - started)), stopped);
    }
  }

  get #slowest(): number {
    return this.lively ? slowestLively : slowest;
  }

  async #read(
    since: number | undefined,
  ): Promise<{ readonly changes: ProcessChanges } | { readonly error: string }> {
    try {
      return { changes: await this.#options.reader.changes(since) };
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  #send(delta: Partial<ProcessDelta>): void {
    const { id, emit } = this.#options;
    const { full = false, upserted = [], removed = [], users, error, more } = delta;
    emit({
      ...{ id, full, upserted, removed },
      ...(more ? { more } : {}),
      ...(users ? { users } : {}),
      ...(error === undefined ? {} : { error }),
    });
  }

  /** In the order of their PIDs, so that parents mostly come before their children. */
  async #sendInParts(
    { full, upserted, removed }: ProcessChanges,
    users: Users | undefined,
    stopped: AbortSignal,
  ): Promise<void> {
    for (let part = 0; ; part++) {
      const isFirst = part === 0;
      const [here, there] = [part * perMessage, (part + 1) * perMessage];
      const [goneHere, goneThere] = [part * removedPerMessage, (part + 1) * removedPerMessage];
      const more = there < upserted.length || goneThere < removed.length;
      this.#send({
        full: full && isFirst,
        upserted: upserted.slice(here, there),
        removed: removed.slice(goneHere, goneThere),
        more,
        ...(isFirst && users ? { users } : {}),
      });
      if (!more) return;
      await setImmediate();
      if (stopped.aborted) return;
    }
  }

  #rest(ms: number, stopped: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        stopped.removeEventListener('abort', end);
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      stopped.addEventListener('abort', end);
    });
  }
}
