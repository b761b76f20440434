/** What concerns a rootfs as a whole: its shell, its users, the program that config.json starts. Used by checkRootfs.ts. */
import { TerrariumError } from '../errors';
import { checkCommand } from '../bundle/checkCommand';
import type { Bundle } from '../bundle/loadBundle';
import { lookBudget } from '../fs/lookBudget';
import { statInside } from '../fs/openInside';
import type { RootfsFault } from './RootfsFault';
import { mountPointFaults } from './mountPointFaults';

export async function wholeFaults(bundle: Bundle, signal?: AbortSignal): Promise<RootfsFault[]> {
  const { rootfs } = bundle;
  const faults = await mountPointFaults(bundle, signal);
  const lacks = async (file: string) => !(await statInside(rootfs, file, lookBudget(signal)));
  const fault = (code: RootfsFault['code'], message: string) =>
    faults.push({ code, severity: 'information', path: '/', message });
  if (await lacks('/bin/sh'))
    fault('shell-missing', 'There is no /bin/sh: scripts and “Open Shell” have none to run.');
  if (await lacks('/etc/passwd'))
    fault('passwd-missing', 'There is no /etc/passwd: users have no names and no home folders.');
  await checkCommand(bundle, { ...(signal && { signal }) }).catch((error: unknown) => {
    if (!(error instanceof TerrariumError)) throw error;
    faults.push({
      ...{ code: 'command-unfit', severity: 'error', path: '/' },
      message: `${error.problem} ${error.remedy}`,
    });
  });
  return faults;
}
