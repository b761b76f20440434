/** Environment variables of a rootless runtime. Used for its start, its sessions and its sweep. */
import { runtimeDirectory } from '../../../core/client/runtimeDirectory';

/**
 * A rootless runtime keeps its state below XDG_RUNTIME_DIR; without the variable it would try root's
 * directory. Sessions get the same (runtimeSession.ts).
 */
export async function personalEnvironment(): Promise<Record<string, string>> {
  const { HOME, XDG_RUNTIME_DIR } = process.env;
  return {
    ...(HOME?.startsWith('/') ? { HOME } : {}),
    XDG_RUNTIME_DIR: XDG_RUNTIME_DIR?.startsWith('/') ? XDG_RUNTIME_DIR : await runtimeDirectory(),
  };
}
