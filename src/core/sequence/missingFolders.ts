/** Which steps make the folder that they run in. Used by `planText`, for people. */
import { isBelow } from '../fs/isBelow';
import { type LookBudget, lookBudget } from '../fs/lookBudget';
import { statInside } from '../fs/openInside';
import { mountTargets } from './mountTargets';
import type { Step } from './step';

/** steps.sh (`enter`) makes what is missing, unless the step has a guard: then it is left out. */
export async function missingFolders(
  rootfs: string,
  steps: readonly Step[],
): Promise<ReadonlySet<Step>> {
  const missing = new Set<Step>();
  const known = new Set<string>(['/']);
  const mounted: string[] = [];
  const budget = lookBudget();
  for (const step of steps) {
    const { cwd, guard } = step;
    if (cwd !== undefined && guard === undefined && !known.has(cwd)) {
      // What is mounted above it hides the folder of the rootfs; a new filesystem is empty.
      const hidden = mounted.some((target) => target !== cwd && isBelow(cwd, target));
      if (hidden || !(await isFolder(rootfs, cwd, budget))) missing.add(step);
      known.add(cwd);
    }
    mounted.push(...mountTargets(step).filter((target) => target !== '/'));
  }
  return missing;
}

async function isFolder(rootfs: string, place: string, budget: LookBudget): Promise<boolean> {
  return (await statInside(rootfs, place, budget))?.isDirectory() ?? false; // not there: to be made
}
