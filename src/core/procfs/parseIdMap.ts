/** Parses `/proc/PID/uid_map` and translates with it. Called by the helper's process reader. */

/** One extent of user_namespaces(7): `count` ids from `inside` are those from `outside`. */
export interface IdExtent {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** What the kernel shows for an id without a mapping: the default of /proc/sys/kernel/overflowuid. */
export const overflowId = 65534;

/** @throws Error naming the line that is none */
export function parseIdMap(content: Buffer | string): IdExtent[] {
  return content
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
      if (!match) throw new Error(`not a line of uid_map: ${JSON.stringify(line.slice(0, 80))}`);
      const [inside, outside, count] = match.slice(1).map(Number) as [number, number, number];
      return { inside, outside, count };
    });
}

/** The id that a process in the namespace sees for `outside`; `overflowId` where none is mapped. */
export function idInside(map: readonly IdExtent[], outside: number): number {
  const extent = map.find((e) => outside >= e.outside && outside < e.outside + e.count);
  return extent ? extent.inside + (outside - extent.outside) : overflowId;
}

/** The other way: undefined where none is mapped. */
export function idOutside(map: readonly IdExtent[], inside: number): number | undefined {
  const extent = map.find((e) => inside >= e.inside && inside < e.inside + e.count);
  return extent && extent.outside + (inside - extent.inside);
}
