/** The read-only preview of a start sequence. Follows edits of its config.json. Made by register.ts. */
import path from 'node:path';
import * as vscode from 'vscode';
import { formatConfig } from '../../core/config/formatConfig';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Privilege } from '../../protocol/container';
import type { ContainerStore } from '../services/ContainerStore';
import { chosenPrivilege, privilegeInForce } from '../services/chosenPrivilege';
import { isConfig } from './isConfig';

export const sequenceScheme = 'terrarium-sequence';

/** A language of package.json: shell script with word wrap. */
export const sequenceLanguage = 'terrarium-sequence';

/** @param config the config.json of the sequence */
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
    path: `/${vscode.l10n.t('Start Sequence of {0}', escapeControlCharacters(name))}`,
    query: about.toString(),
  });
}

/** What a sequence is the start of: a config.json, or a plain folder. */
export function sourceOfSequence({ query }: vscode.Uri): vscode.Uri {
  return vscode.Uri.parse(query, true);
}

function isOfFolder({ fragment }: vscode.Uri): boolean {
  return fragment === plainFolder;
}

/** The configuration of a sequence, and its file. A plain folder has no file. */
async function configurationOf(
  uri: vscode.Uri,
  privilege: Privilege,
): Promise<[text: string, file: string]> {
  const about = sourceOfSequence(uri);
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

export class StartSequence implements vscode.Disposable {
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
      // A start, or another choice, may change the privilege.
      containers.onDidChange(() => this.#show(() => true)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('terrarium.privilege')) this.#show(() => true);
      }),
    ];
  }

  /** Updates the open previews. */
  #show(concerns: (uri: vscode.Uri) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === sequenceScheme && concerns(uri)) this.#changed.fire(uri);
  }

  async #privilegeFor(uri: vscode.Uri): Promise<Privilege> {
    const about = sourceOfSequence(uri);
    const folder = isOfFolder(uri) ? about : vscode.Uri.joinPath(about, '..');
    const container = await this.containers.find(folder.fsPath).catch(() => undefined); // the file was removed
    return privilegeInForce(container) ?? chosenPrivilege();
  }

  async textOf(uri: vscode.Uri): Promise<string> {
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
