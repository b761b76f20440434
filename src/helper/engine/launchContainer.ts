/** Starts a bundle by its engine, with what is known of this machine. Called by `run` and by the server. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import type { HostFacts } from '../../core/sequence/hostFacts';
import { wantsCgroup } from '../../core/sequence/planCgroup';
import { cgroupName } from '../cgroup/cgroupName';
import { ownPrivilege } from '../host/gatherFacts';
import { lockCgroupTree } from '../cgroup/lockCgroupTree';
import { startCancelled } from './shared/startCancelled';
import type { StartLook, StartLooks } from './shared/StartLooks';
import type { LaunchOptions, LaunchedContainer } from './shared/Engine';
import { engineOf } from './engineOf';
import { looksHere } from './looksHere';

export interface StartOptions extends Omit<LaunchOptions, 'looks'> {
  /** What was found out for this start a moment ago. */
  readonly look?: StartLook | undefined;
  /** Those of this thread where there are no others. */
  readonly looks?: StartLooks;
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
  const { looks = looksHere } = options;
  const hasCgroup = wantsCgroup(bundle.config, ownPrivilege());
  const release = hasCgroup ? await lockCgroupTree() : () => undefined;
  try {
    const name = hasCgroup ? await cgroupName(bundle.path) : undefined;
    const gathered = options.look ? factsOf(options.look) : looks.gatherFacts(bundle, name);
    gathered.catch(() => undefined); // what is wrong with the command is said first
    await options.checked;
    const facts = await gathered;
    if (options.signal?.aborted) throw startCancelled(bundle);
    const engine = engineOf(bundle.config);
    return await engine.launch(bundle, facts, { ...options, looks, onCgroupEntered: release });
  } finally {
    release();
  }
}

function factsOf(look: StartLook): Promise<HostFacts> {
  if ('facts' in look) return Promise.resolve(look.facts);
  const { code, problem, remedy } = look.failure;
  return Promise.reject(new TerrariumError(code, problem, remedy));
}
