/**
 * Takes away what runtimes still keep of containers that ended with a killed helper. Called by sweep.ts.
 */
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { findTool, hostEnvironment } from '../host/hostTools';
import { personalEnvironment } from '../engine/oci/personalEnvironment';
import { removeRecordedCgroups } from '../engine/oci/runtimeCgroups';
import { leftFolders, starterOf } from '../engine/oci/runtimeFolder';

/** What a runtime may take, in milliseconds: a helper that starts waits for it. */
const within = 5000;

/**
 * Goes by the folder that a helper leaves, and not by what the runtime believes: root's counts PIDs in a
 * namespace of its own (aroundRuntime), so that from outside each container of a living helper seems to
 * have stopped, and `delete` would take it away, or kill it where it has no PID namespace.
 * @returns the ids that are gone, with their cgroups and state
 */
export async function sweepRuntimes(): Promise<string[]> {
  const left = await leftFolders();
  if (left.length === 0) return []; // as nearly always: no runtime is started to ask
  const env = {
    ...hostEnvironment,
    ...(process.geteuid!() === 0 ? {} : await personalEnvironment()),
  };
  const options = { env, extendEnv: false, reject: false, timeout: within } as const;
  const gone: string[] = [];
  for (const program of ['runc', 'crun'].flatMap((name) => findTool(name) ?? [])) {
    // All of them, whatever `list` says: of a killed start a runtime may have a folder and no record.
    for (const id of new Set(left.map((one) => one.id)))
      // Without --force: in the same namespace the runtime refuses what still runs.
      if ((await starterOf(id)) === undefined) {
        const { failed } = await execa(program, ['delete', id], options);
        if (!failed) gone.push(id);
      }
  }
  for (const { folder } of left) {
    await removeRecordedCgroups(folder);
    await rm(folder, { recursive: true, force: true });
  }
  return gone;
}
