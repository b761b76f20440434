/** Starts a bundle by its engine, with what is known of this machine. Called by `run` and by the server. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { wantsCgroup } from '../../core/sequence/planCgroup';
import { cgroupName } from '../cgroup/cgroupName';
import { lockCgroupTree } from '../cgroup/lockCgroupTree';
import { gatherFacts } from '../host/gatherFacts';
import { startCancelled } from './shared/startCancelled';
import type { LaunchOptions, LaunchedContainer } from './shared/Engine';
import { engineOf } from './engineOf';

export interface StartOptions extends LaunchOptions {
  /** Waited for before anything is made; what it throws is what the start fails with. */
  readonly checked?: Promise<unknown>;
}

/**
 * @throws TerrariumError those of `gatherFacts` and of `Engine.launch`
 */
export async function launchContainer(
  bundle: Bundle,
  options: StartOptions = {},
): Promise<LaunchedContainer> {
  const hasCgroup = wantsCgroup(bundle.config);
  const release = hasCgroup ? await lockCgroupTree() : () => undefined;
  try {
    const name = hasCgroup ? await cgroupName(bundle.path) : undefined;
    const gathered = gatherFacts(bundle, undefined, name);
    gathered.catch(() => undefined); // what is wrong with the command is said first
    await options.checked;
    const facts = await gathered;
    if (options.signal?.aborted) throw startCancelled(bundle);
    const engine = engineOf(bundle.config);
    return await engine.launch(bundle, facts, { ...options, onCgroupEntered: release });
  } finally {
    release();
  }
}
