/** Scaffolds a bundle, with progress and a cancel button, and waits until the views have it. Called by "New Container…". */
import * as vscode from 'vscode';
import type { Busybox } from '../../core/bundle/busybox';
import { scaffold } from '../../core/bundle/scaffold';
import type { StartingPoint } from '../../core/config/templates';
import { ownMappings } from '../../core/sequence/ownMappings';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { FolderWatch } from './folderWatch';
import type { Services } from './Services';
import { showProgress } from '../notifications';
import { tickTour } from './tour';

export interface MakeOptions {
  readonly parent: string;
  readonly name: string;
  readonly startingPoint: StartingPoint;
  readonly busybox: Busybox;
}

/** @returns path of the bundle @throws CancellationError, and as `scaffold`; no file is left then */
export async function makeContainer(services: Services, options: MakeOptions): Promise<string> {
  const abort = new AbortController();
  const mappings = await ownMappings();
  // Elsewhere nothing is watched.
  const watch = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(options.parent))
    ? new FolderWatch(options.name)
    : undefined;
  const bundle = await showProgress(
    {
      title: vscode.l10n.t('Making {0}', escapeControlCharacters(options.name)),
      cancellable: true,
    },
    (report, token) => {
      token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
      let done = 0;
      return scaffold({
        ...options,
        mappings,
        signal: abort.signal,
        ...(watch && { untilWatched: (folder: string) => watch.untilWatched(folder) }),
        onProgress: (message, fraction) => {
          report(message, Math.max(0, fraction - done) * 100);
          done = fraction;
        },
      }).finally(() => watch?.dispose());
    },
  );
  await services.containers.refresh();
  tickTour('made');
  return bundle;
}
