/** The machine's programs that the helper needs: their environment, and whether they are installed. */
import { TerrariumError } from '../../core/errors';
import { findTool, hostEnvironment, systemPath } from '../../core/fs/findTool';
import { machineCheck } from '../../core/text/remedies';

export { findTool, hostEnvironment, systemPath };

/** Where it is not util-linux, which the check of that name asks about. */
const packages: Readonly<Record<string, readonly [name: string, check?: string]>> = {
  newuidmap: ['uidmap', 'subordinate-ids'],
  newgidmap: ['uidmap', 'subordinate-ids'],
  hostname: ['hostname', 'host-names'],
  domainname: ['hostname', 'host-names'],
  bash: ['bash'],
  env: ['coreutils'],
  chroot: ['coreutils'],
  mknod: ['coreutils'],
  cp: ['coreutils'],
  readlink: ['coreutils'],
  skopeo: ['skopeo'],
  getent: ['libc-bin'],
  runc: ['runc', 'runtimes'],
  crun: ['crun', 'runtimes'],
};

/** @throws TerrariumError with the package to install where the machine lacks one of them. */
export function requireTools(names: Iterable<string>): void {
  for (const name of new Set(names)) {
    if (name.startsWith('/') || findTool(name)) continue; // a path was found already
    const [from, check] = packages[name] ?? ['util-linux', 'util-linux'];
    throw new TerrariumError(
      'tool-missing',
      `This machine has no “${name}” in ${systemPath.slice(0, 4).join(', ')}.`,
      `Install the package ${from}${check ? `; ${machineCheck('names all that is missing', check)}` : ''}.`,
    );
  }
}
