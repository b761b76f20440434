/**
 * What the open documents about processes show: read when one is opened or refreshed, kept while it is
 * open. When the process ends the last reading stays, marked as such.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import type { ProcessInfo } from '../../protocol/processes';
import { type InspectedProcess, type ProcessAddress, inspect } from './inspectedProcess';
import type { Services } from './Services';

export interface Inspection extends InspectedProcess {
  /** The row of the tree; undefined where it has left it meanwhile. */
  readonly row: ProcessInfo | undefined;
  readonly parent: ProcessInfo | undefined;
  readonly readAt: Date;
  /** When it was noticed that the process is gone. */
  readonly goneAt?: Date;
}

export class Inspections implements vscode.Disposable {
  readonly #shown = new Map<string, Inspection>();
  /** Read for a refresh, and not yet asked for by VS Code. */
  readonly #fresh = new Map<string, Inspection>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[] = [
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      this.#shown.delete(uri.toString());
      this.#fresh.delete(uri.toString());
      this.#look();
    }),
  ];
  /** Container id → it is looked at, because a document about one of its processes can be seen. */
  readonly #looks = new Map<string, vscode.Disposable>();
  #services: Services | undefined;

  readonly onDidChange = this.#changed.event;

  /** From here on it notices when a process ends. */
  follow(services: Services): void {
    this.#services = services;
    this.#subscriptions.push(
      services.processes.onDidChange(({ id }) => this.#markGone(id)),
      services.containers.onDidChange(() => {
        for (const { address } of this.#open()) this.#markGone(address.containerId);
      }),
      services.attention.onDidChange(() => this.#look()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#look()),
    );
  }

  /** What the document of this name is to show. @throws as `inspect` */
  async take(services: Services, uri: vscode.Uri): Promise<Inspection> {
    const key = uri.toString();
    const inspection = this.#fresh.get(key) ?? (await read(services, addressOf(uri)));
    this.#fresh.delete(key);
    this.#shown.set(key, inspection);
    this.#look();
    return inspection;
  }

  /**
   * Reads it again; where that fails the document stays as it is.
   * @returns false where the process is gone: the document says so, and keeps the last reading
   * @throws as `inspect`
   */
  async refresh(services: Services, uri: vscode.Uri): Promise<boolean> {
    const last = this.#shown.get(uri.toString());
    try {
      const inspection = await read(services, addressOf(uri));
      this.#show(uri, { ...inspection, row: inspection.row ?? last?.row });
      return true;
    } catch (error) {
      if (!isGone(error)) throw error;
      if (last && !last.goneAt) this.#show(uri, { ...last, goneAt: new Date() });
      return false;
    }
  }

  /** What it shows; undefined where it is not open. */
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
    this.#look();
  }

  #markGone(id: string): void {
    const { containers, processes } = this.#services!;
    const isRunning = containers.byId(id)?.state !== 'stopped' && containers.byId(id) !== undefined;
    const known = processes.of(id);
    if (isRunning && (!known || known.isOld || known.error !== undefined)) return;
    for (const { uri, inspection, address } of this.#open()) {
      if (address.containerId !== id || inspection.goneAt) continue;
      const row = known?.tree
        .infos()
        .find(({ pid, startTime }) => pid === address.pid && startTime === address.startTime);
      // Of a zombie that was one already nothing more ends.
      const isThere = row !== undefined && (inspection.found.ended || !'ZX'.includes(row.state));
      if (!isRunning || !isThere) this.#show(uri, { ...inspection, goneAt: new Date() });
    }
  }

  /** Looks at the containers of what can be seen, and at no other. */
  #look(): void {
    if (!this.#services) return;
    const { attention, processes } = this.#services;
    const seen = new Set(
      vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString()),
    );
    const wanted = new Set(
      this.#open()
        .filter(({ uri, inspection }) => !inspection.goneAt && seen.has(uri.toString()))
        .map(({ address }) => address.containerId),
    );
    if (!attention.isSeen) wanted.clear();
    for (const [id, look] of this.#looks)
      if (!wanted.has(id)) {
        look.dispose();
        this.#looks.delete(id);
      }
    for (const id of wanted) if (!this.#looks.has(id)) this.#looks.set(id, processes.look(id));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const look of this.#looks.values()) look.dispose();
    this.#changed.dispose();
  }
}

export function addressOf(uri: vscode.Uri): ProcessAddress {
  return JSON.parse(uri.query) as ProcessAddress;
}

/** Whether it says that the process, or its container, has ended. */
export function isGone(error: unknown): boolean {
  const codes = ['process-gone', 'container-unknown', 'not-running'];
  return error instanceof TerrariumError && codes.includes(error.code);
}

async function read(services: Services, address: ProcessAddress): Promise<Inspection> {
  const inspected = await inspect(services, address);
  const tree = services.processes.of(address.containerId)?.tree;
  const row = tree
    ?.infos()
    .find(({ pid, startTime }) => pid === address.pid && startTime === address.startTime);
  const above = row && tree?.get(row.key)?.parent;
  const parent = above === undefined ? undefined : tree?.get(above)?.info;
  return { ...inspected, row, parent, readAt: new Date() };
}
