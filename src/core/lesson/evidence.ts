/**
 * What is different for a process after a command, as data. Made by `compareSnapshots`;
 * `evidenceText` has the words.
 */
import type { ProcessSnapshot, SnapshotMount, SnapshotNamespace } from '../../protocol/snapshot';

export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

export interface ProcessName {
  readonly pid: number;
  readonly name?: string;
}

/** Who a process is: the ids that it sees itself, and as this machine sees them. */
export type User = Record<'uid' | 'gid', { readonly inside: number; readonly outside: number }>;

/** `host` is this machine's, as the reader has it. */
export type NamespaceOwner = 'host' | 'other';

/** Before and after are inode numbers (namespaces(7)). */
export interface NamespaceChange extends Change<string> {
  readonly type: SnapshotNamespace;
  readonly was: NamespaceOwner;
  readonly now: NamespaceOwner;
}

export type Difference =
  /** Another process is in front, or the same one executes another program. */
  | ({ readonly kind: 'process' } & Change<ProcessName>)
  /** Numbers in each PID namespace, from this machine's to its own. */
  | ({ readonly kind: 'pids' } & Change<readonly number[]>)
  | ({ readonly kind: 'parent' } & Change<ProcessName>)
  | { readonly kind: 'namespaces'; readonly changes: readonly NamespaceChange[] }
  /** Its children will be born in a PID namespace that is not its own, or no longer. */
  | ({ readonly kind: 'bornElsewhere' } & Change<boolean>)
  | ({ readonly kind: 'root' } & Change<NonNullable<ProcessSnapshot['root']>>)
  | ({ readonly kind: 'cwd' } & Change<string>)
  | ({ readonly kind: 'mounts' } & MountDifferences)
  | ({ readonly kind: 'procfs' } & Change<number>)
  | ({ readonly kind: 'hostname' } & Change<string>)
  | ({ readonly kind: 'user' } & Change<User>)
  | ({ readonly kind: 'uidMap' } & Change<NonNullable<ProcessSnapshot['uidMap']>>)
  | ({ readonly kind: 'gidMap' } & Change<NonNullable<ProcessSnapshot['gidMap']>>)
  | {
      readonly kind: 'capabilities';
      readonly set: 'effective' | 'bounding';
      readonly gained: readonly string[];
      readonly lost: readonly string[];
      /** How many it has now. */
      readonly total: number;
    }
  | ({ readonly kind: 'cgroup' } & Change<readonly string[]>);

export interface MountDifferences {
  readonly added: readonly SnapshotMount[];
  readonly removed: readonly SnapshotMount[];
  /** At the path of one that was removed another mount is still there. */
  readonly leavesOthers: boolean;
  /** The same mounts at other paths: what their paths begin at is another root. */
  readonly moved: readonly Change<SnapshotMount>[];
  /** The same file system at the same place, with other options. */
  readonly changed: readonly Change<SnapshotMount>[];
  /** Mounts that are no longer shared with other mount namespaces, and are the same otherwise. */
  readonly unshared: number;
  /** Mounts in its table; after a change of its root those below it. */
  readonly total: Change<number>;
}

/** The process in front of a lesson, or PID 1 of a start that waits, which reads nothing. */
export type Subject = 'front' | 'init';

export interface Evidence {
  readonly subject: Subject;
  readonly before: ProcessName;
  readonly after: ProcessName;
  readonly differences: readonly Difference[];
  /** Namespaces that are this machine's now, and those that are not; in neither where it is not known. */
  readonly shared: readonly SnapshotNamespace[];
  readonly own: readonly SnapshotNamespace[];
  /** Fields that the kernel did not tell of one of the two, with the reason. */
  readonly untold: readonly { readonly field: string; readonly reason: string }[];
}
