/**
 * The processes of running containers, kept up to date only while somebody looks: the Processes view
 * while it is visible, or a picker while it is open.
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
  /** Set where the reader failed; the tree then has the last good rows. */
  readonly error?: string;
  /** By uid, raw. */
  readonly users: ReadonlyMap<number, string>;
  /** Per cent of one CPU that all of them used together, oldest first; one entry a message, at most 10. */
  readonly load: readonly number[];
  /** As of the last message. */
  readonly total: Total;
  /** Nothing was read since somebody began to look: what is here is from an earlier look. */
  readonly stale: boolean;
}

interface Known {
  readonly tree: ProcessTree;
  error?: string;
  users: Map<number, string>;
  load: number[];
  total: Total;
  /** Nothing was read since somebody began to look. */
  stale: boolean;
  /** What the messages so far of one look have changed. */
  unsaid: TreeChange[];
}

/** As many values as fit into a row. */
const loadLength = 10;

/** Of a look that came in parts a key can be named more than once, or be gone again. */
export interface ProcessesChange extends TreeChange {
  /** Container id. */
  readonly id: string;
}

/** How long a picker waits for the first rows, in milliseconds. */
const firstRowsMs = 5000;

export class ProcessStore implements vscode.Disposable {
  readonly #known = new Map<string, Known>();
  /** Container id → how many look at it. */
  readonly #wanted = new Map<string, number>();
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
        // A new connection knows nothing of what the last one was asked to tell.
        for (const id of this.#wanted.keys()) if (this.#linkOf(id) === link) this.#tell(id, true);
      }),
    );
  }

  /** undefined before the first message. */
  of(id: string): ProcessesOf | undefined {
    return this.#known.get(id);
  }

  /** Keeps the processes of a container up to date until the result is disposed of. */
  subscribe(id: string): vscode.Disposable {
    const before = this.#wanted.get(id) ?? 0;
    this.#wanted.set(id, before + 1);
    if (before === 0) this.#tell(id, true);
    let looking = true;
    return new vscode.Disposable(() => {
      if (!looking) return;
      looking = false;
      const left = (this.#wanted.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#wanted.set(id, left);
        return;
      }
      this.#wanted.delete(id);
      // A row that is still on the screen can be acted on: whoever acts checks that it is the same one.
      const known = this.#known.get(id);
      if (known) known.stale = true;
      this.#tell(id, false);
    });
  }

  /** The processes as they are now, parents first. @throws TerrariumError `processes-unread` */
  async snapshot(id: string): Promise<{ info: ProcessInfo; depth: number }[]> {
    const looking = this.subscribe(id);
    try {
      if (this.#known.get(id)?.stale !== false) await this.#firstRows(id);
      const known = this.#known.get(id);
      return known ? flatten(known.tree, known.tree.roots, 0) : [];
    } finally {
      looking.dispose();
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
    // An answer that nobody waits for any more.
    if (!this.#wanted.has(delta.id)) return;
    const known = this.#known.get(delta.id) ?? newlyKnown();
    this.#known.set(delta.id, known);
    if (delta.users) known.users = new Map(delta.users);
    const { unsaid } = known;
    // A message about a failure carries no processes: the last good ones stay.
    if (delta.error === undefined) unsaid.push(known.tree.apply(delta));
    if (delta.more) return; // half a look is none
    known.stale = false;
    const errorChanged = known.error !== delta.error;
    if (delta.error === undefined) delete known.error;
    else known.error = delta.error;
    known.total = totalOf(known.tree.infos());
    known.load = [...known.load, known.total.cpu].slice(-loadLength);
    known.unsaid = [];
    this.#changed.fire({
      id: delta.id,
      changed: unsaid.flatMap(({ changed }) => changed),
      relisted: unsaid.flatMap(({ relisted }) => relisted),
      renamed: unsaid.flatMap(({ renamed }) => renamed),
      removed: unsaid.flatMap(({ removed }) => removed).filter((key) => !known.tree.get(key)),
      roots: unsaid.some(({ roots }) => roots) || errorChanged || delta.users !== undefined,
    });
  }

  #tell(id: string, on: boolean): void {
    const link = this.#linkOf(id);
    link?.request('watchProcesses', { id, on }).catch((error: unknown) => {
      // A container that has just ended has nothing to watch; anything else shows in the view.
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
    ...{ load: [], total: totalOf([]), stale: true, unsaid: [] },
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
