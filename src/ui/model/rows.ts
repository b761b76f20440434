/**
 * What the rows of the two views stand for, and what a command acts on. VS Code hands the row to the
 * command that a menu of the view calls.
 */
import type { ContainerInfo } from '../../protocol/container';
import type { ProcessInfo } from '../../protocol/processes';
import type { Container } from './container';

/** A row of the Containers view, or one of the Processes view that stands for a container. */
export interface ContainerRow {
  readonly kind: 'container';
  readonly container: Container;
}

/** A row of the Processes view. */
export interface ProcessRow {
  readonly kind: 'process';
  readonly containerId: string;
  readonly key: string;
}

/** A process and the container that it runs in, as they are when the command begins. */
export interface ProcessTarget {
  readonly info: ContainerInfo;
  readonly process: ProcessInfo;
}

export function isContainerRow(target: unknown): target is ContainerRow {
  return typeof target === 'object' && target !== null && 'container' in target && 'kind' in target;
}

export function isProcessRow(target: unknown): target is ProcessRow {
  return (
    typeof target === 'object' && target !== null && 'kind' in target && target.kind === 'process'
  );
}

/** A row of the Processes view that has a container: it knows only its id. */
export function isRunningRow(target: unknown): target is { readonly containerId: string } {
  return typeof target === 'object' && target !== null && 'containerId' in target;
}
