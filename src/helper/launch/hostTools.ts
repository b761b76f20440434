/** Where the machine's own programs are. The helper may be root: it never trusts an inherited PATH. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';

/** The folders that hold a system's own programs, in the order in which they are searched. */
export const systemPath = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/run/current-system/sw/bin'];

/** The environment of every program of the host that the helper runs; C keeps messages parseable. */
export const hostEnvironment = { PATH: systemPath.join(':'), LC_ALL: 'C' };

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
  chown: ['coreutils'],
  runc: ['runc', 'runtimes'],
  crun: ['crun', 'runtimes'],
};

/** @returns the absolute path of a system program, or undefined where there is none. */
export function findTool(name: string): string | undefined {
  return systemPath
    .map((folder) => path.join(folder, name))
    .find((candidate) => {
      try {
        accessSync(candidate, constants.X_OK);
        return true;
      } catch {
        return false; // the next folder may have it
      }
    });
}

/** @throws TerrariumError with the package to install where the machine lacks one of them. */
export function requireTools(names: Iterable<string>): void {
  for (const name of new Set(names)) {
    if (name.startsWith('/') || findTool(name)) continue; // a path was found already
    const [from, check] = packages[name] ?? ['util-linux', 'util-linux'];
    throw new TerrariumError(
      'tool-missing',
      `This machine has no “${name}” in ${systemPath.slice(0, 4).join(', ')}.`,
      `Install the package ${from}${check ? `; “Terrarium: Check This Machine” names all that is missing (${check})` : ''}.`,
    );
  }
}
