/**
 * The picture of the machine with its containers as data: bounded in size, whatever runs. Made by
 * `PicturePanel` from the process trees, laid out by the page. All text is raw.
 */
import type { NamespaceType } from '../../protocol/namespaces';

/** A file system root: the machine's, that of a mount namespace (pivot_root(2)), or another (chroot(2)). */
export interface PictureRoot {
  readonly kind: 'machine' | 'own' | 'chroot';
  /** What people call it: `web/rootfs`. */
  readonly path: string;
}

/** What is other for the processes in a box than for those around it. */
export interface PicturePlace {
  readonly own: readonly NamespaceType[];
  readonly machine: readonly NamespaceType[];
  readonly root?: PictureRoot;
}

/** Joined from outside; ended and not reaped; stopped by a signal. */
export type ProcessMark = 'session' | 'zombie' | 'stopped';

export interface PictureProcess {
  readonly kind: 'process';
  readonly key: string;
  readonly name: string;
  /** In the container. */
  readonly pid: number;
  readonly hostPid: number;
  readonly mark?: ProcessMark;
  readonly items: readonly PictureItem[];
}

/** Processes that stand for themselves no more: too many are like those beside it, or there are too many. */
export interface PictureGroup {
  readonly kind: 'group';
  /** Names it for as long as it is there. */
  readonly key: string;
  readonly count: number;
  /** They have the name of the process above it. */
  readonly isAlike: boolean;
  /** Some have processes below them, which are not counted. */
  readonly hasMore: boolean;
  /** Key of the first process in it. */
  readonly first: string;
}

/** Processes that are elsewhere than what is around the box. */
export interface PictureBox {
  readonly kind: 'box';
  readonly key: string;
  readonly place: PicturePlace;
  readonly items: readonly PictureItem[];
}

export type PictureItem = PictureProcess | PictureGroup | PictureBox;

/** A namespace that several containers are in, and the machine is not. */
export interface SharedNamespace {
  readonly type: NamespaceType;
  /** Ids, in the order of the picture. */
  readonly containers: readonly string[];
}

export interface PictureContainer {
  readonly id: string;
  readonly name: string;
  readonly isPaused: boolean;
  /** All processes in it. */
  readonly processes: number;
  /** Of its PID 1, and nobody else's. */
  readonly own: readonly NamespaceType[];
  /** Of its PID 1, and the machine's. */
  readonly machine: readonly NamespaceType[];
  /** Of its PID 1, where that is the machine's: then no box of its own stands for it. */
  readonly root?: PictureRoot;
  readonly items: readonly PictureItem[];
}

/** A program of ours outside of all containers. */
export interface PictureHelper {
  readonly pid: number;
  readonly privilege: 'root' | 'rootless';
}

export interface Picture {
  readonly hostname: string;
  readonly helpers: readonly PictureHelper[];
  readonly containers: readonly PictureContainer[];
  readonly shared: readonly SharedNamespace[];
  /** Containers that run and are left out. */
  readonly left: number;
}

/** What a click means, and what is selected: a container, or a process of it. */
export interface Target {
  readonly containerId: string;
  readonly key?: string;
}

export function isSameTarget(a: Target | undefined, b: Target | undefined): boolean {
  return a?.containerId === b?.containerId && a?.key === b?.key;
}
