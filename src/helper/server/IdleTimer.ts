/** Ends a helper without clients and containers. Made by HelperServer.ts. */

/** Time, in milliseconds; tests bring their own. */
export interface Timers {
  /** @returns a function that prevents the call */
  after(ms: number, callback: () => void): () => void;
}

export const realTimers: Timers = {
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** How long the helper stays idle before it ends, in milliseconds. */
export const idleAfter = 60_000;

export class IdleTimer {
  private cancel: (() => void) | undefined;
  private disposed = false;

  constructor(
    private readonly onIdle: () => void,
    private readonly timers: Timers = realTimers,
  ) {}

  /** To be called at every change. `needed` cancels the timer. */
  update(needed: boolean): void {
    if (needed || this.disposed) {
      this.cancel?.();
      this.cancel = undefined;
    } else {
      this.cancel ??= this.timers.after(idleAfter, this.onIdle);
    }
  }

  dispose(): void {
    this.disposed = true;
    this.update(true);
  }
}
