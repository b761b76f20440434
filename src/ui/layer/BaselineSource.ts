/**
 * The baseline of one container in Source Control: all of the rootfs is compared at first and when it is asked for, and
 * from then on what VS Code's watcher tells of. Made by BaselineSources.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { foldersAbove } from '../../core/fs/foldersAbove';
import { isBelow } from '../../core/fs/isBelow';
import type { BaselineChanges } from '../../protocol/baseline';
import { type LayerChange, maxChanges } from '../../protocol/layer';
import type { Container } from '../model/container';
import { RootfsChanges } from '../services/RootfsChanges';
import type { Services } from '../services/Services';
import { changesSince } from './baselineRequests';
import { ChangeSource } from './ChangeSource';
import type { ShownChanges } from './ShownChanges';
import { baselineKind } from './sourceKinds';

/** After a look at all of it that nobody asked for: so many times as long as that has taken. */
const restFactor = 10;

/** One look after the other: of two at once the later could be shown first, and ten would keep the machine busy. */
export class Turns {
  last: Promise<void> = Promise.resolve();

  /** @throws what the task throws */
  take(task: () => Promise<void>): Promise<void> {
    const done = this.last.then(task);
    this.last = done.catch(() => undefined); // told to who has waited for it
    return done;
  }
}

export class BaselineSource implements vscode.Disposable {
  readonly source: ChangeSource;
  readonly #closing = new AbortController();
  readonly #watcher: RootfsChanges | undefined;
  #isDue = false;
  /** Of performance.now(). */
  #restsUntil = 0;
  #unread = 0;

  constructor(
    private readonly services: Services,
    container: Container,
    private readonly shown: Pick<ShownChanges, 'shown' | 'failed'>,
    private readonly turns: Turns,
  ) {
    this.source = new ChangeSource(container, baselineKind());
    const { rootfs, inWorkspace } = container;
    if (inWorkspace)
      this.#watcher = new RootfsChanges(
        rootfs,
        services.saved,
        (files) => this.#again(files),
        (error) => this.#failed(error),
      );
    this.compare();
  }

  /** All of it. Several calls before it begins are one. */
  compare(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void this.#inTurn(async () => {
      this.#isDue = false;
      await this.#compareAll();
    });
  }

  /** Where nobody has asked: not again soon after the last time. */
  compareAtLeisure(): void {
    if (performance.now() > this.#restsUntil) this.compare();
  }

  /** Some files could not be read. */
  get isIncomplete(): boolean {
    return this.#unread > 0;
  }

  dispose(): void {
    this.#closing.abort(new vscode.CancellationError());
    this.#watcher?.dispose();
    this.source.dispose();
  }

  async #inTurn(task: () => Promise<void>): Promise<void> {
    await this.turns.take(task).catch((error: unknown) => this.#failed(error));
  }

  async #compareAll(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const began = performance.now();
    const found = await changesSince(this.services, this.source.container, [], this.#signal);
    const ended = performance.now();
    this.#restsUntil = ended + restFactor * (ended - began);
    if (this.#closing.signal.aborted) return;
    this.#unread = found.unread;
    this.source.group.label = labelOf(found);
    this.shown.shown(this.source, this.source.show(found));
  }

  /** @param files absolute paths; undefined where they are too many */
  async #again(files: ReadonlySet<string> | undefined): Promise<void> {
    const { container, rows } = this.source;
    const kinds = new Map(rows.map(({ change }) => [change.path, change.kind]));
    const places = [...(files ?? [])].map((file) =>
      withGoneFolder(path.relative(container.rootfs, file), kinds),
    );
    const isTouched = (one: string) => places.some((place) => isBelow(one, place));
    // What a file was called before is found out by a look at all of them alone.
    const isRenamed = rows.some(({ change: { path: way, from } }) => from && isTouched(way));
    if (!files || isRenamed) {
      this.compare();
      await this.turns.last;
      return;
    }
    await this.#inTurn(async () => {
      if (this.#closing.signal.aborted) return;
      const found = await changesSince(this.services, container, places, this.#signal);
      if (this.#closing.signal.aborted) return;
      const told = new Set(found.changes.map((change) => change.path));
      const gone = this.source.rows
        .map(({ change }) => change.path)
        .filter((way) => isTouched(way) && !told.has(way));
      this.shown.shown(
        this.source,
        this.source.change({ full: false, gone, changes: found.changes, more: false }),
      );
      const has = (kind: LayerChange['kind']) => found.changes.some((one) => one.kind === kind);
      if (has('added') && has('deleted')) this.compare();
    });
  }

  get #signal(): AbortSignal {
    return this.#closing.signal;
  }

  #failed(error: unknown): void {
    const { bundle, name } = this.source.container;
    if (!this.#closing.signal.aborted) this.shown.failed(bundle, name, messageOf(error));
  }
}

function labelOf({ taken, more, unread }: BaselineChanges): string {
  const { t } = vscode.l10n;
  const time = new Date(taken).toLocaleString(vscode.env.language, {
    ...{ dateStyle: 'short', timeStyle: 'short' },
  });
  const parts = [
    t('Since the Baseline of {0}', time),
    ...(more ? [t('the first {0}', maxChanges)] : []),
    ...(unread > 0 ? [t('{0} could not be read', unread)] : []),
  ];
  return parts.join(' · ');
}

/** What is in a folder that was gone is no news of it alone. */
function withGoneFolder(place: string, kinds: ReadonlyMap<string, LayerChange['kind']>): string {
  const isGone = (folder: string) => ['deleted', 'type'].includes(kinds.get(folder) ?? '');
  return foldersAbove(place).find(isGone) ?? place;
}
