/** The root of a waiting PID 1 is switched from outside. */
import type { HostFacts } from './hostFacts';
import type { Step } from './step';

/**
 * PID 1 keeps waiting while its root is switched under it: pivot_root(2) moves the root of every
 * process that had the old one. "." over "." stacks the old root on the new one, where the second
 * nsenter finds it (setns(2) goes to the topmost mount of the root) with all the host's programs;
 * so no program has to run from the new root to get rid of the old.
 * @param becomesRoot root inside is not the person: then nsenter(1) has to become it
 */
export function pivotSteps(facts: HostFacts, hasUsers: boolean, becomesRoot: boolean): Step[] {
  const isRootless = facts.privilege === 'rootless';
  const entry = { user: hasUsers, preserveCredentials: isRootless && !becomesRoot };
  return [
    {
      id: 'pivot_root',
      where: 'namespaces',
      ...{ kind: 'pivotRoot', entry },
      why: 'Make the rootfs the root of the mount namespace; the old root is mounted on top of it',
    },
    {
      id: 'umount-old-root',
      where: 'namespaces',
      ...{ kind: 'umountOldRoot', ...(isRootless ? { entry } : {}) },
      why: 'Unmount the old root: no file of the host stays visible',
    },
  ];
}
