/** The containers of this window: the bundles of its workspace, and the containers that the helpers report. */
import { realpath } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { isBelow } from '../../core/fs/isBelow';
import { type Container, isLive, mergeContainers } from '../model/container';
import { type Discovery, discoverBundles, maxDepth } from '../model/discoverBundles';
import type { Helpers } from './Helpers';
import { allowedFolders } from './rootfsBelow';
import { openFolders } from './openFolders';
import { watchFolders } from './watchFolders';

/** Delay of a search after a file event, in milliseconds: making a container causes several events. */
const settleMs = 250;

export class ContainerStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[] = [this.#changed];
  #discovery: Discovery = { bundles: [], rootfsFolders: [], takenFolders: [] };
  #containers: readonly Container[] = [];
  #searching: Promise<void> | undefined;
  #searchAgain = false;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly helpers: Helpers,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get all(): readonly Container[] {
    return this.#containers;
  }

  get live(): readonly Container[] {
    return this.#containers.filter(isLive);
  }

  get discovery(): Discovery {
    return this.#discovery;
  }

  /** @param folder path in the workspace or real path */
  async find(folder: string): Promise<Container | undefined> {
    await this.ready();
    const real = await realpath(folder);
    return this.#containers.find(({ bundle }) => bundle === real);
  }

  /** By container id, for messages of a helper. */
  byId(id: string): Container | undefined {
    return this.#containers.find(({ info }) => info?.id === id);
  }

  /** Begins to watch the workspace. Called once, by `extension.ts`. */
  start(): void {
    const watcher = vscode.workspace.createFileSystemWatcher('**/config.json', false, true, false);
    // bin/sh may be the last file of an archive that is unpacked slowly.
    const shells = vscode.workspace.createFileSystemWatcher('**/bin/sh', false, true, false);
    const later = () => this.#soon();
    this.#disposables.push(
      watcher,
      shells,
      shells.onDidCreate(({ fsPath }) => this.#isForeign(fsPath) && later()),
      shells.onDidDelete(({ fsPath }) => this.#isForeign(fsPath) && later()),
      watchFolders(maxDepth, {
        created: (folder) => this.#isForeign(folder) && later(),
        deleted: (gone) => this.#holdsKnown(gone) && later(),
      }),
      watcher.onDidCreate(later),
      watcher.onDidDelete(later),
      vscode.workspace.onDidChangeWorkspaceFolders(later),
      this.helpers.onDidChange(() => this.#merge()),
    );
    this.refresh().catch((error: unknown) => this.log.error(error as Error));
  }

  /** Resolves when the workspace has been searched once. */
  ready(): Promise<void> {
    return this.#searching ?? Promise.resolve();
  }

  /** Searches the workspace again. A call during a search makes another search follow. */
  refresh(): Promise<void> {
    if (this.#searching) {
      this.#searchAgain = true;
      return this.#searching;
    }
    this.#searching = this.#search().finally(() => (this.#searching = undefined));
    return this.#searching;
  }

  async #search(): Promise<void> {
    let found: Discovery;
    do {
      this.#searchAgain = false;
      found = await discoverBundles(
        openFolders().map(({ uri }) => uri.fsPath),
        allowedFolders(),
      );
    } while (this.#searchAgain);
    this.#merge(found);
  }

  /** Fires only where something has changed: refreshing a row under the pointer loses a click. */
  #merge(discovery: Discovery = this.#discovery): void {
    const containers = mergeContainers(
      discovery.bundles,
      this.helpers.infos,
      discovery.rootfsFolders,
    );
    if (isDeepStrictEqual([discovery, containers], [this.#discovery, this.#containers])) return;
    this.#discovery = discovery;
    this.#containers = containers;
    this.#changed.fire();
  }

  /** False for files in the rootfs of a bundle: the container may have made them. */
  #isForeign(file: string): boolean {
    return !this.#discovery.bundles.some(({ rootfs }) => isBelow(file, rootfs));
  }

  #holdsKnown(folder: string): boolean {
    const { bundles, rootfsFolders } = this.#discovery;
    const known = [...bundles, ...rootfsFolders].map((one) => one.folder);
    return known.some((one) => isBelow(one, folder));
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.refresh().catch((error: unknown) => this.log.error(error as Error));
    }, settleMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
