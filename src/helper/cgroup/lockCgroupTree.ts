/**
 * Between the look at the tree of cgroups and the last step that makes one nothing of ours may take a
 * parent away. Used by launchContainer.ts and ContainerCgroup.ts.
 */

let last: Promise<void> = Promise.resolve();

/** Waits for whoever has it. @returns lets the next one on; may be called more than once */
export async function lockCgroupTree(): Promise<() => void> {
  let release!: () => void;
  const before = last;
  last = new Promise((resolve) => (release = resolve));
  await before;
  return release;
}
