/** The rows of the Processes view: containers, below them their processes. Only what changed is redrawn. */
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import type { ProcessInfo } from '../../../protocol/processes';
import { visible } from '../../../core/text/visible';
import { Arranger } from '../../../core/tree/arrange';
import { totalOf } from '../../../core/tree/usage';
import { commandIds } from '../../commandIds';
import type { ProcessesChange } from '../../services/ProcessStore';
import type { Services } from '../../services/Services';
import {
  errorItem,
  noMatchItem,
  moreItem,
  processItem,
  processTooltip,
  runningItem,
  usageItem,
} from './processItem';
import type { ProcessRow } from '../../model/rows';

interface RunningRow {
  readonly kind: 'running';
  readonly containerId: string;
}

/** What all processes of a container use together. */
interface UsageRow {
  readonly kind: 'usage';
  readonly containerId: string;
}

/** The filter leaves no process. */
interface NoMatchRow {
  readonly kind: 'noMatch';
  readonly containerId: string;
}

interface ErrorRow {
  readonly kind: 'error';
  readonly containerId: string;
}

/** Stands for the rest of a long list. */
export interface MoreRow {
  readonly kind: 'more';
  readonly containerId: string;
  /** Key of the process below which it stands; undefined below a container. */
  readonly parent: string | undefined;
  left: number;
}

export type Row = RunningRow | UsageRow | NoMatchRow | ErrorRow | MoreRow | ProcessRow;

/** Rows of one list until more are asked for: VS Code makes all of a list at once. */
const page = 200;

/**
 * Refreshing a row makes VS Code forget all rows below it until it has asked for them again: who then
 * clicks one of them clicks nothing. So a row that has some shows its newer numbers only this often,
 * in milliseconds; its state and its name at once. Whatever changes every second has a row without any.
 */
const parentNumbersMs = 3000;

/** How long VS Code may take to ask for the children of a row that was refreshed, in milliseconds. */
const askedWithin = 1000;

/** Of processes that ended while nobody looked so many are remembered beside those that live. */
const spareRows = 500;

/**
 * What VS Code was told first of a row: that it has no children, or that it has some. `grown` came
 * without and was opened by hand; see `#itemId`.
 */
type Shape = 'leaf' | 'grown' | 'parent';

export class ProcessesProvider implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  /** One object for each row for as long as it exists: VS Code knows rows by identity. */
  readonly #rows = new Map<string, Row>();
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly #subscriptions: vscode.Disposable[];
  /** Container id → the order of its rows. */
  readonly #arrangers = new Map<string, Arranger>();
  /** Key of a list → how many of its rows are shown. */
  readonly #limits = new Map<string, number>();
  readonly #late = new Map<string, NodeJS.Timeout>();
  readonly #shapes = new Map<string, Shape>();
  readonly #grew = new vscode.EventEmitter<ProcessRow>();
  readonly #loads = new Map<string, { readonly load: string; readonly at: number }>();
  /** What each row that has children says. */
  readonly #said = new WeakMap<Row, ProcessInfo>();
  /** Rows with children that are to say their newer numbers. */
  readonly #behind = new Set<Row>();
  #catchUp: NodeJS.Timeout | undefined;
  /** Rows of which VS Code was told and whose children it has not asked for since; when that was. */
  readonly #unasked = new Map<Row | undefined, number>();
  #shown = '';
  #columns = readColumns();

  readonly onDidChangeTreeData = this.#changed.event;
  /** A row that is selected got its first child and is to be opened. */
  readonly onDidGrow = this.#grew.event;

  constructor(private readonly services: Services) {
    this.#subscriptions = [
      services.processes.onDidChange((change) => this.#redraw(change)),
      services.containers.onDidChange(() => this.#containersChanged()),
      services.arrangement.onDidChange(() => this.#all()),
      // VS Code then draws every row that it remembers, also one that got another id since (`#itemId`)
      // and whose place on the screen is another row's by now.
      vscode.window.onDidChangeActiveColorTheme(() => this.#fire(undefined)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('terrarium.processColumns')) return;
        this.#columns = readColumns();
        this.#all();
      }),
    ];
  }

  /** The containers that have processes. */
  running(): ContainerInfo[] {
    return this.services.containers.all.flatMap(({ state, info }) =>
      info && (state === 'running' || state === 'stopping') ? [info] : [],
    );
  }

  /** Resolves when VS Code knows the rows again that it forgot; see `parentNumbersMs`. */
  async settled(): Promise<void> {
    const isOpen = () =>
      [...this.#unasked.values()].some((at) => performance.now() - at < askedWithin);
    while (isOpen()) await delay(20);
    await delay(0); // it makes its own of what it was given
  }

  getChildren(parent?: Row): Row[] {
    this.#unasked.delete(parent);
    if (!parent) return this.running().map(({ id }) => this.#row(`running:${id}`, 'running', id));
    const { containerId: id } = parent;
    const known = this.services.processes.of(id);
    if (!known) return [];
    if (parent.kind === 'process') return this.#list(id, parent.key);
    if (parent.kind !== 'running') return [];
    return [
      ...(known.tree.size === 0 ? [] : [this.#row(`usage:${id}`, 'usage', id)]),
      ...(known.error === undefined ? [] : [this.#row(`error:${id}`, 'error', id)]),
      ...this.#topmost(id),
    ];
  }

  #topmost(id: string): Row[] {
    const rows = this.#list(id, undefined);
    const isFiltered = this.services.arrangement.current.filter !== '';
    return rows.length === 0 && isFiltered ? [this.#row(`noMatch:${id}`, 'noMatch', id)] : rows;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { containerId: id } = row;
    const known = this.services.processes.of(id);
    switch (row.kind) {
      case 'running':
        return runningItem(id, this.#nameOf(id), this.#isPaused(id));
      case 'usage':
        return usageItem(this.#nameOf(id), row, known ?? { total: totalOf([]), load: [] });
      case 'error':
        return errorItem(id, known?.error ?? '');
      case 'noMatch':
        return noMatchItem(id, this.services.arrangement.current.filter);
      case 'more':
        return moreItem(listKey(id, row.parent), row.left, {
          command: commandIds.showMoreProcesses,
          title: '',
          arguments: [row],
        });
      case 'process': {
        const { current } = this.services.arrangement;
        const node = known?.tree.get(row.key);
        const hasChildren = !current.flat && (node?.children.length ?? 0) > 0;
        if (node && hasChildren) this.#said.set(row, node.info);
        else this.#said.delete(row);
        return processItem(this.#itemId(row, hasChildren), node?.info, {
          columns: this.#columns,
          userName: (uid) => this.#userName(id, uid),
          isPinned: current.pinned.has(row.key),
          hasChildren,
          sort: current.sort,
        });
      }
    }
  }

  /** The tooltip of a process, which VS Code asks for when the pointer rests on its row. */
  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    if (row.kind !== 'process') return item;
    const { containerId: id, key } = row;
    const info = this.services.processes.of(id)?.tree.get(key)?.info;
    if (info) item.tooltip = processTooltip(info, { userName: (uid) => this.#userName(id, uid) });
    return item;
  }

  /** For `reveal`. */
  getParent(row: Row): Row | undefined {
    const { kind, containerId } = row;
    if (kind === 'running') return undefined;
    const tree = this.services.processes.of(containerId)?.tree;
    let above: string | undefined;
    if (kind === 'more') above = row.parent;
    else if (kind === 'process' && !this.services.arrangement.current.flat)
      above = tree?.get(row.key)?.parent;
    return above === undefined
      ? this.#row(`running:${containerId}`, 'running', containerId)
      : this.#processRow(containerId, above);
  }

  /**
   * VS Code decides for each id once whether the row is open, and keeps closed what first came without
   * children. So a row that gets its first child becomes another one for VS Code, which opens it; from
   * then on it has that id and stays as the person leaves it. One that is selected would not be any
   * more: it keeps its id and is opened by hand.
   */
  #itemId(row: ProcessRow, hasChildren: boolean): string {
    const key = rowKey(row.containerId, row.key);
    let shape = this.#shapes.get(key) ?? (hasChildren ? 'parent' : 'leaf');
    if (shape === 'leaf' && hasChildren) {
      const isSelected = this.services.selection.processes?.includes(row) ?? false;
      shape = isSelected ? 'grown' : 'parent';
      if (isSelected) this.#grew.fire(row);
    }
    this.#shapes.set(key, shape);
    return shape === 'parent' ? `parent:${row.key}` : `process:${row.key}`;
  }

  /** Shows the next rows of a long list. */
  showMore({ containerId, parent }: MoreRow): void {
    const key = listKey(containerId, parent);
    this.#limits.set(key, (this.#limits.get(key) ?? page) + page);
    const row = this.#rows.get(parent === undefined ? `running:${containerId}` : key);
    this.#fire(row ? [row] : undefined);
  }

  #list(id: string, parent: string | undefined): Row[] {
    const known = this.services.processes.of(id);
    if (!known) return [];
    const keys = this.#arranger(id).children(known.tree, parent);
    const list = listKey(id, parent);
    const limit = this.#limits.get(list) ?? page;
    const rows: Row[] = keys.slice(0, limit).map((key) => this.#processRow(id, key));
    if (keys.length > limit) rows.push(this.#moreRow(id, parent, keys.length - limit));
    return rows;
  }

  #arranger(id: string): Arranger {
    let arranger = this.#arrangers.get(id);
    if (!arranger) {
      const { current } = this.services.arrangement;
      arranger = new Arranger(current, (uid) => this.#userName(id, uid), vscode.l10n.t);
      this.#arrangers.set(id, arranger);
    }
    return arranger;
  }

  #userName(id: string, uid: number): string {
    return this.services.processes.of(id)?.users.get(uid) ?? String(uid);
  }

  #redraw({ id, changed, relisted, renamed, removed, roots }: ProcessesChange): void {
    const { flat, filter } = this.services.arrangement.current;
    const rows = new Set<Row>();
    const container = this.#rows.get(`running:${id}`);
    // In one list, and where a row may begin or cease to match, the list itself can be another.
    const isOther = relisted.length + renamed.length + removed.length > 0;
    const wholly = roots || ((flat || filter !== '') && isOther);
    // A refreshed row brings its children with it.
    if (container && wholly) rows.add(container);
    else {
      const tree = this.services.processes.of(id)?.tree;
      const lists = new Set(relisted);
      for (const key of changed) {
        const row = this.#rows.get(rowKey(id, key));
        const info = tree?.get(key)?.info;
        if (!row || !info) continue;
        if (lists.has(key) || this.#saysOther(row, info)) rows.add(row);
        else this.#sayLater(row);
      }
      const usage = this.#rows.get(`usage:${id}`);
      if (usage && this.#loadIsOld(id)) rows.add(usage);
    }
    for (const key of removed) this.#forget(rowKey(id, key));
    this.#forgetEnded(id);
    if (rows.size > 0) this.#fire([...rows]);
  }

  #fire(rows: Row[] | undefined): void {
    for (const row of rows ?? [undefined]) {
      if (row) this.#behind.delete(row);
      if (!row || this.#hasRowsBelow(row)) this.#unasked.set(row, performance.now());
    }
    this.#changed.fire(rows);
  }

  #hasRowsBelow(row: Row): boolean {
    return row.kind === 'running' || this.#said.has(row);
  }

  /** Whether a row has more to say at once than newer numbers. */
  #saysOther(row: Row, info: ProcessInfo): boolean {
    const said = this.#said.get(row);
    if (!said) return true;
    const words = [
      ...(['state', 'name', 'commandLine', 'uid', 'euid', 'adopted'] as const),
      'mainThreadEnded' as const,
    ];
    return words.some((word) => said[word] !== info[word]);
  }

  #sayLater(row: Row): void {
    this.#behind.add(row);
    this.#catchUp ??= setTimeout(() => {
      this.#catchUp = undefined;
      if (this.#behind.size > 0) this.#fire([...this.#behind]);
    }, parentNumbersMs);
  }

  #forget(key: string): void {
    const row = this.#rows.get(key);
    if (row) {
      this.#behind.delete(row);
      this.#unasked.delete(row);
    }
    this.#rows.delete(key);
    this.#limits.delete(key);
    this.#shapes.delete(key);
  }

  /** What ended while nobody looked is never named. */
  #forgetEnded(id: string): void {
    const tree = this.services.processes.of(id)?.tree;
    if (!tree || this.#rows.size < tree.size + spareRows) return;
    for (const [key, row] of this.#rows)
      if (row.kind === 'process' && row.containerId === id && !tree.get(row.key)) this.#forget(key);
  }

  /** Whether the row of what is used is to show newer numbers: once a second. */
  #loadIsOld(id: string): boolean {
    const known = this.services.processes.of(id);
    const load = `${known?.tree.size} ${known?.total.memory} ${known?.load.join()}`;
    const before = this.#loads.get(id);
    if (before?.load === load) return false;
    if (before && performance.now() - before.at < 1000) {
      this.#redrawLater(id);
      return false;
    }
    this.#loads.set(id, { load, at: performance.now() });
    return true;
  }

  /** The last change before it becomes quiet must not be the one that is left out. */
  #redrawLater(id: string): void {
    if (this.#late.has(id)) return;
    const redraw = () => {
      this.#late.delete(id);
      const row = this.#rows.get(`usage:${id}`);
      if (row) this.#fire([row]);
    };
    this.#late.set(id, setTimeout(redraw, 1000));
  }

  #containersChanged(): void {
    const now = this.running().map(({ id, state, paused }) => `${id} ${state} ${paused}`);
    if (now.join() === this.#shown) return;
    this.#shown = now.join();
    const alive = new Set(this.running().map(({ id }) => id));
    for (const [key, { containerId }] of this.#rows) if (!alive.has(containerId)) this.#forget(key);
    for (const map of [this.#arrangers, this.#loads])
      for (const id of map.keys()) if (!alive.has(id)) map.delete(id);
    this.#fire(undefined);
  }

  #all(): void {
    this.#arrangers.clear();
    this.#fire(undefined);
  }

  #isPaused(id: string): boolean {
    return this.services.containers.byId(id)?.info?.paused ?? false;
  }

  #nameOf(id: string): string {
    return visible(this.services.containers.byId(id)?.name ?? id);
  }

  #row(key: string, kind: 'running' | 'usage' | 'noMatch' | 'error', containerId: string): Row {
    const row = this.#rows.get(key) ?? { kind, containerId };
    this.#rows.set(key, row);
    return row;
  }

  #processRow(containerId: string, key: string): Row {
    const row = this.#rows.get(rowKey(containerId, key)) ?? { kind: 'process', containerId, key };
    this.#rows.set(rowKey(containerId, key), row);
    return row;
  }

  #moreRow(containerId: string, parent: string | undefined, left: number): Row {
    const key = `more:${listKey(containerId, parent)}`;
    const row = (this.#rows.get(key) ?? { kind: 'more', containerId, parent, left }) as MoreRow;
    row.left = left;
    this.#rows.set(key, row);
    return row;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const timer of this.#late.values()) clearTimeout(timer);
    clearTimeout(this.#catchUp);
    this.#changed.dispose();
    this.#grew.dispose();
  }
}

function rowKey(containerId: string, key: string): string {
  return `process:${containerId}:${key}`;
}

/** The list below a process, or below a container. */
function listKey(containerId: string, parent: string | undefined): string {
  return parent === undefined ? `list:${containerId}` : rowKey(containerId, parent);
}

function readColumns(): readonly string[] {
  return vscode.workspace.getConfiguration('terrarium').get<string[]>('processColumns', []);
}
