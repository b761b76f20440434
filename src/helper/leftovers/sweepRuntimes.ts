/**
 * Deletes the runtimes' state of containers that ended with a killed helper. Called by sweep.ts.
 */
import { execFile } from 'node:child_process';
import { promises as files } from 'node:fs';
import { promisify } from 'node:util';
import { findTool, hostEnvironment } from '../host/hostTools';
import { personalEnvironment } from '../engine/oci/personalEnvironment';
import { removeRecordedCgroups } from '../engine/oci/runtimeCgroups';
import { leftFolders, starterOf } from '../engine/oci/runtimeFolders';

/** Limit for one runtime command, in milliseconds: the start of the helper waits for it. */
const within = 5000;

/**
 * Finds them by the helpers' folders, not by the runtime's `list`: root's runtime stores PIDs of a PID
 * namespace of its own (aroundRuntime). Outside of it each container of a living helper looks stopped, and
 * `delete` would remove it, or kill it where it has no PID namespace.
 * @returns the ids that were removed, with their cgroups and state
 */
export async function sweepRuntimes(): Promise<string[]> {
  const left = await leftFolders();
  if (left.length === 0) return []; // the usual case: no runtime is started
  const env = {
    ...hostEnvironment,
    ...(process.geteuid!() === 0 ? {} : await personalEnvironment()),
  };
  const execute = promisify(execFile);
  const gone: string[] = [];
  for (const program of ['runc', 'crun'].flatMap((name) => findTool(name) ?? [])) {
    // All of them: a killed start may leave a folder of the runtime that `list` does not show.
    for (const id of new Set(left.map((one) => one.id)))
      // Without --force the runtime refuses a container that runs in the same PID namespace.
      if ((await starterOf(id)) === undefined) {
        const deleting = execute(program, ['delete', id], { env, timeout: within });
        const isGone = await deleting.then(() => true).catch(() => false); // the other runtime's, or it runs
        if (isGone) gone.push(id);
      }
  }
  for (const { folder } of left) {
    await removeRecordedCgroups(folder);
    await files.rm(folder, { recursive: true, force: true });
  }
  return gone;
}
