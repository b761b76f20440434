/** Pauses and resumes one container. Made by ManagedContainer.ts. */
import { messageOf } from '../../core/errors';
import { cgroupName } from '../cgroup/cgroupName';
import { Freezer } from '../cgroup/Freezer';
import type { LaunchedContainer } from '../engine/shared/Engine';
import type { Journal } from './Journal';

export class PauseControl {
  #freezer: Pick<Freezer, 'pause' | 'resume'> | undefined;
  #paused = false;

  /** @param changed called when it paused or goes on */
  constructor(
    private readonly bundle: { readonly path: string; readonly name: string },
    private readonly journal: Journal,
    private readonly changed: () => void,
  ) {}

  get paused(): boolean {
    return this.#paused;
  }

  /** @throws TerrariumError those of Freezer */
  async pause({ hostPid, cgroup }: LaunchedContainer): Promise<void> {
    if (this.#paused) return;
    this.#freezer ??= cgroup ?? new Freezer(await cgroupName(this.bundle.path), hostPid);
    const freezer = this.#freezer;
    await this.journal.during(this.bundle.name, 'pause', () => freezer.pause());
    this.#paused = true;
    this.changed();
  }

  /** Does nothing where it is not paused. @throws TerrariumError of Freezer; it counts as resumed then */
  async resume(): Promise<void> {
    const freezer = this.#freezer;
    if (!freezer || !this.#paused) return;
    try {
      await this.journal.during(this.bundle.name, 'resume', () => freezer.resume());
    } finally {
      this.#paused = false;
      this.changed();
    }
  }

  /** To be called at PID 1's end: removes the freezer cgroup, frozen or left by a resume. */
  async ended(): Promise<void> {
    await this.#freezer
      ?.resume()
      .catch((error: unknown) => this.journal.note('warn', messageOf(error)));
    this.#paused = false;
  }
}
