/** What a runtime without root needs in its environment. Used for its start, its sessions and its sweep. */
import { runtimeDirectory } from '../../../core/client/runtimeDirectory';

/**
 * A runtime without root keeps its state below XDG_RUNTIME_DIR; without one it would try root's own
 * place. Sessions get the same (runtimeSession.ts).
 */
export async function personalEnvironment(): Promise<Record<string, string>> {
  const { HOME, XDG_RUNTIME_DIR } = process.env;
  return {
    ...(HOME?.startsWith('/') ? { HOME } : {}),
    XDG_RUNTIME_DIR: XDG_RUNTIME_DIR?.startsWith('/') ? XDG_RUNTIME_DIR : await runtimeDirectory(),
  };
}
