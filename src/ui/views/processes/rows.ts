/**
 * The rows of the Processes view. VS Code knows a row by the identity of its object, so there is one
 * object for each row for as long as the row exists. Used by `ProcessesProvider`.
 */
import type { ProcessRow } from '../../model/rows';

/** A container that runs, or whose start waits, above its processes. */
interface RunningRow {
  readonly kind: 'running';
  readonly containerId: string;
}

/** The sum of all processes of a container. */
interface UsageRow {
  readonly kind: 'usage';
  readonly containerId: string;
}

/** The filter matches no process of a container. */
interface NoMatchRow {
  readonly kind: 'noMatch';
  readonly containerId: string;
}

/** The processes of a container could not be read. */
interface ErrorRow {
  readonly kind: 'error';
  readonly containerId: string;
}

/** The rest of a long list. */
export interface MoreRow {
  readonly kind: 'more';
  readonly containerId: string;
  /** Key of the parent process; undefined below a container. */
  readonly parent: string | undefined;
  left: number;
}

/** PID 1 of a start that waits. */
interface WaitingRow {
  readonly kind: 'waiting';
  readonly containerId: string;
}

/** A shell that was opened in a start that waits. */
interface ShellRow {
  readonly kind: 'shell';
  readonly containerId: string;
  /** Name of its stream. */
  readonly stream: string;
}

export type Row =
  WaitingRow | ShellRow | RunningRow | UsageRow | NoMatchRow | ErrorRow | MoreRow | ProcessRow;

export class Rows {
  readonly #rows = new Map<string, Row>();

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** A row that stands once in each container. */
  of(kind: 'running' | 'waiting' | 'usage' | 'noMatch' | 'error', containerId: string): Row {
    const key = containerRowKey(kind, containerId);
    return this.#rows.get(key) ?? this.#add(key, { kind, containerId });
  }

  shell(containerId: string, stream: string): Row {
    const key = containerRowKey(`shell:${stream}`, containerId);
    return this.#rows.get(key) ?? this.#add(key, { kind: 'shell', containerId, stream });
  }

  process(containerId: string, key: string): Row {
    const rowKey = processRowKey(containerId, key);
    return this.#rows.get(rowKey) ?? this.#add(rowKey, { kind: 'process', containerId, key });
  }

  more(containerId: string, parent: string | undefined, left: number): Row {
    const key = `more:${listKey(containerId, parent)}`;
    const known = this.#rows.get(key);
    if (known?.kind !== 'more') return this.#add(key, { kind: 'more', containerId, parent, left });
    known.left = left;
    return known;
  }

  entries(): Iterable<[string, Row]> {
    return this.#rows.entries();
  }

  /** @returns the row that had this key */
  delete(key: string): Row | undefined {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    return row;
  }

  #add(key: string, row: Row): Row {
    this.#rows.set(key, row);
    return row;
  }
}

export function containerRowKey(kind: string, containerId: string): string {
  return `${kind}:${containerId}`;
}

export function processRowKey(containerId: string, key: string): string {
  return `process:${containerId}:${key}`;
}

/** Names the list of children of a process, or of a container. */
export function listKey(containerId: string, parent: string | undefined): string {
  return parent === undefined ? `list:${containerId}` : processRowKey(containerId, parent);
}
