/** A fact for `planStart`: where process.cwd has to be made. */
import { readlink } from '../fs/files';
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { isBind, isOwnType, topmostMountAt } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { lookBudget } from '../fs/lookBudget';
import { withInside } from '../fs/openInside';
import { withDev } from './deviceSteps';

/**
 * As runc has it (MkdirAll in the new root, after the mounts). What is mounted over it cannot be looked
 * into before, so there the step looks itself.
 * @returns its path in the container, without the links that the rootfs has on the way; undefined where
 *   it is there, or where a file or a dangling link stands in its way
 */
export async function missingCwd({
  rootfs,
  config,
}: Pick<Bundle, 'rootfs' | 'config'>): Promise<string | undefined> {
  const mounts = withDev(config).mounts;
  const cwd = path.posix.resolve('/', config.process.cwd);
  if (cwd === '/') return undefined;
  if (topmostMountAt({ mounts }, cwd)) return belowMount(mounts, cwd);
  const missing: string[] = [];
  const budget = lookBudget();
  for (let place = cwd; ; place = path.posix.dirname(place)) {
    const [next] = missing;
    const found = await withInside(
      rootfs,
      place,
      async ({ stat, inside, held }) => {
        if (!stat.isDirectory()) return { inTheWay: true } as const;
        const link = next === undefined ? undefined : await targetOf(`${held}/${next}`);
        return link === undefined
          ? { place: path.posix.join(inside, ...missing) }
          : { place: path.posix.resolve(inside, link, ...missing.slice(1)), inTheWay: true };
      },
      budget,
    );
    if (budget.left < 0) return undefined;
    if (found?.place !== undefined && topmostMountAt({ mounts }, found.place))
      return belowMount(mounts, found.place);
    if (found) return found.inTheWay || missing.length === 0 ? undefined : found.place;
    if (place === '/') return undefined;
    missing.unshift(path.posix.basename(place));
  }
}

/** In a procfs and its like nobody can make a folder. */
function belowMount(mounts: OciConfig['mounts'], place: string): string | undefined {
  const mount = topmostMountAt({ mounts }, place)!;
  const isMountPoint = path.posix.resolve('/', mount.destination) === place;
  const takesFolders = isBind(mount) || mount.type === 'tmpfs' || !isOwnType(mount.type);
  return takesFolders && !isMountPoint ? place : undefined;
}

/** Of a link that leads nowhere yet: what it leads to may come with a mount. */
async function targetOf(file: string): Promise<string | undefined> {
  return readlink(file).catch(() => undefined); // there is nothing, or no link
}
