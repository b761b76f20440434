/** Where newuidmap(1) and newgidmap(1) are. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { systemPath } from '../fs/findTool';

export interface IdMapTools {
  readonly uid: string;
  readonly gid: string;
}

/**
 * NixOS has the ones that gain something in its wrappers, and ones that do not in the usual folder; who
 * builds shadow has them in /usr/local.
 */
const places = ['/run/wrappers/bin', ...systemPath, '/usr/local/bin', '/usr/local/sbin'];

export function findIdMapTools(): IdMapTools | undefined {
  const [uid, gid] = ['newuidmap', 'newgidmap'].map((name) =>
    places.map((folder) => path.join(folder, name)).find(isProgram),
  );
  return uid !== undefined && gid !== undefined ? { uid, gid } : undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // the next folder may have it
  }
}
