/** Runs a task at once when it is asked for, and of what is asked for soon after it all as one. Used by LayerSource. */
export class Bursts {
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  /** @param restMs from one run to the next */
  constructor(
    private readonly task: () => void,
    private readonly restMs: number,
  ) {}

  ask(): void {
    this.#isDue = true;
    if (!this.#timer) this.#run();
  }

  #run(): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#timer = setTimeout(() => this.#run(), this.restMs);
    this.task();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
  }
}
