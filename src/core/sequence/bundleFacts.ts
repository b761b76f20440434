/** What a plan must know of the rootfs. Used by whoever gathers facts for `planStart`. */
import type { Stats } from 'node:fs';
import { lstat, realpath } from '../fs/files';
import type { Bundle } from '../bundle/loadBundle';
import { firstIdOf } from '../config/subordinateRange';
import { homeInside } from '../bundle/passwd';
import type { HostFacts } from './hostFacts';
import { missingCwd } from './missingCwd';
import { hasHome } from './payloadEnvironment';

export async function bundleFacts({
  rootfs: given,
  config,
}: Pick<Bundle, 'rootfs' | 'config'>): Promise<
  Pick<HostFacts, 'home' | 'missingCwd' | 'rootfsOwner' | 'rootfsRangeOf'>
> {
  // The editor's may not be there yet, or be a link, which a start refuses.
  const rootfs = await realpath(given).catch(() => undefined);
  if (rootfs === undefined) return {};
  const [[{ uid, gid }, rangeOf], home, cwd] = await Promise.all([
    ownerOf(rootfs),
    hasHome(config.process.env) ? undefined : homeInside(rootfs, config.process.user.uid),
    missingCwd({ rootfs, config }),
  ]);
  return {
    rootfsOwner: { uid, gid },
    ...(rangeOf === undefined ? {} : { rootfsRangeOf: rangeOf }),
    ...(home === undefined ? {} : { home }),
    ...(cwd === undefined ? {} : { missingCwd: cwd }),
  };
}

/** Of its top folder; and whose range begins with that user, where it is not the machine's root. */
async function ownerOf(rootfs: string): Promise<[owner: Stats, rangeOf: string | undefined]> {
  const owner = await lstat(rootfs);
  return [owner, owner.uid === 0 ? undefined : await firstIdOf('/etc/subuid', owner.uid)];
}
