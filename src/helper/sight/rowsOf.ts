/** The rows of the table of sights: the chain outside, then the processes of the container below PID 1. Pure. Called by `SightWatcher`. */
import type { ProcessTree } from '../../core/tree/processTree';
import { type SightRow, maxSights } from '../../protocol/sight';
import type { ChainLink } from './chainOf';

/** A row, and where its process is to be read. */
export interface PlacedRow {
  readonly row: SightRow;
  readonly hostPid: number;
  readonly startTime: string;
  /** Changes where the process may see something else now; what unshare(2) and its like change is not in it. */
  readonly sign: string;
}

export interface Placed {
  readonly rows: readonly PlacedRow[];
  /** How many processes of the container have no row. */
  readonly left: number;
  /** The one that was asked for is not there. */
  readonly isGone: boolean;
}

export interface Only {
  readonly pid: number;
  readonly startTime: string;
}

/** @param only the one process that is asked for, by its number in the container */
export function rowsOf(chain: readonly ChainLink[], tree: ProcessTree, only?: Only): Placed {
  const outside = chain.map((link, depth): PlacedRow => ({
    row: { key: keyOf(link), role: link.role, depth },
    ...{ hostPid: link.hostPid, startTime: link.startTime, sign: '' },
  }));
  const init = chain.at(-1)?.role === 'init' ? outside.pop() : undefined;
  const base = outside.length;
  const inside: PlacedRow[] = [];
  const wanted = only && lineage(tree, only);
  // A stack, not a recursion: processes can be nested as deep as there are processes.
  const stack = [...tree.roots].reverse().map((key) => ({ key, depth: base }));
  for (let next = stack.pop(); next && inside.length < maxSights; next = stack.pop()) {
    const node = tree.get(next.key);
    if (!node || (wanted && !wanted.has(next.key))) continue;
    const { info } = node;
    const [{ key, pid, ppid, hostPid, startTime, name, uid, euid }, { depth }] = [info, next];
    if (hostPid > 0)
      inside.push({
        row: {
          key: keyOf({ hostPid, startTime }),
          role: pid === 1 ? 'init' : ppid === 0 ? 'joined' : 'inside',
          depth,
          ...(info.state === 'Z' && { zombie: true as const }),
          process: { key, pid },
        },
        ...{
          hostPid,
          startTime,
          sign: [name, info.commandLine, info.state === 'Z', uid, euid, ppid].join('\0'),
        },
      });
    for (const child of [...node.children].reverse()) stack.push({ key: child, depth: depth + 1 });
  }
  // A container without a procfs has no tree, and a PID 1 all the same.
  const all = tree.size === 0 && init ? [init] : inside;
  return {
    rows: [...outside, ...all],
    left: wanted ? 0 : Math.max(0, tree.size - inside.length),
    isGone: wanted?.size === 0,
  };
}

/** Keys of a process and of all above it; empty where it is not there. */
function lineage(tree: ProcessTree, { pid, startTime }: Only): Set<string> {
  const found = new Set<string>();
  const info = tree.infos().find((one) => one.pid === pid && one.startTime === startTime);
  for (let key = info?.key; key !== undefined && !found.has(key);) {
    found.add(key);
    key = tree.get(key)?.parent;
  }
  return found;
}

const keyOf = ({ hostPid, startTime }: Pick<ChainLink, 'hostPid' | 'startTime'>) =>
  `${hostPid}:${startTime}`;
