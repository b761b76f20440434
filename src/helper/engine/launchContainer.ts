/** Starts a bundle by its engine, with what is known of this machine. Called by `run` and by the server. */
import type { CheckedCommand } from '../../core/bundle/checkCommand';
import type { Bundle } from '../../core/bundle/loadBundle';
import type { EmulationFacts } from '../../core/sequence/hostFacts';
import { makesCgroup } from '../host/gatherFacts';
import { lockCgroupTree } from '../cgroup/lockCgroupTree';
import { startCancelled } from './shared/startCancelled';
import type { LatestWarnings, StartLook, StartLooks } from './shared/StartLooks';
import type { LaunchOptions, LaunchedContainer } from './shared/Engine';
import { engineOf } from './engineOf';
import { looksHere } from './looksHere';

export interface StartOptions extends Omit<LaunchOptions, 'looks' | 'rootfsWarnings'> {
  /** What is being found out for this start already. */
  readonly look?: Promise<StartLook> | undefined;
  /** Those of this thread where there are no others. */
  readonly looks?: StartLooks;
  /** Waited for before anything is made; what it throws is what the start fails with. */
  readonly checked?: Promise<CheckedCommand | undefined>;
}

/**
 * @throws TerrariumError those of `gatherFacts` and of `Engine.launch`
 */
export async function launchContainer(
  bundle: Bundle,
  options: StartOptions = {},
): Promise<LaunchedContainer> {
  const { looks = looksHere } = options;
  const hasCgroup = makesCgroup(bundle.config);
  const release = hasCgroup ? await lockCgroupTree() : () => undefined;
  try {
    const name = hasCgroup ? await nameFor(bundle) : undefined;
    const look = options.look ?? lookAt(bundle, looks, name, options.checked);
    look.catch(() => undefined); // what is wrong with the command is said first
    await options.checked;
    const { facts, latestWarnings } = await look;
    if (options.signal?.aborted) throw startCancelled(bundle);
    const engine = engineOf(bundle.config);
    let latest: LatestWarnings | undefined;
    const rootfsWarnings = async () => (latest = await latestWarnings()).warnings;
    const container = await engine.launch(bundle, facts, {
      ...{ ...options, looks, rootfsWarnings },
      onCgroupEntered: release,
    });
    if (latest && !latest.areAll) warnLater(container, latest, looks, options);
    return container;
  } finally {
    release();
  }
}

/** After how many milliseconds: the payload begins meanwhile. */
const later = 200;

/** Of what has come into the rootfs since an earlier start. */
function warnLater(
  { bundle, exited }: LaunchedContainer,
  { warnings }: LatestWarnings,
  looks: StartLooks,
  { onWarning }: StartOptions,
): void {
  const look = async () => {
    for (const warning of await looks.rootfsWarnings(bundle, {}))
      if (!warnings.includes(warning)) onWarning?.(warning);
  };
  // Of a rootfs that cannot be looked through any more the next start tells.
  const timer = setTimeout(() => void look().catch(() => undefined), later).unref();
  void exited.finally(() => clearTimeout(timer));
}

async function lookAt(
  bundle: Bundle,
  looks: StartLooks,
  cgroup: string | undefined,
  checking: StartOptions['checked'],
): Promise<StartLook> {
  const [machine, emulation] = await Promise.all([
    looks.gatherFacts(bundle, cgroup),
    emulationOf(bundle, looks, checking),
  ]);
  const facts = { ...machine, ...emulation };
  return { facts, latestWarnings: () => looks.latestWarnings(bundle, facts) };
}

/** Most programs are for this machine, which their check has told already. */
async function emulationOf(
  bundle: Bundle,
  looks: StartLooks,
  checking: StartOptions['checked'],
): Promise<EmulationFacts> {
  const checked = await checking;
  return checked && !checked.emulation ? {} : looks.emulationFacts(bundle, checked);
}

async function nameFor(bundle: Bundle): Promise<string> {
  const { cgroupName } = await import('../cgroup/cgroupName');
  return cgroupName(bundle.path);
}
