/** The rows of the Containers view, from `ContainerStore`. Made by `registerContainersView`. */
import * as vscode from 'vscode';
import { openFolders } from '../../services/openFolders';
import type { Services } from '../../services/Services';
import { containerItem } from './containerItem';
import type { ContainerRow } from '../../model/rows';

export class ContainersProvider
  implements vscode.TreeDataProvider<ContainerRow>, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly services: Services) {
    this.#subscription = services.containers.onDidChange(() => this.#changed.fire());
  }

  async getChildren(parent?: ContainerRow): Promise<ContainerRow[]> {
    if (parent || process.platform !== 'linux') return [];
    await this.services.containers.ready();
    return this.services.containers.all.map((container) => ({ kind: 'container', container }));
  }

  getTreeItem({ container }: ContainerRow): vscode.TreeItem {
    const twins = this.services.containers.all.filter(({ name }) => name === container.name);
    const open = openFolders().map(({ uri }) => uri.fsPath);
    return containerItem(container, twins.length > 1, open);
  }

  /** For `reveal`. */
  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
