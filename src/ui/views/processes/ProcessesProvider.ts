/** The rows of the Processes view: containers, below them their processes. Only what changed is redrawn. */
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import type { ProcessRow } from '../../pick/pickProcess';
import type { ProcessesChange } from '../../services/ProcessStore';
import type { Services } from '../../services/Services';
import { errorItem, processItem, runningItem } from './processItem';

interface RunningRow {
  readonly kind: 'running';
  readonly containerId: string;
}

interface ErrorRow {
  readonly kind: 'error';
  readonly containerId: string;
}

type Row = RunningRow | ErrorRow | ProcessRow;

export class ProcessesProvider implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  /** One object for each row for as long as it exists: VS Code knows rows by identity. */
  readonly #rows = new Map<string, Row>();
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #shown = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly services: Services) {
    this.#subscriptions = [
      services.processes.onDidChange((change) => this.#redraw(change)),
      services.containers.onDidChange(() => this.#containersChanged()),
    ];
  }

  /** The containers that have processes. */
  running(): ContainerInfo[] {
    return this.services.containers.all.flatMap(({ state, info }) =>
      info && (state === 'running' || state === 'stopping') ? [info] : [],
    );
  }

  getChildren(parent?: Row): Row[] {
    if (!parent) return this.running().map(({ id }) => this.#row(`running:${id}`, 'running', id));
    const { containerId: id } = parent;
    const known = this.services.processes.of(id);
    if (!known || parent.kind === 'error') return [];
    if (parent.kind === 'process')
      return (known.tree.get(parent.key)?.children ?? []).map((key) => this.#processRow(id, key));
    return [
      ...(known.error === undefined ? [] : [this.#row(`error:${id}`, 'error', id)]),
      ...known.tree.roots.map((key) => this.#processRow(id, key)),
    ];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const known = this.services.processes.of(row.containerId);
    if (row.kind === 'running')
      return runningItem(row.containerId, this.services.containers.byId(row.containerId));
    if (row.kind === 'error') return errorItem(row.containerId, known?.error ?? '');
    return processItem(row.key, known?.tree.get(row.key));
  }

  #redraw({ id, changed, removed, roots }: ProcessesChange): void {
    const rows: Row[] = [];
    const container = this.#rows.get(`running:${id}`);
    // A refreshed row brings its children with it.
    if (roots && container) rows.push(container);
    else
      for (const key of changed) {
        const row = this.#rows.get(rowKey(id, key));
        if (row) rows.push(row);
      }
    for (const key of removed) this.#rows.delete(rowKey(id, key));
    if (rows.length > 0) this.#changed.fire(rows);
  }

  #containersChanged(): void {
    const now = this.running().map(({ id, state }) => `${id} ${state}`);
    if (now.join() === this.#shown) return;
    this.#shown = now.join();
    const alive = new Set(this.running().map(({ id }) => id));
    for (const [key, { containerId }] of this.#rows)
      if (!alive.has(containerId)) this.#rows.delete(key);
    this.#changed.fire(undefined);
  }

  #row(key: string, kind: 'running' | 'error', containerId: string): Row {
    const row = this.#rows.get(key) ?? { kind, containerId };
    this.#rows.set(key, row);
    return row;
  }

  #processRow(containerId: string, key: string): Row {
    const row = this.#rows.get(rowKey(containerId, key)) ?? { kind: 'process', containerId, key };
    this.#rows.set(rowKey(containerId, key), row);
    return row;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

function rowKey(containerId: string, key: string): string {
  return `process:${containerId}:${key}`;
}
