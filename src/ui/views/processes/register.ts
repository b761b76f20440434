/** The Processes view: a live tree for each running container. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Target } from '../../../core/picture/Picture';
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
  /** Container id → subscription. The helper reads processes only while the view is visible. */
  const subscriptions = new Map<string, vscode.Disposable>();
  const update = () => {
    const isSeen = view.visible && services.attention.isSeen;
    const wanted = new Set(isSeen ? provider.running().map(({ id }) => id) : []);
    for (const [id, subscription] of subscriptions)
      if (!wanted.has(id)) {
        subscription.dispose();
        subscriptions.delete(id);
      }
    for (const id of wanted)
      if (!subscriptions.has(id)) subscriptions.set(id, services.processes.subscribe(id));
  };
  /** Shows the filter above the rows. No message where the view is empty: it would hide the welcome text. */
  const showFilter = () => {
    const { filter } = services.arrangement.current;
    view.message =
      filter === '' || provider.running().length === 0
        ? undefined
        : vscode.l10n.t('Only what matches “{0}”.', escapeControlCharacters(filter));
  };
  const keepSelection = () => {
    services.selection.processes = view.selection.filter((row) => row.kind === 'process');
  };
  // Rows that VS Code has just forgotten are missing in the selection.
  const settled = async () => {
    await provider.settled();
    keepSelection();
  };
  const focused = new FocusedRow<Row>();
  services.focused.processes = async () => {
    const row = focused.take();
    if (!row) return undefined;
    await settled();
    const all = services.selection.processes ?? [];
    return { row, selected: all.some((one) => one === row) ? all : [] };
  };
  services.reveal.process = async ({ containerId, key }) => {
    await vscode.commands.executeCommand('terrarium.processes.focus');
    if (services.containers.byId(containerId)?.state === 'running')
      await services.processes.snapshot(containerId); // the rows are there
    await view.reveal(await provider.findListed({ containerId, key }), {
      ...{ select: true, focus: true },
    });
  };
  update();
  showFilter();
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
      focused.selected(selection);
      keepSelection();
      void settled();
      const [row] = selection;
      if (row) services.shared.selectedIn('processes', targetOf(row));
    }),
    services.shared.follow('processes', async (target) => {
      const row = await provider.findListed(target);
      if (view.selection.includes(row)) return false;
      await view.reveal(row, { select: true, focus: false, expand: false });
      return true;
    }),
    provider.onDidGrow((row) => {
      void view
        .reveal(row, { select: false, focus: false, expand: true })
        .then(undefined, (error: unknown) =>
          // The process may have ended meanwhile.
          services.log.debug(`opening a row: ${messageOf(error)}`),
        );
    }),
    services.arrangement.onDidAskForMore((row) => provider.showMore(row as MoreRow)),
    services.arrangement.onDidChange(showFilter),
    services.containers.onDidChange(update),
    services.containers.onDidChange(showFilter),
    new vscode.Disposable(() => {
      for (const subscription of subscriptions.values()) subscription.dispose();
    }),
  );
}

/** A row that is no process stands for its container. */
function targetOf(row: Row): Target {
  const { containerId } = row;
  return row.kind === 'process' ? { containerId, key: row.key } : { containerId };
}
