/** The Processes view: a live tree for each running container. Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from '../../services/Services';
import { ProcessesProvider } from './ProcessesProvider';

export function registerProcessesView(services: Services): void {
  const provider = new ProcessesProvider(services);
  const view = vscode.window.createTreeView('terrarium.processes', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  /** Container id → being looked at. Nothing is read while nobody can see it. */
  const looking = new Map<string, vscode.Disposable>();
  const update = () => {
    const wanted = new Set(view.visible ? provider.running().map(({ id }) => id) : []);
    for (const [id, look] of looking)
      if (!wanted.has(id)) {
        look.dispose();
        looking.delete(id);
      }
    for (const id of wanted) if (!looking.has(id)) looking.set(id, services.processes.look(id));
  };
  update();
  services.context.subscriptions.push(
    view,
    provider,
    view.onDidChangeVisibility(update),
    view.onDidChangeSelection(({ selection: [row] }) => {
      services.selection.process = row?.kind === 'process' ? row : undefined;
    }),
    services.containers.onDidChange(update),
    new vscode.Disposable(() => {
      for (const look of looking.values()) look.dispose();
    }),
  );
}
