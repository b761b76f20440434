/**
 * What happens when the last window has gone: containers stay, or a while later they are stopped. The
 * helper decides, not the extension: a window that crashes or a laptop that closes runs no code there.
 * Made by HelperServer.ts.
 */
import { type Timers, realTimers } from './IdleTimer';

/** A window that is reloaded is back by then, in milliseconds. */
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

  /** How long nobody was there before this client came; undefined where somebody was. */
  before(client: object): number | undefined {
    return this.waited.get(client);
  }

  dispose(): void {
    this.cancel?.();
  }
}
