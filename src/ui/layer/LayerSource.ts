/** One container with a scratch layer as a provider of Source Control. Made by LayerSources. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { changeLetters } from '../../core/overlay/changeLine';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LayerChange, LayerChanges } from '../../protocol/layer';
import { commandIds } from '../commandIds';
import type { Container } from '../model/container';
import { changeColours, changeText } from './changeText';
import { sideUri } from './sideUri';

/** A row. VS Code hands it back to commands. */
export interface ChangeRow extends vscode.SourceControlResourceState {
  readonly change: LayerChange;
  readonly source: LayerSource;
}

export class LayerSource implements vscode.Disposable {
  readonly control: vscode.SourceControl;
  readonly group: vscode.SourceControlResourceGroup;
  #found: LayerChanges = { changes: [], more: false };
  #byFile = new Map<string, LayerChange>();

  constructor(public container: Container) {
    const { t } = vscode.l10n;
    const name = escapeControlCharacters(container.name);
    const root = vscode.Uri.file(container.rootfs);
    this.control = vscode.scm.createSourceControl('terrarium', t('Layer of {0}', name), root);
    this.control.inputBox.visible = false;
    this.group = this.control.createResourceGroup('layer', t('Changes in the Scratch Layer'));
    this.group.hideWhenEmpty = false;
  }

  /** @returns the files whose look has changed; none where nothing has */
  show(found: LayerChanges): vscode.Uri[] {
    if (isDeepStrictEqual(found, this.#found)) return [];
    const before = this.rows;
    this.#found = found;
    this.group.resourceStates = found.changes.map((change) => this.#row(change));
    this.#byFile = new Map(
      this.rows.map(({ resourceUri, change }) => [resourceUri.fsPath, change]),
    );
    this.control.count = found.changes.length;
    return [...before, ...this.rows].map(({ resourceUri }) => resourceUri);
  }

  get rows(): readonly ChangeRow[] {
    return this.group.resourceStates as ChangeRow[];
  }

  /** The file in the rootfs, whether it is there or not. */
  uriOf(way: string): vscode.Uri {
    return vscode.Uri.file(path.join(this.container.rootfs, way));
  }

  /** The documents that show this change. */
  sidesOf({ path: way, from }: LayerChange): readonly [rootfs: vscode.Uri, layer: vscode.Uri] {
    const { bundle } = this.container;
    return [
      sideUri({ bundle, side: 'rootfs', path: from ?? way }),
      sideUri({ bundle, side: 'layer', path: way }),
    ];
  }

  #row(change: LayerChange): ChangeRow {
    const row: ChangeRow = {
      ...{ change, source: this, resourceUri: this.uriOf(change.path) },
      contextValue: change.kind,
      decorations: {
        tooltip: changeText(change),
        strikeThrough: change.kind === 'deleted',
        faded: change.kind === 'metadata',
      },
    };
    const command = { command: commandIds.openChange, title: vscode.l10n.t('Open Change') };
    return { ...row, command: { ...command, arguments: [row] } };
  }

  decorationOf(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const change = this.#byFile.get(uri.fsPath);
    if (!change) return undefined;
    return {
      badge: changeLetters[change.kind],
      color: new vscode.ThemeColor(changeColours[change.kind]),
      tooltip: changeText(change),
      propagate: change.kind !== 'deleted',
    };
  }

  dispose(): void {
    this.control.dispose();
  }
}
