/** Makes lines of processes: many siblings that see the same become one line. Pure. Called by the panel of sights. */
import type { ProcessSnapshot } from '../../protocol/snapshot';
import type { Seen, SightLine } from './sightLine';

/** Lines of one table. */
const maxLines = 200;
/** Fewer siblings than that have a line each. */
const leastGroup = 5;

/**
 * @param rows from top to bottom, by their depth
 * @returns the lines, and how many processes have none and are in no group
 */
export function groupAlike(
  rows: readonly Seen[],
  limit = maxLines,
): { readonly lines: SightLine[]; readonly left: number } {
  const groups = new Map<string, number>();
  const names = namesOfGroups(rows);
  for (const name of names) if (name !== undefined) groups.set(name, (groups.get(name) ?? 0) + 1);
  const shown = new Set<string>();
  const lines = rows.flatMap((one, at): SightLine[] => {
    const name = names[at];
    const size = name === undefined ? 1 : groups.get(name)!;
    if (name === undefined || size < leastGroup) return [{ ...one, alike: 0 }];
    if (shown.has(name)) return [];
    shown.add(name);
    return [{ ...one, alike: size - 1 }];
  });
  const cut = lines.slice(limit);
  return {
    lines: lines.slice(0, limit),
    left: cut.reduce((sum, { alike }) => sum + 1 + alike, 0),
  };
}

/** What siblings have in common that can share a line; undefined for a process with children, and outside. */
function namesOfGroups(rows: readonly Seen[]): (string | undefined)[] {
  const path: string[] = [];
  return rows.map(({ row, snapshot }, at) => {
    path.length = row.depth;
    const parent = path.at(-1) ?? '';
    path[row.depth] = row.key;
    const hasChildren = (rows[at + 1]?.row.depth ?? 0) > row.depth;
    if (hasChildren || (row.role !== 'inside' && row.role !== 'joined')) return undefined;
    return `${parent} ${row.role} ${sightOf(snapshot)}`;
  });
}

/** A snapshot that is read anew and is the same is the same object: most of a thousand are. */
const known = new WeakMap<ProcessSnapshot, string>();

/** What a process sees, as text, without what is another for each. */
function sightOf(snapshot: ProcessSnapshot): string {
  let sight = known.get(snapshot);
  if (sight === undefined) {
    const { pids, ...others } = snapshot;
    sight = JSON.stringify([pids.length, { ...others, pid: 0, startTime: '', parent: undefined }]);
    known.set(snapshot, sight);
  }
  return sight;
}
