/**
 * What is changed in one container as a provider of Source Control: by its scratch layer, or since its baseline. Made by
 * LayerSources and BaselineSource.
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { byPath, changeLetters } from '../../core/overlay/changeLine';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LayerChange, LayerChanges, LayerDelta } from '../../protocol/layer';
import { commandIds } from '../commandIds';
import type { Container } from '../model/container';
import { Bursts } from './Bursts';
import { changeColours, changeText } from './changeText';
import type { SourceKind } from './sourceKinds';

/** A row. VS Code hands it back to commands. */
export interface ChangeRow extends vscode.SourceControlResourceState {
  readonly change: LayerChange;
  readonly source: ChangeSource;
}

export class ChangeSource implements vscode.Disposable {
  readonly control: vscode.SourceControl;
  readonly group: vscode.SourceControlResourceGroup;
  /** By their paths inside. */
  readonly #rows = new Map<string, ChangeRow>();
  /** Told of paths that are about to be made those of the rootfs. */
  willApply?: (paths: readonly string[]) => void;
  /** All rows are sorted, and VS Code compares them with those before. */
  readonly #listing = new Bursts(() => this.#list(), 100);

  constructor(
    public container: Container,
    readonly kind: SourceKind,
  ) {
    const name = escapeControlCharacters(container.name);
    const root = vscode.Uri.file(container.rootfs);
    this.control = vscode.scm.createSourceControl(kind.provider, kind.label(name), root);
    this.control.inputBox.visible = false;
    this.group = this.control.createResourceGroup(kind.group, kind.groupLabel());
    this.group.hideWhenEmpty = false;
  }

  /** @returns changes that are shown anew, or no more */
  show(found: LayerChanges): LayerChange[] {
    return this.change({ full: true, gone: [], ...found });
  }

  /** @returns as `show` */
  change({ full, gone, changes }: LayerDelta): LayerChange[] {
    const touched: LayerChange[] = [];
    const left = full ? new Set(this.#rows.keys()) : new Set(gone);
    for (const change of changes) {
      const { path: way } = change;
      left.delete(way);
      // A row that is as it was stays what VS Code has: it compares them.
      if (isDeepStrictEqual(this.#rows.get(way)?.change, change)) continue;
      this.#rows.set(way, this.#row(change));
      touched.push(change);
    }
    for (const way of left) {
      const row = this.#rows.get(way);
      if (!row) continue;
      touched.push(row.change);
      this.#rows.delete(way);
    }
    if (touched.length > 0) this.#listing.ask();
    return touched;
  }

  #list(): void {
    const rows = [...this.#rows.values()].sort((one, other) => byPath(one.change, other.change));
    this.group.resourceStates = rows;
    this.control.count = rows.length;
  }

  /** In no order. */
  get rows(): readonly ChangeRow[] {
    return [...this.#rows.values()];
  }

  /** The file in the rootfs, whether it is there or not. */
  uriOf(way: string): vscode.Uri {
    return vscode.Uri.file(path.join(this.container.rootfs, way));
  }

  /** The documents that show this change. */
  sidesOf(change: LayerChange): readonly [before: vscode.Uri, after: vscode.Uri] {
    return this.kind.sidesOf(this.container.bundle, change);
  }

  #row(change: LayerChange): ChangeRow {
    const row: ChangeRow = {
      ...{ change, source: this, resourceUri: this.uriOf(change.path) },
      contextValue: change.kind,
      decorations: {
        tooltip: changeText(change, this.kind.side),
        strikeThrough: change.kind === 'deleted',
        faded: change.kind === 'metadata',
      },
    };
    const command = { command: commandIds.openChange, title: vscode.l10n.t('Open Change') };
    return { ...row, command: { ...command, arguments: [row] } };
  }

  decorationOf(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const way = path.relative(this.container.rootfs, uri.fsPath) || '.';
    const change = this.#rows.get(way)?.change;
    if (!change) return undefined;
    return {
      badge: changeLetters[change.kind],
      color: new vscode.ThemeColor(changeColours[change.kind]),
      tooltip: changeText(change, this.kind.side),
      propagate: change.kind !== 'deleted',
    };
  }

  dispose(): void {
    this.#listing.dispose();
    this.control.dispose();
  }
}
