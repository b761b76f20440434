/**
 * The contents of the open documents about processes. Read when a document is opened or refreshed, kept
 * while it is open. When the process ends, the document keeps the last reading and says so.
 */
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import type { ProcessInfo } from '../../protocol/processes';
import { type InspectedProcess, type ProcessAddress, inspect } from './inspectedProcess';
import type { ContainerStore } from './ContainerStore';
import type { Helpers } from './Helpers';
import type { ProcessStore } from './ProcessStore';
import type { WindowAttention } from './WindowAttention';

export interface Inspection extends InspectedProcess {
  /** The process in the tree; undefined where it is not there any more. */
  readonly row: ProcessInfo | undefined;
  readonly parent: ProcessInfo | undefined;
  readonly readAt: Date;
  /** When the end of the process was noticed. */
  readonly goneAt?: Date;
}

/** The services that it reads with, and that tell it when a process ends. */
interface Sources {
  readonly helpers: Helpers;
  readonly containers: ContainerStore;
  readonly processes: ProcessStore;
  readonly attention: WindowAttention;
  readonly log: vscode.LogOutputChannel;
}

export class Inspections implements vscode.Disposable {
  readonly #shown = new Map<string, Inspection>();
  /** Results of a refresh that VS Code has not asked for yet. */
  readonly #fresh = new Map<string, Inspection>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly vscode.Disposable[];
  /** Container id → subscribed to, because a document about one of its processes is visible. */
  readonly #subscriptions = new Map<string, vscode.Disposable>();

  readonly onDidChange = this.#changed.event;

  constructor(private readonly sources: Sources) {
    const { processes, containers, attention } = sources;
    this.#disposables = [
      processes.onDidChange(({ id }) => this.#markGone(id)),
      containers.onDidChange(() => {
        for (const { address } of this.#open()) this.#markGone(address.containerId);
      }),
      attention.onDidChange(() => this.#subscribe()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#subscribe()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#shown.delete(uri.toString());
        this.#fresh.delete(uri.toString());
        this.#subscribe();
      }),
    ];
  }

  /** The content of a document. @throws as `inspect` */
  async take(uri: vscode.Uri): Promise<Inspection> {
    const key = uri.toString();
    const inspection = this.#fresh.get(key) ?? (await read(this.sources, addressOf(uri)));
    this.#fresh.delete(key);
    this.#shown.set(key, inspection);
    this.#subscribe();
    return inspection;
  }

  /**
   * Reads the process again. Where that fails the document is unchanged.
   * @returns false where the process has ended: the document keeps the last reading and says so
   * @throws as `inspect`
   */
  async refresh(uri: vscode.Uri): Promise<boolean> {
    const last = this.#shown.get(uri.toString());
    try {
      const inspection = await read(this.sources, addressOf(uri));
      this.#show(uri, { ...inspection, row: inspection.row ?? last?.row });
      return true;
    } catch (error) {
      if (!isEndedError(error)) throw error;
      if (last && !last.goneAt) this.#show(uri, { ...last, goneAt: new Date() });
      return false;
    }
  }

  /** The content of an open document; undefined where it is not open. */
  of(uri: vscode.Uri): Inspection | undefined {
    return this.#shown.get(uri.toString());
  }

  #open() {
    return [...this.#shown].map(([key, inspection]) => {
      const uri = vscode.Uri.parse(key);
      return { uri, inspection, address: addressOf(uri) };
    });
  }

  #show(uri: vscode.Uri, inspection: Inspection): void {
    this.#fresh.set(uri.toString(), inspection);
    this.#shown.set(uri.toString(), inspection);
    this.#changed.fire(uri);
    this.#subscribe();
  }

  #markGone(id: string): void {
    const { containers, processes } = this.sources;
    const isRunning = containers.byId(id)?.state !== 'stopped' && containers.byId(id) !== undefined;
    const known = processes.of(id);
    if (isRunning && (!known || known.stale || known.error !== undefined)) return;
    for (const { uri, inspection, address } of this.#open()) {
      if (address.containerId !== id || inspection.goneAt) continue;
      const row = known?.tree
        .infos()
        .find(({ pid, startTime }) => pid === address.pid && startTime === address.startTime);
      // A process that was a zombie when it was read stays one.
      const isThere = row !== undefined && (inspection.found.ended || !'ZX'.includes(row.state));
      if (!isRunning || !isThere) this.#show(uri, { ...inspection, goneAt: new Date() });
    }
  }

  /** Subscribes to the containers of visible documents, and to no other. */
  #subscribe(): void {
    const { attention, processes } = this.sources;
    const seen = new Set(
      vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString()),
    );
    const wanted = new Set(
      this.#open()
        .filter(({ uri, inspection }) => !inspection.goneAt && seen.has(uri.toString()))
        .map(({ address }) => address.containerId),
    );
    if (!attention.isSeen) wanted.clear();
    for (const [id, subscription] of this.#subscriptions)
      if (!wanted.has(id)) {
        subscription.dispose();
        this.#subscriptions.delete(id);
      }
    for (const id of wanted)
      if (!this.#subscriptions.has(id)) this.#subscriptions.set(id, processes.subscribe(id));
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    for (const subscription of this.#subscriptions.values()) subscription.dispose();
    this.#changed.dispose();
  }
}

export function addressOf(uri: vscode.Uri): ProcessAddress {
  return JSON.parse(uri.query) as ProcessAddress;
}

/** Whether the error means that the process, or its container, has ended. */
export function isEndedError(error: unknown): boolean {
  const codes = ['process-gone', 'container-unknown', 'not-running'];
  return error instanceof TerrariumError && codes.includes(error.code);
}

async function read(sources: Sources, address: ProcessAddress): Promise<Inspection> {
  const { containers, helpers, processes, log } = sources;
  // A tab that came back with the window can be asked for before anything is known.
  if (!containers.byId(address.containerId)) {
    await containers.ready();
    await helpers.connectExisting();
  }
  const inspected = await inspect(sources, address);
  if (!processes.of(address.containerId))
    await processes.snapshot(address.containerId).catch((error: unknown) => {
      log.warn(`inspecting ${address.pid}: ${messageOf(error)}`); // what the list would add is left out
    });
  const tree = processes.of(address.containerId)?.tree;
  const row = tree
    ?.infos()
    .find(({ pid, startTime }) => pid === address.pid && startTime === address.startTime);
  const above = row && tree?.get(row.key)?.parent;
  const parent = above === undefined ? undefined : tree?.get(above)?.info;
  return { ...inspected, row, parent, readAt: new Date() };
}
