/** The parts that `ProcessTree` and `TreeEdit` share: a node, and what one message changed. Types only. */
import type { ProcessInfo } from '../../protocol/processes';

export interface ProcessNode {
  readonly info: ProcessInfo;
  /** Key of the parent; undefined for a root. */
  readonly parent: string | undefined;
  /** Keys, ordered by container PID. The next message may change this array in place. */
  readonly children: readonly string[];
}

export interface TreeChange {
  /** Keys of new processes, and of those whose description or list of children has changed. */
  readonly changed: readonly string[];
  /** The keys of `changed` whose list of children has changed. */
  readonly relisted: readonly string[];
  /** Existing keys that a filter may match otherwise now, or an order by name may place elsewhere. */
  readonly renamed: readonly string[];
  /** Keys that the message removed. */
  readonly removed: readonly string[];
  /** The list of roots has changed: the whole container must be refreshed. */
  readonly roots: boolean;
}

/** The same node as `ProcessTree` keeps it: it changes in place. */
export interface MutableNode {
  info: ProcessInfo;
  parent: string | undefined;
  children: string[];
}
