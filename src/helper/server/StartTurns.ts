/**
 * Lets a few starts go on at once, in the order in which they were asked for: of a hundred that share the
 * processors evenly, none would have its prompt before all have. Used by ContainerRegistry.ts.
 */
import { availableParallelism } from 'node:os';

/** How long a start may keep others waiting, in milliseconds: it may wait for a disk that does not answer. */
const longest = 250;

export class StartTurns {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly atOnce = 2 * availableParallelism()) {}

  get isFree(): boolean {
    return this.running < this.atOnce;
  }

  /**
   * @param signal its abort ends the wait, where something can
   * @returns what ends the turn; it may be called again
   */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (this.isFree || signal?.aborted) return this.begin();
    return new Promise((resolve) => {
      const goOn = () => {
        this.waiting.delete(goOn);
        signal?.removeEventListener('abort', goOn);
        resolve(this.begin());
      };
      this.waiting.add(goOn);
      signal?.addEventListener('abort', goOn);
    });
  }

  private begin(): () => void {
    this.running++;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.running--;
      const [next] = this.waiting;
      if (this.isFree) next?.();
    };
    const timer = setTimeout(end, longest);
    return end;
  }
}
