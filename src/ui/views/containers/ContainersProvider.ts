/** The rows of the Containers view, from `ContainerStore`. Made by `registerContainersView`. */
import * as vscode from 'vscode';
import { openFolders } from '../../services/openFolders';
import type { Services } from '../../services/Services';
import { messageOf } from '../../../core/errors';
import { escapeMarkdown } from '../../model/markdown';
import { sizeOfLayer } from '../../services/sizeOfLayer';
import { containerItem } from './containerItem';
import type { ContainerRow } from '../../model/rows';

export class ContainersProvider
  implements vscode.TreeDataProvider<ContainerRow>, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly services: Services) {
    const fire = () => this.#changed.fire();
    this.#subscriptions = [services.containers.onDidChange(fire), services.edits.onDidChange(fire)];
  }

  async getChildren(parent?: ContainerRow): Promise<ContainerRow[]> {
    if (parent || process.platform !== 'linux') return [];
    await this.services.containers.ready();
    return this.services.containers.all.map((container) => ({ kind: 'container', container }));
  }

  getTreeItem({ container }: ContainerRow): vscode.TreeItem {
    const twins = this.services.containers.all.filter(({ name }) => name === container.name);
    const open = openFolders().map(({ uri }) => uri.fsPath);
    const edited = this.services.edits.of(container.bundle);
    return containerItem(container, { showPlace: twins.length > 1, openFolders: open, edited });
  }

  /** The size of a layer is asked for where somebody looks at the tooltip. */
  async resolveTreeItem(item: vscode.TreeItem, { container }: ContainerRow) {
    if (!container.hasLayer || !(item.tooltip instanceof vscode.MarkdownString)) return item;
    const size = await sizeOfLayer(this.services, container).catch((error: unknown) => {
      this.services.log.warn(`the layer of ${container.name}: ${messageOf(error)}`);
      return vscode.l10n.t('Not all of its scratch layer may be looked into.');
    });
    item.tooltip = new vscode.MarkdownString(`${item.tooltip.value}\n\n${escapeMarkdown(size)}`);
    return item;
  }

  /** For `reveal`. */
  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#changed.dispose();
  }
}
