/** The Containers view: the containers, their states, and the number that run. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { FocusedRow } from '../FocusedRow';
import { ContainersProvider } from './ContainersProvider';
import { DroppedFiles } from './DroppedFiles';
import type { ContainerRow } from '../../model/rows';

export function registerContainersView(services: Services): void {
  const provider = new ContainersProvider(services);
  const view = vscode.window.createTreeView('terrarium.containers', {
    treeDataProvider: provider,
    showCollapseAll: false,
    dragAndDropController: new DroppedFiles(services),
  });
  const focused = new FocusedRow<ContainerRow>();
  services.focused.containers = () => {
    const row = focused.take();
    return Promise.resolve(row && { row, selected: [] });
  };
  services.reveal.container = async (bundle) => {
    const container = await services.containers.find(bundle);
    // It may lie outside of the workspace, or have been deleted meanwhile.
    if (container) await view.reveal({ kind: 'container', container }, { select: true });
  };
  const update = () => {
    const { live, all } = services.containers;
    view.badge =
      live.length === 0
        ? undefined
        : {
            value: live.length,
            tooltip:
              live.length === 1
                ? vscode.l10n.t('1 container runs')
                : vscode.l10n.t('{0} containers run', live.length),
          };
    view.message =
      all.length > 0 && !vscode.workspace.isTrusted
        ? vscode.l10n.t('Restricted Mode: containers can be looked at, not started.')
        : undefined;
  };
  update();
  services.context.subscriptions.push(
    view,
    provider,
    view.onDidChangeSelection(({ selection }) => {
      focused.selected(selection);
      const id = selection[0]?.container.info?.id;
      if (id !== undefined) services.shared.selectedIn('containers', { containerId: id });
    }),
    services.shared.follow('containers', async ({ containerId }) => {
      const container = services.containers.byId(containerId);
      if (!container || view.selection[0]?.container.bundle === container.bundle) return false;
      await view.reveal({ kind: 'container', container }, { select: true, focus: false });
      return true;
    }),
    services.containers.onDidChange(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
