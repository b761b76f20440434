/** The looks of a start, made by who calls. */
import { type CheckedCommand, checkCommand } from '../../core/bundle/checkCommand';
import { type Bundle, realFolder } from '../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { readAccounts } from '../../core/bundle/passwd';
import { loadUnambiguous } from '../../core/bundle/loadBundleOrFolder';
import { onLayer } from '../../core/config/scratchLayer';
import { keepLatest } from '../../core/keepLatest';
import { emulationFacts } from '../../core/sequence/emulationFacts';
import type { FolderKind } from '../../protocol/container';
import { gatherFacts, makesCgroup, ownPrivilege } from '../host/gatherFacts';
import { verifyStart } from './builtin/verifyStart';
import { latestWarnings, rootfsWarnings } from './shared/rootfsWarnings';
import type { CheckedBundle, PlannedStart, StartLook, StartLooks } from './shared/StartLooks';

export const looksHere: StartLooks = {
  open,
  async openForStart(folder, kind, layer, allowed) {
    const bundle = await open(folder, kind, layer, allowed);
    if (makesCgroup(bundle.config)) return { bundle };
    return { bundle, lookFurther: () => lookAt(bundle) };
  },
  checkCommand,
  accounts: readAccounts,
  gatherFacts: (bundle, cgroupName) => gatherFacts(bundle, undefined, cgroupName),
  emulationFacts: (bundle, checked) => emulationFacts(bundle, checked, ownPrivilege()),
  rootfsWarnings,
  latestWarnings,
  verifyStart(planned, hostPid) {
    const { bundle, plan } = plannedStart(planned);
    return verifyStart(bundle, plan, hostPid);
  },
};

/** Those that were read last: they are often started again. As many as there are plans kept (keptPlans.ts). */
const plannedStarts = new Map<string, PlannedStart>();
const mostPlanned = 8;

function plannedStart(text: string): PlannedStart {
  const planned = plannedStarts.get(text) ?? (JSON.parse(text) as PlannedStart);
  keepLatest(plannedStarts, text, planned, mostPlanned);
  return planned;
}

async function open(
  folder: string,
  kind: FolderKind,
  layer = false,
  allowed?: AllowedFolders,
): Promise<Bundle> {
  const bundle = await loadUnambiguous(await realFolder(folder), kind, allowed);
  return layer ? onLayer(bundle) : bundle;
}

async function lookAt(bundle: Bundle): Promise<CheckedBundle> {
  const checked = await checkCommand(bundle);
  return { lookAround: () => lookAround(bundle, checked) };
}

async function lookAround(bundle: Bundle, checked: CheckedCommand | undefined): Promise<StartLook> {
  const { mounts, ...machine } = await gatherFacts(bundle);
  const facts = { ...machine, ...(await emulationFacts(bundle, checked, ownPrivilege())) };
  // The machine's mounts may be a hundred, and no start asks for them: they stay here.
  return { facts, latestWarnings: () => latestWarnings(bundle, mounts ? { mounts } : {}) };
}
