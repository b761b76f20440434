/**
 * What the processes of one container see, kept up to date by the helper until it is disposed. Made by a
 * panel while it is visible.
 */
import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import type * as vscode from 'vscode';
import type { ContainerInfo } from '../../protocol/container';
import type { SightRow, SightsDelta, WatchSights } from '../../protocol/sight';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import type { Seen } from '../../core/sight/sightLine';
import { messageOf } from '../../core/errors';
import type { Services } from './Services';

type Told = Omit<SightsDelta, 'watch' | 'rows' | 'seen'>;

/** What the helper says beside the rows, and how many of them were not read yet. */
export type ToldOfSights = Told & { readonly unread: number };

export class SightWatch implements vscode.Disposable {
  readonly #watch = randomBytes(8).toString('hex');
  readonly #snapshots = new Map<string, ProcessSnapshot>();
  readonly #end: () => void;
  #rows: readonly SightRow[] = [];
  #told: Told = { left: 0 };

  /**
   * @param viewer PID of the process at the top of the chain, as this process counts it
   * @param changed called after each message
   * @throws TerrariumError `helper-gone`
   */
  constructor(
    { helpers, log }: Pick<Services, 'helpers' | 'log'>,
    info: ContainerInfo,
    only: WatchSights['only'],
    viewer: number,
    private readonly changed: () => void,
  ) {
    const link = helpers.of(info);
    const watch = this.#watch;
    const forget = link.onNotification('sights', (delta) => {
      if (delta.watch === watch) this.#apply(delta);
    });
    const pidNamespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
    const asked = {
      watch,
      id: info.id,
      viewer: { pid: viewer, pidNamespace },
      ...(only && { only }),
    };
    link.request('watchSights', asked).catch((error: unknown) => {
      this.#told = { left: 0, error: messageOf(error) };
      this.changed();
    });
    this.#end = () => {
      forget();
      // Where the helper is gone, or the container has ended, so has this.
      link
        .request('endSights', { watch })
        .catch((error: unknown) => log.debug(`end of a table of sights: ${messageOf(error)}`));
    };
  }

  /** From top to bottom, without those that were not read yet. */
  get seen(): Seen[] {
    return this.#rows.flatMap((row) => {
      const snapshot = this.#snapshots.get(row.key);
      return snapshot ? [{ row, snapshot }] : [];
    });
  }

  get told(): ToldOfSights {
    return { ...this.#told, unread: this.#rows.length - this.seen.length };
  }

  #apply({ rows, seen, ...told }: SightsDelta): void {
    for (const [key, snapshot] of seen) this.#snapshots.set(key, snapshot);
    this.#told = told;
    if (rows) {
      this.#rows = rows;
      const present = new Set(rows.map(({ key }) => key));
      for (const key of this.#snapshots.keys()) if (!present.has(key)) this.#snapshots.delete(key);
    }
    this.changed();
  }

  dispose(): void {
    this.#end();
  }
}
