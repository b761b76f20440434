/**
 * The processes of running containers. The helper reads them only while a subscription exists: of the
 * Processes view, a chart or a document while it is visible, of a picker while it opens.
 */
import * as vscode from 'vscode';
import type { ProcessDelta, ProcessInfo } from '../../protocol/processes';
import { TerrariumError, messageOf } from '../../core/errors';
import { ProcessTree } from '../../core/tree/processTree';
import type { TreeChange } from '../../core/tree/treeNode';
import { type Total, totalOf } from '../../core/tree/usage';
import type { ContainerStore } from './ContainerStore';
import type { HelperLink } from './HelperLink';
import type { Helpers } from './Helpers';

export interface ProcessesOf {
  readonly tree: ProcessTree;
  /** Set where the helper could not read them. The tree then has the last good reading. */
  readonly error?: string;
  /** User names by uid, not escaped. */
  readonly users: ReadonlyMap<number, string>;
  /** CPU use of all processes, in per cent of one CPU. One value for each message, oldest first, at most 10. */
  readonly load: readonly number[];
  /** As of the last message. */
  readonly total: Total;
  /** No message has come since the first subscription: the tree is from an earlier one. */
  readonly stale: boolean;
}

interface Known {
  readonly tree: ProcessTree;
  error?: string;
  users: Map<number, string>;
  load: number[];
  total: Total;
  stale: boolean;
  /** The changes of the parts of a reading that have come so far. */
  pending: TreeChange[];
}

/** How many values fit into a row. */
const loadLength = 10;

/** A reading can come in parts: a key may then stand twice, or belong to a process that has ended. */
export interface ProcessesChange extends TreeChange {
  /** Container id. */
  readonly id: string;
}

/** How long a picker waits for the first rows, in milliseconds. */
const firstRowsMs = 5000;

export class ProcessStore implements vscode.Disposable {
  readonly #known = new Map<string, Known>();
  /** Container id → number of subscriptions. */
  readonly #subscribers = new Map<string, number>();
  /** Container ids. Only the picture asks for this, and there is one picture. */
  readonly #lively = new Set<string>();
  readonly #changed = new vscode.EventEmitter<ProcessesChange>();
  readonly #disposables: vscode.Disposable[] = [this.#changed];

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly helpers: Helpers,
    private readonly containers: ContainerStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#disposables.push(
      containers.onDidChange(() => {
        for (const id of this.#known.keys())
          if (containers.byId(id)?.state === 'stopped' || !containers.byId(id))
            this.#known.delete(id);
      }),
      helpers.onDidLink((link) => {
        link.onNotification('processes', (delta) => this.#apply(delta));
        // A new connection has no subscriptions.
        for (const id of this.#subscribers.keys())
          if (this.#linkOf(id) === link) this.#watch(id, true);
      }),
    );
  }

  /** undefined before the first message. */
  of(id: string): ProcessesOf | undefined {
    return this.#known.get(id);
  }

  /**
   * Keeps the processes of a container up to date until the result is disposed.
   * @param lively a change comes within a second, also after a quiet time
   */
  subscribe(id: string, { lively = false } = {}): vscode.Disposable {
    const before = this.#subscribers.get(id) ?? 0;
    this.#subscribers.set(id, before + 1);
    if (lively) this.#lively.add(id);
    if (before === 0 || lively) this.#watch(id, true);
    let subscribed = true;
    return new vscode.Disposable(() => {
      if (!subscribed) return;
      subscribed = false;
      const left = (this.#subscribers.get(id) ?? 1) - 1;
      if (lively) this.#lively.delete(id);
      if (left > 0) {
        this.#subscribers.set(id, left);
        if (lively) this.#watch(id, true, false);
        return;
      }
      this.#subscribers.delete(id);
      // The tree stays: a command can act on a row that is still on the screen. The helper checks the start time.
      const known = this.#known.get(id);
      if (known) known.stale = true;
      this.#watch(id, false);
    });
  }

  /** The processes of now, parents before children. @throws TerrariumError `processes-unread` */
  async snapshot(id: string): Promise<{ info: ProcessInfo; depth: number }[]> {
    const subscription = this.subscribe(id);
    try {
      if (this.#known.get(id)?.stale !== false) await this.#firstRows(id);
      const known = this.#known.get(id);
      return known ? flatten(known.tree, known.tree.roots, 0) : [];
    } finally {
      subscription.dispose();
    }
  }

  #firstRows(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (finish: () => void) => {
        clearTimeout(timer);
        listener.dispose();
        finish();
      };
      const listener = this.onDidChange((delta) => {
        if (delta.id === id) done(resolve);
      });
      const timer = setTimeout(
        () =>
          done(() =>
            reject(
              new TerrariumError(
                'processes-unread',
                'The helper did not tell the processes in time.',
                'Try again; the log says more.',
              ),
            ),
          ),
        firstRowsMs,
      );
    });
  }

  #apply(delta: ProcessDelta): void {
    // The last subscription has ended meanwhile.
    if (!this.#subscribers.has(delta.id)) return;
    const known = this.#known.get(delta.id) ?? newlyKnown();
    this.#known.set(delta.id, known);
    if (delta.users) known.users = new Map(delta.users);
    const { pending } = known;
    // A message about a failure has no processes: the last good reading stays.
    if (delta.error === undefined) pending.push(known.tree.apply(delta));
    if (delta.more) return; // more parts of this reading follow
    known.stale = false;
    const errorChanged = known.error !== delta.error;
    if (delta.error === undefined) delete known.error;
    else known.error = delta.error;
    known.total = totalOf(known.tree.infos());
    known.load = [...known.load, known.total.cpu].slice(-loadLength);
    known.pending = [];
    this.#changed.fire({
      id: delta.id,
      changed: pending.flatMap(({ changed }) => changed),
      relisted: pending.flatMap(({ relisted }) => relisted),
      renamed: pending.flatMap(({ renamed }) => renamed),
      removed: pending.flatMap(({ removed }) => removed).filter((key) => !known.tree.get(key)),
      roots: pending.some(({ roots }) => roots) || errorChanged || delta.users !== undefined,
    });
  }

  /** @param lively undefined where the helper is to send everything anew */
  #watch(
    id: string,
    on: boolean,
    lively: boolean | undefined = (on && this.#lively.has(id)) || undefined,
  ): void {
    const link = this.#linkOf(id);
    const params = { id, on, ...(lively !== undefined && { lively }) };
    link?.request('watchProcesses', params).catch((error: unknown) => {
      // A container that has just ended cannot be watched. The view shows any other error.
      const message = messageOf(error);
      this.log.warn(`processes of ${id}: ${message}`);
      if (on && this.containers.byId(id)?.state === 'running')
        this.#apply({ id, full: false, upserted: [], removed: [], error: message });
    });
  }

  #linkOf(id: string): HelperLink | undefined {
    const info = this.containers.byId(id)?.info;
    return info && this.helpers.get(info.privilege);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function newlyKnown(): Known {
  return {
    ...{ tree: new ProcessTree(), users: new Map<number, string>() },
    ...{ load: [], total: totalOf([]), stale: true, pending: [] },
  };
}

function flatten(
  tree: ProcessTree,
  keys: readonly string[],
  depth: number,
): { info: ProcessInfo; depth: number }[] {
  return keys.flatMap((key) => {
    const node = tree.get(key);
    return node ? [{ info: node.info, depth }, ...flatten(tree, node.children, depth + 1)] : [];
  });
}
