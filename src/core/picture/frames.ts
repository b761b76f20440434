/** Which containers stand in one frame because they share namespaces. Pure. Used by `layoutPicture`. */
import type { SharedNamespace } from './Picture';

export interface Frame {
  /** What all in it share, or, where no namespace is shared by all, what connects them. */
  readonly shared: readonly SharedNamespace[];
  /** Container ids, and frames of some of them. */
  readonly members: readonly (string | Frame)[];
}

/**
 * Containers that share stand together. A namespace that all of a frame share is its own; those of fewer make
 * frames inside it where they can: two sets that cross stay in one frame, whose text names who shares what.
 * @param ids all containers, in order
 */
export function framesOf(
  ids: readonly string[],
  shared: readonly SharedNamespace[],
): (string | Frame)[] {
  return connected(ids, shared).map((cluster) => {
    if (cluster.length === 1) return cluster[0]!;
    const known = new Set(cluster);
    const here = shared.filter(({ containers }) => containers.some((id) => known.has(id)));
    const ofAll = here.filter(({ containers }) => containers.length === cluster.length);
    if (ofAll.length === 0) return { shared: here, members: cluster };
    const ofSome = here.filter((one) => !ofAll.includes(one));
    return { shared: ofAll, members: framesOf(cluster, ofSome) };
  });
}

/** Splits into sets that share nothing with each other; each keeps the order and has the place of its first. */
function connected(ids: readonly string[], shared: readonly SharedNamespace[]): string[][] {
  const clusterOf = new Map(ids.map((id) => [id, [id]]));
  for (const { containers } of shared) {
    const clusters = new Set(containers.flatMap((id) => [clusterOf.get(id) ?? []]));
    const all = [...clusters].flat();
    for (const id of all) clusterOf.set(id, all);
  }
  const order = new Map(ids.map((id, at) => [id, at]));
  return [...new Set(clusterOf.values())].map((cluster) =>
    [...cluster].sort((a, b) => order.get(a)! - order.get(b)!),
  );
}
