/** The Processes view: a live tree for each running container. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors';
import { visible } from '../../../core/text/visible';
import type { Services } from '../../services/Services';
import { tickTour } from '../../services/tour';
import { registerProcessDocuments } from './ProcessDocuments';
import { FocusedRow } from '../FocusedRow';
import { ProcessesProvider } from './ProcessesProvider';
import type { MoreRow, Row } from './rows';

export function registerProcessesView(services: Services): void {
  const provider = new ProcessesProvider(services);
  const view = vscode.window.createTreeView('terrarium.processes', {
    treeDataProvider: provider,
    showCollapseAll: true,
    canSelectMany: true,
  });
  /** Container id → being looked at. Nothing is read while nobody can see it. */
  const looking = new Map<string, vscode.Disposable>();
  const update = () => {
    const isSeen = view.visible && services.attention.isSeen;
    const wanted = new Set(isSeen ? provider.running().map(({ id }) => id) : []);
    for (const [id, look] of looking)
      if (!wanted.has(id)) {
        look.dispose();
        looking.delete(id);
      }
    for (const id of wanted)
      if (!looking.has(id)) looking.set(id, services.processes.subscribe(id));
  };
  /** What is left out is said; a message would hide what an empty view says. */
  const tellFilter = () => {
    const { filter } = services.arrangement.current;
    view.message =
      filter === '' || provider.running().length === 0
        ? undefined
        : vscode.l10n.t('Only what matches “{0}”.', visible(filter));
  };
  const remember = () => {
    services.selection.processes = view.selection.filter((row) => row.kind === 'process');
  };
  // What VS Code forgot for a moment is missing in the selection.
  const settled = async () => {
    await provider.settled();
    remember();
  };
  const pressed = new FocusedRow<Row>();
  services.focused.processes = async () => {
    const row = pressed.take();
    if (!row) return undefined;
    await settled();
    const all = services.selection.processes ?? [];
    return { row, selected: all.some((one) => one === row) ? all : [] };
  };
  update();
  tellFilter();
  registerProcessDocuments(services);
  services.context.subscriptions.push(
    view,
    provider,
    view.onDidChangeVisibility(update),
    services.attention.onDidChange(update),
    services.processes.onDidChange(({ id }) => {
      if (view.visible && (services.processes.of(id)?.tree.roots.length ?? 0) > 0)
        tickTour('looked');
    }),
    view.onDidChangeSelection(({ selection }) => {
      pressed.selected(selection);
      remember();
      void settled();
    }),
    provider.onDidGrow((row) => {
      void view
        .reveal(row, { select: false, focus: false, expand: true })
        .then(undefined, (error: unknown) =>
          // It may have ended meanwhile.
          services.log.debug(`opening a row: ${messageOf(error)}`),
        );
    }),
    services.arrangement.onDidAskForMore((row) => provider.showMore(row as MoreRow)),
    services.arrangement.onDidChange(tellFilter),
    services.containers.onDidChange(update),
    services.containers.onDidChange(tellFilter),
    new vscode.Disposable(() => {
      for (const look of looking.values()) look.dispose();
    }),
  );
}
