/** Runs one program of the host on files of a bundle. Used by takeOwnership.ts. */
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { findTool, requireTools } from '../launch/hostTools';
import { runTool } from '../launch/runTool';

/**
 * A helper that is not root first tries as root of a user namespace: files that a rootless container
 * made belong to its subordinate ids (user_namespaces(7), subuid(5)).
 * @param inNamespace argv where container ids count: root there is the person
 * @param plain argv where the host's ids count
 * @throws TerrariumError `tool-missing`, `files-refused` with the program's first words
 */
export async function runOnFiles(
  inNamespace: readonly [string, ...string[]],
  plain: readonly [string, ...string[]],
  cwd: string,
): Promise<void> {
  requireTools([plain[0]]);
  const unshare = findTool('unshare');
  if (process.geteuid!() !== 0 && unshare) {
    const flags = ['--user', '--map-root-user', '--map-auto', '--', findTool(plain[0])!];
    const result = await runTool(unshare, [...flags, ...inNamespace.slice(1)], { cwd });
    if (!result.failed) return;
  }
  const result = await runTool(findTool(plain[0])!, plain.slice(1), { cwd });
  if (!result.failed) return;
  throw new TerrariumError(
    'files-refused',
    `${plain[0]} could not change every file: ${visible(result.said.split('\n')[0] ?? '')}.`,
    'Files that root made need the helper with sudo: choose that privilege and try again.',
  );
}
