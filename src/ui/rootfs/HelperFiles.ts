/**
 * Files of a rootfs as the helper reads and saves them: a file system of VS Code, so that its own editor does the rest.
 * Nothing but what lies in a rootfs of this workspace is asked for. Loaded with editing.ts.
 */
import { watch } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { RootfsFileStat, RootfsFileType } from '../../protocol/rootfsFiles';
import { showModal } from '../notifications';
import type { HelperLink } from '../services/HelperLink';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { fileInRootfs } from './fileInRootfs';
import { privilegeOf } from './helperUri';
import { mayReplace } from './mayReplace';
import type { RootfsPlace } from './rootfsPlace';

const types: Readonly<Record<RootfsFileType, vscode.FileType>> = {
  file: vscode.FileType.File,
  folder: vscode.FileType.Directory,
  other: vscode.FileType.Unknown,
};

interface Opened {
  readonly link: HelperLink;
  readonly place: RootfsPlace;
  readonly at: Pick<RootfsPlace, 'bundle' | 'kind' | 'path'>;
}

export class HelperFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>;
  /** What the editor has read or saved last. */
  readonly #read = new Map<string, RootfsFileStat>();
  /** The tag for which a save was refused. */
  readonly #refused = new Map<string, string>();

  constructor(
    private readonly services: Services,
    private readonly changed: vscode.EventEmitter<vscode.FileChangeEvent[]>,
    /** Is told what is known of a file. */
    private readonly told: (uri: vscode.Uri, stat: RootfsFileStat) => void,
  ) {
    this.onDidChangeFile = changed.event;
  }

  /** As far as the person may look into the folder; a save finds every change. */
  watch(uri: vscode.Uri): vscode.Disposable {
    const name = path.basename(uri.path);
    try {
      const watcher = watch(path.dirname(uri.path), { persistent: false }, (_event, changed) => {
        if (changed === name) this.#tell(vscode.FileChangeType.Changed, uri);
      });
      watcher.on('error', () => watcher.close());
      return new vscode.Disposable(() => watcher.close());
    } catch {
      return new vscode.Disposable(() => undefined); // EACCES, ENOENT
    }
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { link, at } = await this.#open(uri);
    const stat = await explained(uri, link.request('statRootfsFile', at));
    this.told(uri, stat);
    const { type, isLink, size, mtime, ctime } = stat;
    const flag = isLink ? vscode.FileType.SymbolicLink : 0;
    return { type: types[type] | flag, size, mtime, ctime };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const { link, at } = await this.#open(uri);
    const { entries } = await explained(uri, link.request('listRootfsFolder', at));
    return entries.map(({ name, type, isLink }) => [
      name,
      types[type] | (isLink ? vscode.FileType.SymbolicLink : 0),
    ]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { link, at } = await this.#open(uri);
    const { stat, base64 } = await explained(uri, link.request('readRootfsFile', at));
    this.#remember(uri, stat);
    return Buffer.from(base64, 'base64');
  }

  async writeFile(
    uri: vscode.Uri,
    content: Uint8Array,
    { create, overwrite }: { readonly create: boolean; readonly overwrite: boolean },
  ): Promise<void> {
    const { link, place, at } = await this.#open(uri, true);
    const key = uri.toString();
    const now = await link.request('statRootfsFile', at).catch((error: unknown) => {
      if (!create || !hasCode(error, 'file-missing')) throw fileError(uri, error);
      return undefined;
    });
    if (now && !overwrite) throw vscode.FileSystemError.FileExists(uri);
    if (now) this.#requireRead(uri, now, at.path);
    const breakLinks = now !== undefined && now.links > 1;
    if (breakLinks) await confirmLinks(at.path, place, now.links);
    const base64 = Buffer.from(content).toString('base64');
    const expected = now?.tag ?? 'none';
    const wish = { ...at, base64, expected, breakLinks };
    const saved = await link.request('writeRootfsFile', wish).catch(async (error: unknown) => {
      // It has changed since it was asked for: the next save wants to replace what is there now.
      if (hasCode(error, 'file-changed'))
        this.#refused.set(key, (await explained(uri, link.request('statRootfsFile', at))).tag);
      throw fileError(uri, error);
    });
    this.#remember(uri, saved);
    this.#tell(now ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created, uri);
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    const { link, at } = await this.#open(uri, true);
    await explained(uri, link.request('makeRootfsFolder', at));
    this.#tell(vscode.FileChangeType.Created, uri);
  }

  async delete(uri: vscode.Uri, { recursive }: { readonly recursive: boolean }): Promise<void> {
    const { link, at } = await this.#open(uri, true);
    await explained(uri, link.request('removeRootfsFile', { ...at, recursive }));
    this.#forget(uri);
    this.#tell(vscode.FileChangeType.Deleted, uri);
  }

  async rename(
    from: vscode.Uri,
    to: vscode.Uri,
    { overwrite }: { readonly overwrite: boolean },
  ): Promise<void> {
    const { link, at } = await this.#open(from, true);
    const target = await this.#open(to, true);
    if (target.at.bundle !== at.bundle) throw vscode.FileSystemError.NoPermissions(to);
    await explained(to, link.request('renameRootfsFile', { ...at, to: target.at.path, overwrite }));
    this.#forget(from);
    this.#forget(to);
    this.#tell(vscode.FileChangeType.Deleted, from);
    this.#tell(vscode.FileChangeType.Created, to);
  }

  /**
   * @param asks whether a helper is started where there is none: it may ask for a password, which nobody is for a tab
   *   that comes back with the window
   */
  async #open(uri: vscode.Uri, asks = false): Promise<Opened> {
    requireTrustedLinux();
    const privilege = privilegeOf(uri);
    const place = privilege && (await fileInRootfs(this.services, uri.path));
    if (!place) throw vscode.FileSystemError.FileNotFound(uri);
    const { helpers } = this.services;
    const link = helpers.get(privilege) ?? (asks ? await helpers.require(privilege) : undefined);
    const { t } = vscode.l10n;
    if (!link)
      throw vscode.FileSystemError.Unavailable(
        t(
          'The helper that reads this file does not run. Open it once more by “Edit through Helper”.',
        ),
      );
    const { bundle, kind, path: inside } = place;
    return { link, place, at: { bundle, kind, path: inside } };
  }

  #remember(uri: vscode.Uri, stat: RootfsFileStat): void {
    this.#read.set(uri.toString(), stat);
    this.#refused.delete(uri.toString());
    this.told(uri, stat);
  }

  #forget(uri: vscode.Uri): void {
    this.#read.delete(uri.toString());
    this.#refused.delete(uri.toString());
  }

  /** The first save of what has changed meanwhile is refused, the second one wants it. */
  #requireRead(uri: vscode.Uri, now: RootfsFileStat, inside: string): void {
    const key = uri.toString();
    if (mayReplace(this.#read.get(key), now, this.#refused.get(key))) return;
    this.#refused.set(key, now.tag);
    const { t } = vscode.l10n;
    throw vscode.FileSystemError.Unavailable(
      t(
        '{0} has changed in the rootfs since it was opened here. Save again to replace it, or revert the file to see it.',
        escapeControlCharacters(inside),
      ),
    );
  }

  #tell(type: vscode.FileChangeType, uri: vscode.Uri): void {
    this.changed.fire([{ type, uri }]);
    this.services.saved.tell(uri.path);
  }
}

async function confirmLinks(inside: string, { name }: RootfsPlace, links: number): Promise<void> {
  const { t } = vscode.l10n;
  const save = t('Save as Its Own File');
  const answer = await showModal(
    'warning',
    t('{0} has {1} names (hard links).', escapeControlCharacters(inside), links),
    t(
      'Saved, this name gets a file of its own. The other names, in the rootfs of {0} or outside of it, keep the old content.',
      escapeControlCharacters(name),
    ),
    save,
  );
  if (answer !== save) throw vscode.FileSystemError.Unavailable(t('It was not saved.'));
}

async function explained<T>(uri: vscode.Uri, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw fileError(uri, error);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof TerrariumError && error.code === code;
}

/** VS Code acts on some of these kinds, and shows the text of the others. */
function fileError(uri: vscode.Uri, error: unknown): Error {
  const text = escapeControlCharacters(messageOf(error));
  const { FileSystemError } = vscode;
  if (hasCode(error, 'file-missing')) return FileSystemError.FileNotFound(uri);
  if (hasCode(error, 'file-exists')) return FileSystemError.FileExists(text);
  if (hasCode(error, 'file-is-folder')) return FileSystemError.FileIsADirectory(text);
  if (hasCode(error, 'file-refused')) return FileSystemError.NoPermissions(text);
  return FileSystemError.Unavailable(text);
}
