/** Where the machine's own programs are. The helper may be root: it never trusts an inherited PATH. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The folders that hold a system's own programs, in the order in which they are searched. */
export const systemPath = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/run/current-system/sw/bin'];

/** The environment of every program of the host that is run; C keeps messages parseable. */
export const hostEnvironment = { PATH: systemPath.join(':'), LC_ALL: 'C' };

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
