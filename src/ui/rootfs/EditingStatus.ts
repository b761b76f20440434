/** Says of an editor that the helper saves its file: an item of the status bar, and a mark on the tab. Loaded with editing.ts. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { RootfsFileStat } from '../../protocol/rootfsFiles';
import { isLive } from '../model/container';
import type { Services } from '../services/Services';
import { fileInRootfs } from './fileInRootfs';
import { privilegeOf, rootfsScheme } from './helperUri';

export class EditingStatus implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #stats = new Map<string, RootfsFileStat>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(private readonly services: Services) {
    const { t } = vscode.l10n;
    const right = vscode.StatusBarAlignment.Right;
    this.#item = vscode.window.createStatusBarItem('terrarium.throughHelper', right, 110);
    this.#item.name = t('Terrarium: File of a Rootfs');
    this.#subscriptions = [
      this.#item,
      vscode.window.registerFileDecorationProvider(this),
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
      services.containers.onDidChange(() => this.#update()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#stats.delete(uri.toString())),
    ];
    this.#update();
  }

  set(uri: vscode.Uri, stat: RootfsFileStat): void {
    this.#stats.set(uri.toString(), stat);
    if (vscode.window.activeTextEditor?.document.uri.toString() === uri.toString()) this.#update();
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const privilege = privilegeOf(uri);
    if (!privilege) return undefined;
    return new vscode.FileDecoration(
      'H',
      savedBy(privilege),
      new vscode.ThemeColor('editorWarning.foreground'),
    );
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
  }

  #update(): void {
    this.#show().catch((error: unknown) => this.services.log.error(error as Error));
  }

  async #show(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const privilege = uri?.scheme === rootfsScheme ? privilegeOf(uri) : undefined;
    const place = uri && privilege && (await fileInRootfs(this.services, uri.path));
    if (uri?.toString() !== vscode.window.activeTextEditor?.document.uri.toString()) return;
    if (!uri || !privilege || !place) {
      this.#item.hide();
      return;
    }
    const { t } = vscode.l10n;
    const stat = this.#stats.get(uri.toString());
    const owner = stat && ownerText(stat);
    const as = privilege === 'root' ? t('Saved as root') : t('Saved by the helper');
    this.#item.text = ['$(shield)', as, ...(owner ? [`· ${owner}`] : [])].join(' ');
    const { container, name } = place;
    const shown = escapeControlCharacters(name);
    const lines = [
      savedBy(privilege),
      t(
        'It stays inside the rootfs of {0}. Owner, mode and extended attributes stay as they are.',
        shown,
      ),
      ...(stat && stat.links > 1
        ? [t('It has {0} names (hard links): a save asks first.', stat.links)]
        : []),
      ...(container?.hasLayer || container?.info?.layer
        ? [t('{0} has a scratch layer: what is saved here changes the rootfs below it.', shown)]
        : container && isLive(container)
          ? [t('{0} runs, and sees it when it opens the file.', shown)]
          : []),
    ];
    this.#item.tooltip = lines.join('\n\n');
    this.#item.show();
  }
}

function savedBy(privilege: 'root' | 'rootless'): string {
  const { t } = vscode.l10n;
  return privilege === 'root'
    ? t('Read and saved by the helper, as root.')
    : t('Read and saved by the helper, with your subordinate ids.');
}

/** As stat(1) and ls(1) have them. */
function ownerText({ uid, gid, mode }: RootfsFileStat): string {
  const octal = mode.toString(8).padStart(4, '0');
  if (uid === undefined || gid === undefined) return octal;
  return `${uid === 0 ? 'root' : uid}:${gid === 0 ? 'root' : gid} ${octal}`;
}
