/** The program of a start by hand: PID 1 is a shell on the machine's root, and chroot(1) becomes its child. */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { boundedReads } from '../processes/BoundedReads';
import { childrenOf } from '../processes/childrenOf';
import { boundedStat } from '../processes/boundedStat';

/** How often is looked, and how often at most: setsid(1) and chroot(1) come before it in the same process. */
const [lookEveryMs, mostLooks] = [30, 200];

/** How often for a first child: the shell has got the line, and may not have read it. */
const mostWithoutChild = 40;

/**
 * @param pid of the shell
 * @returns its first child, once that has another root and has stayed the same program for a look; the child as it is
 *   where it does not come to that, and undefined where there is none
 */
export async function programBelow(pid: number): Promise<number | undefined> {
  let before: string | undefined;
  for (let looks = 0; ; looks++) {
    const [child] = await childrenOf(pid);
    if (looks >= (child === undefined ? mostWithoutChild : mostLooks)) return child;
    const name = child === undefined ? undefined : (await boundedStat(child))?.comm;
    if (name !== undefined && name === before && (await hasOtherRoot(child!, pid))) return child;
    before = name;
    await delay(lookEveryMs);
  }
}

async function hasOtherRoot(one: number, other: number): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map(rootOf));
  return first !== undefined && second !== undefined
    ? first.ino !== second.ino || first.dev !== second.dev
    : false;
}

/** @returns undefined where it is not told, the process has ended, or its file system (FUSE) does not answer */
function rootOf(pid: number) {
  return boundedReads.ask(pid, () =>
    // It is looked at again.
    stat(`/proc/${pid}/root/`, { bigint: true }).catch(() => undefined),
  );
}
