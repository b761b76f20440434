/**
 * A folder of the helper's own user, for what its next one is to find: nobody else can make a name in
 * it. Used for the records of `run` and for what runtimes are given.
 */
import { runtimeDirectory } from '../../core/client/runtimeDirectory';

/** @throws TerrariumError `runtime-directory` */
export function ownFolder(): Promise<string> {
  // Under sudo XDG_RUNTIME_DIR may be the person's.
  return process.geteuid!() === 0
    ? runtimeDirectory({ XDG_RUNTIME_DIR: '/run' }, 0)
    : runtimeDirectory();
}
