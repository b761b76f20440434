/** Says before "go" that PID 1 cannot start in `process.cwd`. Called by the launcher. */
import { constants } from 'node:fs';
import { access } from '../../../core/fs/files';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { lookBudget } from '../../../core/fs/lookBudget';
import { withInside } from '../../../core/fs/openInside';
import { topmostMountAt } from '../../../core/config/mountKinds';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { liveRoot } from '../shared/sessionProgram';

/**
 * For the words alone: that it gets there, PID 1 sees to itself (init.sh). What lies below a mount
 * (/proc/self) is another thing for it than for us, and passes.
 * @param hostPid of PID 1, with its root in place
 * @throws TerrariumError `cwd-missing`
 */
export async function requireCwd({ name, config }: Bundle, hostPid: number): Promise<void> {
  const cwd = path.posix.resolve('/', config.process.cwd);
  if (cwd === '/' || topmostMountAt(config, cwd)) return;
  const budget = lookBudget();
  for (let place = cwd; ; place = path.posix.dirname(place)) {
    const found = await withInside(
      liveRoot(hostPid),
      place,
      async ({ stat, held }) => ({
        isFolder: stat.isDirectory(),
        mayEnter: stat.isDirectory() && (await mayEnter(held)),
      }),
      budget,
    );
    if (found?.isFolder && place === cwd) return;
    // What is not for us to see may be there.
    if (found?.isFolder && !found.mayEnter) return;
    if (found === undefined && place !== '/') continue;
    throw new TerrariumError(
      'cwd-missing',
      `“${escapeControlCharacters(name)}” did not start: process.cwd is ${escapeControlCharacters(cwd)}, and its rootfs has no such folder.`,
      'Make that folder in the rootfs, or correct process.cwd in config.json.',
    );
  }
}

async function mayEnter(folder: string): Promise<boolean> {
  return access(folder, constants.X_OK).then(
    () => true,
    () => false,
  );
}
