/**
 * The file system of files that the helper saves, and the offer for large trees. Loads editing.ts with the first file, or
 * with the first tree that is counted. Called by `extension.ts`.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Services } from '../services/Services';
import type { HelperFiles } from './HelperFiles';
import { type CountedTree, placeToOffer } from './exclusion';
import { rootfsScheme } from './helperUri';

class LazyFiles implements vscode.FileSystemProvider {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  #files: Promise<HelperFiles> | undefined;

  constructor(private readonly services: Services) {}

  watch(uri: vscode.Uri): vscode.Disposable {
    const watching = this.#loaded().then((files) => files.watch(uri));
    return new vscode.Disposable(() => {
      void watching.then((watcher) => void watcher.dispose());
    });
  }

  readonly stat: HelperFiles['stat'] = async (...given) => (await this.#loaded()).stat(...given);
  readonly readDirectory: HelperFiles['readDirectory'] = async (...given) =>
    (await this.#loaded()).readDirectory(...given);
  readonly readFile: HelperFiles['readFile'] = async (...given) =>
    (await this.#loaded()).readFile(...given);
  readonly writeFile: HelperFiles['writeFile'] = async (...given) =>
    (await this.#loaded()).writeFile(...given);
  readonly createDirectory: HelperFiles['createDirectory'] = async (...given) =>
    (await this.#loaded()).createDirectory(...given);
  readonly delete: HelperFiles['delete'] = async (...given) =>
    (await this.#loaded()).delete(...given);
  readonly rename: HelperFiles['rename'] = async (...given) =>
    (await this.#loaded()).rename(...given);

  #loaded(): Promise<HelperFiles> {
    return (this.#files ??= import('./editing').then((editing) => {
      const status = new editing.EditingStatus(this.services);
      const { subscriptions } = this.services.context;
      subscriptions.push(status, editing.keepShown(this.services), this.#changed);
      return new editing.HelperFiles(this.services, this.#changed, (uri, stat) =>
        status.set(uri, stat),
      );
    }));
  }
}

export function registerHelperFiles(services: Services): void {
  const { containers, context, log } = services;
  const failed = (error: unknown) => log.error(error as Error);
  /** Each is counted once. */
  const counted = new Set<string>();
  const count = async (tree: CountedTree) => {
    const { isLarge, offerExclusion } = await import('./editing');
    const isOffered = await isLarge(services, tree).catch((error: unknown) => {
      // What cannot be read is not offered.
      log.warn(`counting the files of ${tree.name}: ${messageOf(error)}`);
      return false;
    });
    if (isOffered) void offerExclusion(services, tree).catch(failed);
  };
  // One after the other: each is a process that reads a tree.
  let turn = Promise.resolve();
  const follow = () => {
    if (!vscode.workspace.isTrusted || process.platform !== 'linux') return;
    for (const tree of treesOf(services)) {
      if (counted.has(tree.rootfs) || !placeToOffer(services, tree.rootfs)) continue;
      counted.add(tree.rootfs);
      turn = turn.then(() => count(tree)).catch(failed);
    }
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(rootfsScheme, new LazyFiles(services), {
      isCaseSensitive: true,
    }),
    containers.onDidChange(follow),
  );
}

/** Those of bundles, and plain folders. */
function treesOf({ containers }: Services): CountedTree[] {
  return [
    ...containers.all.filter(({ isBundle }) => isBundle),
    ...containers.discovery.rootfsFolders.map(({ folder, real }) => ({
      ...{ rootfs: folder, bundle: real, kind: 'folder' as const, name: path.basename(folder) },
    })),
  ];
}
