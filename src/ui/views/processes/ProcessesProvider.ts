/**
 * The tree of the Processes view: containers, below them their processes. Only changed rows are
 * refreshed. Made by `registerProcessesView`.
 */
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Target } from '../../../core/picture/Picture';
import { Arranger } from '../../../core/tree/arrange';
import { totalOf } from '../../../core/tree/usage';
import { commandIds } from '../../commandIds';
import type { ProcessesChange, ProcessesOf } from '../../services/ProcessStore';
import type { Services } from '../../services/Services';
import { ItemIds } from './ItemIds';
import { RowRefresh } from './RowRefresh';
import { UsageRefresh } from './UsageRefresh';
import {
  errorItem,
  moreItem,
  noMatchItem,
  runningItem,
  usageItem,
  waitingItem,
  waitingPid1Item,
  waitingShellItem,
} from './containerItems';
import { processItem } from './processItem';
import { notListed } from './notListed';
import { processTooltip } from './processTooltip';
import { type MoreRow, type Row, Rows, containerRowKey, listKey, processRowKey } from './rows';

/** Rows of a list at first, and further ones per "{0} more…": VS Code makes all rows of a list at once. */
const pageSize = 200;

/** Of a list, so many rows are shown to get to one of them. */
const mostToReveal = 2000;

/** How far the number of rows may exceed the live processes before rows of ended ones are dropped. */
const spareRows = 500;

export class ProcessesProvider implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #rows = new Rows();
  readonly #ids = new ItemIds();
  readonly #refresh = new RowRefresh();
  readonly #usage = new UsageRefresh((id) => this.#refreshUsage(id));
  readonly #subscriptions: vscode.Disposable[];
  /** Container id → the order of its rows. */
  readonly #arrangers = new Map<string, Arranger>();
  /** Key of a list → how many of its rows are shown. */
  readonly #limits = new Map<string, number>();
  /** The containers of the last redraw, as text. */
  #shown = '';
  #columns = readColumns();

  readonly onDidChangeTreeData = this.#refresh.onDidChange;
  /** A selected row got its first child and must be expanded. */
  readonly onDidGrow = this.#ids.onDidGrow;

  constructor(private readonly services: Services) {
    this.#subscriptions = [
      services.processes.onDidChange((change) => this.#redraw(change)),
      services.containers.onDidChange(() => this.#containersChanged()),
      services.arrangement.onDidChange(() => this.#rearrange()),
      // With a new theme VS Code draws every row that it remembers, also one that has another id since
      // (`ItemIds`) and whose place on the screen belongs to another row by now.
      vscode.window.onDidChangeActiveColorTheme(() => this.#refresh.now(undefined)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('terrarium.processColumns')) return;
        this.#columns = readColumns();
        this.#rearrange();
      }),
    ];
  }

  /** The containers whose processes the helper reads. */
  running(): ContainerInfo[] {
    return this.#live().filter(({ waitsAt }) => !waitsAt);
  }

  /** Also those whose start waits. */
  #live(): ContainerInfo[] {
    return this.services.containers.all.flatMap(({ state, info }) =>
      info && (state === 'running' || state === 'stopping' || waitsAt(info)) ? [info] : [],
    );
  }

  /** Resolves when VS Code knows the rows again that it forgot; see `RowRefresh`. */
  settled(): Promise<void> {
    return this.#refresh.settled();
  }

  getChildren(parent?: Row): Row[] {
    this.#refresh.asked(parent);
    if (!parent) return this.#live().map(({ id }) => this.#rows.of('running', id));
    const { containerId: id } = parent;
    const info = this.#infoOf(id);
    if (parent.kind === 'running' && info && waitsAt(info))
      return [
        this.#rows.of('waiting', id),
        ...(info.sessions ?? []).map(({ stream }) => this.#rows.shell(id, stream)),
      ];
    const known = this.#processes(id);
    if (!known) return [];
    if (parent.kind === 'process') return this.#list(id, parent.key);
    if (parent.kind !== 'running') return [];
    return [
      ...(known.tree.size === 0 ? [] : [this.#rows.of('usage', id)]),
      ...(known.error === undefined ? [] : [this.#rows.of('error', id)]),
      ...this.#topmost(id),
    ];
  }

  #topmost(id: string): Row[] {
    const rows = this.#list(id, undefined);
    const isFiltered = this.services.arrangement.current.filter !== '';
    return rows.length === 0 && isFiltered ? [this.#rows.of('noMatch', id)] : rows;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { containerId: id } = row;
    const known = this.#processes(id);
    switch (row.kind) {
      case 'running': {
        const info = this.#infoOf(id);
        const wait = info && waitsAt(info);
        return wait
          ? waitingItem(id, this.#nameOf(id), wait)
          : runningItem(id, this.#nameOf(id), info?.paused ?? false);
      }
      case 'waiting':
        return waitingPid1Item(id, this.#infoOf(id)?.hostPid);
      case 'shell': {
        const shell = this.#infoOf(id)?.sessions?.find(({ stream }) => stream === row.stream);
        return waitingShellItem(id, row.stream, escapeControlCharacters(shell?.command ?? ''));
      }
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
        this.#refresh.shows(row, hasChildren ? node?.info : undefined);
        const isSelected = () => this.services.selection.processes?.includes(row) ?? false;
        return processItem(this.#ids.idOf(row, hasChildren, isSelected), node?.info, {
          columns: this.#columns,
          userName: (uid) => this.#userName(id, uid),
          isPinned: current.pinned.has(row.key),
          hasChildren,
          sort: current.sort,
        });
      }
    }
  }

  /** The tooltip of a process. VS Code asks for it when the pointer rests on the row. */
  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    if (row.kind !== 'process') return item;
    const { containerId: id, key } = row;
    const info = this.#processes(id)?.tree.get(key)?.info;
    if (info) item.tooltip = processTooltip(info, (uid) => this.#userName(id, uid));
    return item;
  }

  /** For `reveal`. */
  getParent(row: Row): Row | undefined {
    const { kind, containerId } = row;
    if (kind === 'running') return undefined;
    const tree = this.#processes(containerId)?.tree;
    let above: string | undefined;
    if (kind === 'more') above = row.parent;
    else if (kind === 'process' && !this.services.arrangement.current.flat)
      above = tree?.get(row.key)?.parent;
    return above === undefined
      ? this.#rows.of('running', containerId)
      : this.#rows.process(containerId, above);
  }

  /**
   * The row of a container or of a process, once it can be revealed.
   * @returns undefined where there is none: it has ended, or the filter hides it, or it is far down in a long list
   */
  async find({ containerId: id, key }: Target): Promise<Row | undefined> {
    await this.#refresh.settled();
    if (key === undefined || !this.#processes(id)?.tree.get(key))
      return this.#live().some((one) => one.id === id) ? this.#rows.of('running', id) : undefined;
    const { tree } = this.#processes(id)!;
    const { flat } = this.services.arrangement.current;
    for (let at: string | undefined = key; at !== undefined; at = parentOf(at)) {
      const place = this.#arranger(id).children(tree, parentOf(at)).indexOf(at);
      if (place < 0 || place >= mostToReveal) return undefined;
      this.#showAtLeast(id, parentOf(at), place + 1);
    }
    await this.#refresh.settled();
    return this.#rows.process(id, key);

    function parentOf(one: string): string | undefined {
      return flat ? undefined : tree.get(one)?.parent;
    }
  }

  /**
   * As `find`, of a process that somebody wants to see.
   * @throws TerrariumError `process-not-listed`
   */
  async findListed(target: Target): Promise<Row> {
    const row = await this.find(target);
    if (row && (row.kind === 'process' || target.key === undefined)) return row;
    const { tree } = this.#processes(target.containerId) ?? {};
    const name = target.key === undefined ? undefined : tree?.get(target.key)?.info.name;
    throw notListed(name, this.services.arrangement.current.filter);
  }

  #showAtLeast(id: string, parent: string | undefined, count: number): void {
    const key = listKey(id, parent);
    if (count <= (this.#limits.get(key) ?? pageSize)) return;
    this.#limits.set(key, Math.ceil(count / pageSize) * pageSize);
    const row = this.#rows.get(parent === undefined ? containerRowKey('running', id) : key);
    this.#refresh.now(row ? [row] : undefined);
  }

  /** Shows the next rows of a long list. */
  showMore({ containerId, parent }: MoreRow): void {
    const key = listKey(containerId, parent);
    this.#limits.set(key, (this.#limits.get(key) ?? pageSize) + pageSize);
    const row = this.#rows.get(
      parent === undefined ? containerRowKey('running', containerId) : key,
    );
    this.#refresh.now(row ? [row] : undefined);
  }

  #list(id: string, parent: string | undefined): Row[] {
    const known = this.#processes(id);
    if (!known) return [];
    const keys = this.#arranger(id).children(known.tree, parent);
    const limit = this.#limits.get(listKey(id, parent)) ?? pageSize;
    const rows = keys.slice(0, limit).map((key) => this.#rows.process(id, key));
    if (keys.length > limit) rows.push(this.#rows.more(id, parent, keys.length - limit));
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

  #redraw({ id, changed, relisted, renamed, removed, roots }: ProcessesChange): void {
    const { flat, filter } = this.services.arrangement.current;
    const rows = new Set<Row>();
    const container = this.#rows.get(containerRowKey('running', id));
    // A flat or filtered list may itself change when a process comes, goes or gets another name.
    const listMayChange = relisted.length + renamed.length + removed.length > 0;
    if (container && (roots || ((flat || filter !== '') && listMayChange)))
      rows.add(container); // with all rows below it
    else {
      for (const row of this.#changedRows(id, changed, new Set(relisted))) rows.add(row);
      const usage = this.#rows.get(containerRowKey('usage', id));
      if (usage && this.#usage.isDue(id, this.#processes(id))) rows.add(usage);
    }
    for (const key of removed) this.#forget(processRowKey(id, key));
    this.#forgetEnded(id);
    if (rows.size > 0) this.#refresh.now([...rows]);
  }

  *#changedRows(id: string, changed: readonly string[], relisted: Set<string>): Iterable<Row> {
    const tree = this.#processes(id)?.tree;
    for (const key of changed) {
      const row = this.#rows.get(processRowKey(id, key));
      const info = tree?.get(key)?.info;
      if (!row || !info) continue;
      if (relisted.has(key) || this.#refresh.isUrgent(row, info)) yield row;
      else this.#refresh.later(row);
    }
  }

  #refreshUsage(id: string): void {
    const row = this.#rows.get(containerRowKey('usage', id));
    if (row) this.#refresh.now([row]);
  }

  #forget(key: string): void {
    const row = this.#rows.delete(key);
    if (row) this.#refresh.forget(row);
    this.#limits.delete(key);
    this.#ids.forget(key);
  }

  /** Processes that ended while no message was applied are named by no change: their rows go here. */
  #forgetEnded(id: string): void {
    const tree = this.#processes(id)?.tree;
    if (!tree || this.#rows.size < tree.size + spareRows) return;
    for (const [key, row] of this.#rows.entries())
      if (row.kind === 'process' && row.containerId === id && !tree.get(row.key)) this.#forget(key);
  }

  #containersChanged(): void {
    const live = this.#live();
    const now = JSON.stringify(
      live.map((info) => [info.id, info.state, info.paused, ...(waitsAt(info) ? [info] : [])]),
    );
    if (now === this.#shown) return;
    this.#shown = now;
    const ids = new Set(live.map(({ id }) => id));
    for (const [key, { containerId }] of this.#rows.entries())
      if (!ids.has(containerId)) this.#forget(key);
    for (const id of this.#arrangers.keys()) if (!ids.has(id)) this.#arrangers.delete(id);
    this.#usage.keep(ids);
    this.#refresh.now(undefined);
  }

  #rearrange(): void {
    this.#arrangers.clear();
    this.#refresh.now(undefined);
  }

  #processes(id: string): ProcessesOf | undefined {
    return this.services.processes.of(id);
  }

  #userName(id: string, uid: number): string {
    return this.#processes(id)?.users.get(uid) ?? String(uid);
  }

  #infoOf(id: string): ContainerInfo | undefined {
    return this.services.containers.byId(id)?.info;
  }

  #nameOf(id: string): string {
    return escapeControlCharacters(this.services.containers.byId(id)?.name ?? id);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#usage.dispose();
    this.#refresh.dispose();
    this.#ids.dispose();
  }
}

/** Where its start waits. */
function waitsAt({ state, waitsAt }: ContainerInfo): ContainerInfo['waitsAt'] {
  return state === 'starting' ? waitsAt : undefined;
}

function readColumns(): readonly string[] {
  return vscode.workspace.getConfiguration('terrarium').get<string[]>('processColumns', []);
}
