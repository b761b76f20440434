/** The table of what processes see: its columns and its lines. Types and names only. */
import type { SightRow } from '../../protocol/sight';
import type { ProcessSnapshot } from '../../protocol/snapshot';

/** From left to right. The first one names the process and heads the line. */
export const sightColumns = [
  ...(['process', 'parent', 'pidInside', 'pidOutside', 'namespaces', 'root'] as const),
  ...(['userInside', 'userOutside', 'hostname', 'capabilities'] as const),
] as const;
export type SightColumn = (typeof sightColumns)[number];

/** A process and what it sees. */
export interface Seen {
  readonly row: SightRow;
  readonly snapshot: ProcessSnapshot;
}

export interface SightLine extends Seen {
  /** How many siblings of the same name see the same, and have no line of their own. */
  readonly alike: number;
}

/**
 * How a value stands to the line above it and to this machine: `same` as above; this `machine`'s; its `own`;
 * the `container`'s, which is that of PID 1; `changed`, `more` or `fewer` than above; the `first` PID of a
 * namespace, or `counted` where the line above is; the parent is the line `above`; or `plain`, where nothing is compared.
 */
export const relationKinds = [
  ...(['same', 'machine', 'own', 'container', 'changed', 'more', 'fewer'] as const),
  ...(['first', 'counted', 'above', 'plain'] as const),
] as const;
export type RelationKind = (typeof relationKinds)[number];

/** `untold`: the kernel did not tell the value, so it is compared with nothing. */
export type Relation =
  { readonly kind: RelationKind } | { readonly kind: 'untold'; readonly reason: string };
