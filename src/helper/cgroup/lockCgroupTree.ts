/**
 * A lock: between reading the cgroup tree and making a cgroup the helper removes none of its ancestors.
 * Used by launchContainer.ts and ContainerCgroup.ts.
 */

let last: Promise<void> = Promise.resolve();

/** Waits for the lock. @returns releases the lock; may be called more than once */
export async function lockCgroupTree(): Promise<() => void> {
  let release!: () => void;
  const before = last;
  last = new Promise((resolve) => (release = resolve));
  await before;
  return release;
}
