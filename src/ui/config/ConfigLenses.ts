/** Code lenses above the first line of a bundle's config.json: its commands. Made by register.ts. */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import { isLive } from '../model/container';
import type { Services } from '../services/Services';
import { isConfig } from './isConfig';

export class ConfigLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly services: Services) {
    this.onDidChangeCodeLenses = (listener, self, disposables) =>
      services.containers.onDidChange(() => void listener.call(self), undefined, disposables);
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isConfig(document)) return [];
    const { t } = vscode.l10n;
    const container = await this.services.containers.find(
      vscode.Uri.joinPath(document.uri, '..').fsPath,
    );
    const actions: [title: string, command: string][] = container
      ? isLive(container)
        ? [
            [t('$(debug-stop) Stop'), commandIds.stopContainer],
            [t('$(terminal) Shell'), commandIds.openShell],
            ...((await hasChanges(document, container.info?.startedAt ?? 0))
              ? ([
                  [t('$(debug-restart) Restart to apply changes'), commandIds.restartContainer],
                ] as [string, string][])
              : []),
          ]
        : [
            [t('$(play) Start'), commandIds.startContainer],
            [t('$(debug-line-by-line) Step by Step'), commandIds.startStepByStep],
          ]
      : [];
    actions.push([t('$(list-ordered) Show Start Sequence'), commandIds.showStartSequence]);
    const top = new vscode.Range(0, 0, 0, 0);
    return actions.map(
      ([title, command]) => new vscode.CodeLens(top, { title, command, arguments: [document.uri] }),
    );
  }
}

/** Whether the document has changed since the container started, or is not saved. */
async function hasChanges(document: vscode.TextDocument, startedAt: number): Promise<boolean> {
  if (document.isDirty) return true;
  const saved = await stat(document.uri.fsPath).catch(() => undefined); // the file was removed
  return saved !== undefined && saved.mtimeMs > startedAt;
}
