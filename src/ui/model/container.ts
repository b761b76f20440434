/** A container for views and commands: a bundle of the workspace, with the state that a helper reports. Used by `ContainerStore`. */
import path from 'node:path';
import { isOutside } from '../../core/bundle/rootfsOf';
import { isBelow } from '../../core/fs/isBelow';
import type { ContainerInfo, ContainerState, FolderKind } from '../../protocol/container';

/** A folder that discovery found. */
export interface FoundBundle {
  /** Path as it is in the workspace. */
  readonly folder: string;
  /** Absolute real path, for the helper. */
  readonly real: string;
  /** Path of its root filesystem: below `folder`, or the real one of a place that the person has allowed. */
  readonly rootfs: string;
  /** The folder also looks like a root filesystem, so it is not started (`refuseAmbiguous`). */
  readonly isAmbiguous?: boolean;
  /** A record for "Undo Take Ownership" exists. */
  readonly isTaken?: boolean;
  /** It has a scratch layer, whether it runs on it or not. */
  readonly hasLayer?: boolean;
  /** What is changed in its rootfs is known: "Mark Baseline". */
  readonly hasBaseline?: boolean;
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
  /** Absolute real path of the bundle: identifies the container. */
  readonly bundle: string;
  /** Path as it is in the workspace, for opening files. */
  readonly folder: string;
  /** Path of the rootfs in the workspace; the folder itself where that is no bundle. */
  readonly rootfs: string;
  /** Not escaped. */
  readonly name: string;
  readonly state: ContainerState;
  /** Whether `bundle` is a bundle or a plain folder, for the helper. */
  readonly kind: FolderKind;
  /** The folder could be of either kind, so it is not started. */
  readonly isAmbiguous?: boolean;
  /** As in `FoundBundle`. */
  readonly isTaken?: boolean;
  /** As in `FoundBundle`. */
  readonly hasLayer?: boolean;
  /** As in `FoundBundle`. */
  readonly hasBaseline?: boolean;
  /** False for a plain folder, which has no config.json, and outside the open folders. */
  readonly isBundle: boolean;
  /** Whether it is in a folder of this window's workspace. */
  readonly inWorkspace: boolean;
  /** The state that the helper reports which started it last. */
  readonly info?: ContainerInfo;
}

/** Absolute real path of the rootfs. Below the bundle it contains no symbolic link (loadBundle). */
export function realRootfs({ bundle, folder, rootfs }: Container): string {
  return isBelow(rootfs, folder) ? path.join(bundle, path.relative(folder, rootfs)) : rootfs;
}

/**
 * Whether the folder contains only the container. False where config.json was saved beside a root
 * filesystem, or where the folder is open in the workspace: deleting it would delete more. A rootfs outside stays.
 * @param openFolders paths of the workspace's folders, also as real paths where that matters
 */
export function isDeletable(container: Container, openFolders: readonly string[]): boolean {
  const { isBundle, folder, rootfs } = container;
  const isOnlyThat = rootfs === path.join(folder, 'rootfs') || isOutside(folder, rootfs);
  return isBundle && isOnlyThat && !holdsOpen(container, openFolders);
}

/** Whether the container's folder is one of these, or contains one of these. */
export function holdsOpen({ folder, bundle }: Container, openFolders: readonly string[]): boolean {
  return openFolders.some((open) => isBelow(open, folder) || isBelow(open, bundle));
}

export function isLive(container: Container): boolean {
  return container.state !== 'stopped';
}

/**
 * Merges the bundles of the workspace and the containers of the helpers, sorted by name. Where both helpers
 * know a bundle, the helper counts in which it is live, then the one that started it last.
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
  for (const { folder, real, rootfs, isAmbiguous, isTaken, hasLayer, hasBaseline } of found) {
    const info = newest.get(real);
    // A plain folder that runs: its container may have made files that look like a bundle.
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
      ...((hasLayer ?? info?.layer) && { hasLayer: true }),
      ...(hasBaseline && { hasBaseline }),
      isBundle: true,
      inWorkspace: true,
      ...(info && { info }),
    });
  }
  for (const info of newest.values()) {
    const tree = info.kind === 'folder' && trees.find(({ real }) => real === info.bundle);
    // Outside the workspace only live containers are listed.
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

/** A live container first, then the later start. */
function rank(info: ContainerInfo): number {
  return (info.state === 'stopped' ? 0 : 1e15) + info.startedAt;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
