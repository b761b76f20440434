/** A container as the views and commands see it: a bundle of the workspace, with what a helper says of it. */
import path from 'node:path';
import { isBelow } from '../../core/fs/isBelow';
import type { ContainerInfo, ContainerState, FolderKind } from '../../protocol/container';

/** A folder that discovery found. */
export interface FoundBundle {
  /** Path as it is in the workspace. */
  readonly folder: string;
  /** Absolute real path: what the helper is told. */
  readonly real: string;
  /** Path of its root filesystem, below `folder`. */
  readonly rootfs: string;
  /** It looks like a root filesystem itself, too: nothing starts it (`refuseAmbiguous`). */
  readonly isAmbiguous?: boolean;
  /** Files of it were taken, and there is a record to undo that. */
  readonly isTaken?: boolean;
}

/** A folder that looks like a root filesystem itself. */
export interface FoundTree {
  /** Path as it is in the workspace. */
  readonly folder: string;
  /** Absolute real path. */
  readonly real: string;
  /** As in `FoundBundle`. */
  readonly isTaken?: boolean;
}

export interface Container {
  /** Absolute real path of the bundle; says apart two containers. */
  readonly bundle: string;
  /** Path as it is in the workspace, for opening files. */
  readonly folder: string;
  /** Path of its root filesystem as it is in the workspace; the folder itself where that is plain. */
  readonly rootfs: string;
  /** Raw: make it visible before it is shown. */
  readonly name: string;
  readonly state: ContainerState;
  /** What the helper is told that `bundle` is. */
  readonly kind: FolderKind;
  /** It could be of either kind, so it does not start. */
  readonly isAmbiguous?: boolean;
  /** As in `FoundBundle`. */
  readonly isTaken?: boolean;
  /** False for a plain folder, which has no config.json of its own, and for what lies in no open folder. */
  readonly isBundle: boolean;
  /** True where it lies in a folder of this window's workspace. */
  readonly inWorkspace: boolean;
  /** What the helper that started it last knows. */
  readonly info?: ContainerInfo;
}

/** Absolute real path of its root filesystem; no part of it below the bundle may be a link (loadBundle). */
export function realRootfs({ bundle, folder, rootfs }: Container): string {
  return path.join(bundle, path.relative(folder, rootfs));
}

/**
 * Whether nothing but the container is known to lie in its folder: what is deleted with it is more
 * than its own where a config.json was saved beside a tree, or where the folder is open as a workspace's.
 * @param openFolders paths of the workspace's folders, also as real paths where that matters
 */
export function isDeletable(container: Container, openFolders: readonly string[]): boolean {
  const { isBundle, folder, rootfs } = container;
  return isBundle && rootfs === path.join(folder, 'rootfs') && !holdsOpen(container, openFolders);
}

/** Whether its folder is one of these, or one of these lies in it. */
export function holdsOpen({ folder, bundle }: Container, openFolders: readonly string[]): boolean {
  return openFolders.some((open) => isBelow(open, folder) || isBelow(open, bundle));
}

export function isLive(container: Container): boolean {
  return container.state !== 'stopped';
}

/**
 * One list of what is in the workspace and what the helpers know, by name. Where both helpers know a
 * bundle, the one in which it lives counts; then the one that started it last.
 * @param trees plain folders of the workspace: one that has run stays, with how it ended
 */
export function mergeContainers(
  found: readonly FoundBundle[],
  infos: readonly ContainerInfo[],
  trees: readonly FoundTree[] = [],
): Container[] {
  const newest = new Map<string, ContainerInfo>();
  for (const info of infos) {
    const other = newest.get(info.bundle);
    if (!other || rank(info) > rank(other)) newest.set(info.bundle, info);
  }
  const merged = new Map<string, Container>();
  for (const { folder, real, rootfs, isAmbiguous, isTaken } of found) {
    const info = newest.get(real);
    // A plain folder that runs: what looks like a bundle now, its container may have made.
    if (info?.kind === 'folder' && info.state !== 'stopped') continue;
    merged.set(real, {
      bundle: real,
      folder,
      rootfs,
      name: baseName(real),
      state: info?.state ?? 'stopped',
      kind: 'bundle',
      ...(isAmbiguous && { isAmbiguous }),
      ...(isTaken && { isTaken }),
      isBundle: true,
      inWorkspace: true,
      ...(info && { info }),
    });
  }
  for (const info of newest.values()) {
    const tree = info.kind === 'folder' && trees.find(({ real }) => real === info.bundle);
    // What is over elsewhere is of no interest here; what lives is, wherever it lies.
    if (merged.has(info.bundle) || (info.state === 'stopped' && !tree)) continue;
    const folder = tree ? tree.folder : info.bundle;
    merged.set(info.bundle, {
      bundle: info.bundle,
      folder,
      rootfs: folder,
      name: info.name,
      state: info.state,
      kind: info.kind ?? 'bundle',
      ...(tree && tree.isTaken && { isTaken: true }),
      isBundle: false,
      inWorkspace: Boolean(tree),
      info,
    });
  }
  return [...merged.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.bundle.localeCompare(b.bundle, 'en'),
  );
}

/** A live one before one that has ended, then the later start. */
function rank(info: ContainerInfo): number {
  return (info.state === 'stopped' ? 0 : 1e15) + info.startedAt;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
