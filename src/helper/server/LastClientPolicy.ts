/**
 * What happens after the last window has closed: containers run on, or are stopped after a delay. The
 * helper decides, not the extension: after a crash or a suspend no code of the extension runs.
 * Made by HelperServer.ts.
 */
import { type Timers, realTimers } from './IdleTimer';

/** Longer than a reload of the window, in milliseconds. */
export const stopAfter = 30_000;

export class LastClientPolicy {
  /** Set by a client: containers are stopped rather than kept. */
  stop = false;
  private since: number | undefined;
  private cancel: (() => void) | undefined;
  private readonly waited = new WeakMap<object, number>();

  constructor(
    private readonly onStop: () => void,
    private readonly timers: Timers = realTimers,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** To be called when a client has come. */
  came(client: object): void {
    if (this.since !== undefined) this.waited.set(client, this.now() - this.since);
    this.since = undefined;
    this.cancel?.();
    this.cancel = undefined;
  }

  /** To be called when the last client has gone. */
  lastHasGone(): void {
    this.since = this.now();
    if (this.stop) this.cancel = this.timers.after(stopAfter, this.onStop);
  }

  /** How long no client was connected before this one; undefined where another was. */
  before(client: object): number | undefined {
    return this.waited.get(client);
  }

  dispose(): void {
    this.cancel?.();
  }
}
