/** What the open documents about processes show: read when one is opened or refreshed, kept while it is open. */
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../protocol/processes';
import { type InspectedProcess, type ProcessAddress, inspect } from './inspectedProcess';
import type { Services } from './Services';

export interface Inspection extends InspectedProcess {
  /** The row of the tree; undefined where it has left it meanwhile. */
  readonly row: ProcessInfo | undefined;
}

export class Inspections implements vscode.Disposable {
  readonly #shown = new Map<string, Inspection>();
  /** Read for a refresh, and not yet asked for by VS Code. */
  readonly #fresh = new Map<string, Inspection>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    this.#shown.delete(uri.toString());
    this.#fresh.delete(uri.toString());
  });

  readonly onDidChange = this.#changed.event;

  /** What the document of this name is to show. @throws as `inspect` */
  async take(services: Services, uri: vscode.Uri): Promise<Inspection> {
    const key = uri.toString();
    const inspection = this.#fresh.get(key) ?? (await read(services, addressOf(uri)));
    this.#fresh.delete(key);
    this.#shown.set(key, inspection);
    return inspection;
  }

  /** Reads it again; where that fails the document stays as it is. @throws as `inspect` */
  async refresh(services: Services, uri: vscode.Uri): Promise<void> {
    this.#fresh.set(uri.toString(), await read(services, addressOf(uri)));
    this.#changed.fire(uri);
  }

  /** What it shows; undefined where it is not open. */
  of(uri: vscode.Uri): Inspection | undefined {
    return this.#shown.get(uri.toString());
  }

  dispose(): void {
    this.#closed.dispose();
    this.#changed.dispose();
  }
}

export function addressOf(uri: vscode.Uri): ProcessAddress {
  return JSON.parse(uri.query) as ProcessAddress;
}

async function read(services: Services, address: ProcessAddress): Promise<Inspection> {
  const inspected = await inspect(services, address);
  const row = services.processes
    .of(address.containerId)
    ?.tree.infos()
    .find(({ pid, startTime }) => pid === address.pid && startTime === address.startTime);
  return { ...inspected, row };
}
