/**
 * While a start is on its way to its payload, clients are told nothing: who wakes up to hear of it takes a processor
 * from it. Used by ContainerRegistry.ts, and by RpcClient.ts for what it has to tell meanwhile.
 */

/** For how long what is to be told may wait, in milliseconds. */
const longest = 10;

export class QuietStarts {
  #starts = 0;
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @returns what ends it; it may be called again */
  begin(): () => void {
    this.#starts++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#starts === 0) this.#tell();
    };
  }

  /** At once where nothing starts. */
  whenOver(tell: () => void): void {
    if (this.#starts === 0) return tell();
    this.#waiting.push(tell);
    this.#timer ??= setTimeout(() => this.#tell(), longest);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
