/**
 * The folder for what the next helper must find. Only the helper's user can create a name in it. Used for
 * the records of `run` and for the runtimes' folders.
 */
import { runtimeDirectory } from '../../core/client/runtimeDirectory';

/** @throws TerrariumError `runtime-directory` */
export function ownFolder(): Promise<string> {
  // Under sudo XDG_RUNTIME_DIR may be the person's.
  return process.geteuid!() === 0
    ? runtimeDirectory({ XDG_RUNTIME_DIR: '/run' }, 0)
    : runtimeDirectory();
}
