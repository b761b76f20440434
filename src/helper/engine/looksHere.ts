/** The looks of a start, made by who calls. */
import { checkCommand } from '../../core/bundle/checkCommand';
import { type Bundle, realFolder } from '../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { readAccounts } from '../../core/bundle/passwd';
import { loadUnambiguous } from '../../core/bundle/loadBundleOrFolder';
import { onLayer } from '../../core/config/scratchLayer';
import { emulationFacts } from '../../core/sequence/emulationFacts';
import type { FolderKind } from '../../protocol/container';
import { gatherFacts, makesCgroup, ownPrivilege } from '../host/gatherFacts';
import { verifyStart } from './builtin/verifyStart';
import { rootfsWarnings } from './shared/rootfsWarnings';
import type { PlannedStart, StartLook, StartLooks } from './shared/StartLooks';

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
  verifyStart(planned, hostPid) {
    const { bundle, plan } = plannedStart(planned);
    return verifyStart(bundle, plan, hostPid);
  },
};

/** The last one that was read: it is often started again. */
let last: { readonly text: string; readonly planned: PlannedStart } | undefined;

function plannedStart(text: string): PlannedStart {
  if (last?.text !== text) last = { text, planned: JSON.parse(text) as PlannedStart };
  return last.planned;
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

async function lookAt(bundle: Bundle): Promise<StartLook> {
  const checked = await checkCommand(bundle);
  const { mounts, ...machine } = await gatherFacts(bundle);
  const facts = { ...machine, ...(await emulationFacts(bundle, checked, ownPrivilege())) };
  // The machine's mounts may be a hundred, and no start asks for them: they stay here.
  return { facts, rootfsWarnings: () => rootfsWarnings(bundle, mounts ? { mounts } : {}) };
}
