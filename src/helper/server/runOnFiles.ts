/** Runs one program of the host on files of a bundle. Used by deleteBundle.ts and takeOwnership.ts. */
import { execa } from 'execa';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { findTool, hostEnvironment, requireTools } from '../launch/hostTools';

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
  const run = (program: string, args: readonly string[]) =>
    execa(program, args, {
      cwd,
      env: hostEnvironment,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      all: true,
      maxBuffer: 64 * 1024,
    });
  const unshare = findTool('unshare');
  if (process.geteuid!() !== 0 && unshare) {
    const flags = ['--user', '--map-root-user', '--map-auto', '--', findTool(plain[0])!];
    const result = await run(unshare, [...flags, ...inNamespace.slice(1)]);
    if (!result.failed) return;
  }
  const result = await run(findTool(plain[0])!, plain.slice(1));
  if (!result.failed) return;
  throw new TerrariumError(
    'files-refused',
    `${plain[0]} could not change every file: ${visible(result.all.split('\n')[0] ?? '')}.`,
    'Files that root made need the helper with sudo: choose that privilege and try again.',
  );
}
