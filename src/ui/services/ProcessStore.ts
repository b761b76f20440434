/**
 * The processes of running containers, kept up to date only while somebody looks: the Processes view
 * while it is visible, or a picker while it is open.
 */
import * as vscode from 'vscode';
import type { ProcessDelta, ProcessInfo } from '../../protocol/processes';
import { TerrariumError, messageOf } from '../../core/errors';
import { ProcessTree, type TreeChange } from '../../core/tree/processTree';
import type { ContainerStore } from './ContainerStore';
import type { HelperLink } from './HelperLink';
import type { Helpers } from './Helpers';

export interface ProcessesOf {
  readonly tree: ProcessTree;
  /** Set where the reader failed; the tree then has the last good rows. */
  readonly error?: string;
}

export interface ProcessesChange extends TreeChange {
  /** Container id. */
  readonly id: string;
}

/** How long a picker waits for the first rows, in milliseconds. */
const firstRowsMs = 5000;

export class ProcessStore implements vscode.Disposable {
  readonly #known = new Map<string, { tree: ProcessTree; error?: string }>();
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
  look(id: string): vscode.Disposable {
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
      this.#known.delete(id);
      this.#tell(id, false);
    });
  }

  /** The processes as they are now, parents first. @throws TerrariumError `processes-unread` */
  async snapshot(id: string): Promise<{ info: ProcessInfo; depth: number }[]> {
    const looking = this.look(id);
    try {
      if (!this.#known.has(id)) await this.#firstRows(id);
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
    const known: { tree: ProcessTree; error?: string } = this.#known.get(delta.id) ?? {
      tree: new ProcessTree(),
    };
    this.#known.set(delta.id, known);
    // A message about a failure carries no processes: the last good ones stay.
    const change =
      delta.error === undefined
        ? known.tree.apply(delta)
        : { changed: [], removed: [], roots: false };
    const errorChanged = known.error !== delta.error;
    if (delta.error === undefined) delete known.error;
    else known.error = delta.error;
    this.#changed.fire({ ...change, roots: change.roots || errorChanged, id: delta.id });
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
