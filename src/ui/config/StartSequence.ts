/** The read-only preview of a start sequence, which follows its config.json. Made by register.ts. */
import path from 'node:path';
import * as vscode from 'vscode';
import { formatConfig } from '../../core/config/formatConfig';
import { visible } from '../../core/text/visible';
import type { Privilege } from '../../protocol/container';
import type { ContainerStore } from '../services/ContainerStore';
import { chosenPrivilege, privilegeInForce } from '../services/chosenPrivilege';
import { isConfig } from './isConfig';

export const sequenceScheme = 'terrarium-sequence';

/** Of package.json: a shell script whose long commands wrap. */
export const sequenceLanguage = 'terrarium-sequence';

/** @param config the file that it is about */
export function sequenceUri(config: vscode.Uri): vscode.Uri {
  return uriOf(vscode.Uri.joinPath(config, '..'), config);
}

/** @param folder a plain root filesystem, which starts with the default configuration */
export function folderSequenceUri(folder: vscode.Uri): vscode.Uri {
  return uriOf(folder, folder).with({ fragment: plainFolder });
}

const plainFolder = 'folder';

function uriOf(folder: vscode.Uri, about: vscode.Uri): vscode.Uri {
  const name = path.posix.basename(folder.path);
  return vscode.Uri.from({
    scheme: sequenceScheme,
    path: `/${vscode.l10n.t('Start Sequence of {0}', visible(name))}`,
    query: about.toString(),
  });
}

/** What a sequence is about: its config.json, or a plain folder. */
function isOfFolder({ fragment }: vscode.Uri): boolean {
  return fragment === plainFolder;
}

/** The configuration that a sequence is about, and its file; a plain folder has none on disk. */
async function configurationOf(
  uri: vscode.Uri,
  privilege: Privilege,
): Promise<[text: string, file: string]> {
  const about = vscode.Uri.parse(uri.query, true);
  if (!isOfFolder(uri)) {
    const document = await vscode.workspace.openTextDocument(about);
    return [document.getText(), document.uri.fsPath];
  }
  const { defaultConfigFor } = await import('../../core/lazy');
  const folder = path.basename(about.fsPath);
  const config = {
    ...defaultConfigFor(folder, undefined, privilege),
    root: { path: folder },
  };
  return [formatConfig(config), path.join(path.dirname(about.fsPath), 'config.json')];
}

export class StartSequence implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #store: vscode.Disposable[];

  constructor(private readonly containers: Pick<ContainerStore, 'find' | 'onDidChange'>) {
    this.#store = [
      this.#changed,
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (!isConfig(document)) return;
        const uri = sequenceUri(document.uri).toString();
        this.#show((shown) => shown.toString() === uri);
      }),
      // A start, and a choice, may be with another privilege than the one shown.
      containers.onDidChange(() => this.#show(() => true)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('terrarium.privilege')) this.#show(() => true);
      }),
    ];
  }

  /** Has those that are open made anew. */
  #show(concerns: (uri: vscode.Uri) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === sequenceScheme && concerns(uri)) this.#changed.fire(uri);
  }

  async #privilegeFor(uri: vscode.Uri): Promise<Privilege> {
    const about = vscode.Uri.parse(uri.query, true);
    const folder = isOfFolder(uri) ? about : vscode.Uri.joinPath(about, '..');
    const container = await this.containers.find(folder.fsPath).catch(() => undefined); // it has gone
    return privilegeInForce(container) ?? chosenPrivilege();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { t } = vscode.l10n;
    const privilege = await this.#privilegeFor(uri);
    const [text, file] = await configurationOf(uri, privilege);
    const { planText } = await import('../../core/lazy');
    return planText(text, file, privilege, {
      broken: (reason) => t('There is no start sequence yet: {0}', reason),
      warningsHeading: t('Warnings:'),
      runtime: (name) => t('{0} creates the container, in its own steps.', name),
      places: {
        host: t('On this machine'),
        outside: t('On this machine, while PID 1 ($pid) waits'),
        namespaces: t('In the new namespaces, as PID 1'),
        container: t('In the container'),
      },
    });
  }

  dispose(): void {
    for (const disposable of this.#store) disposable.dispose();
  }
}
