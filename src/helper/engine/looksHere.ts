/** The looks of a start, made by who calls. */
import { checkCommand } from '../../core/bundle/checkCommand';
import { type Bundle, realFolder } from '../../core/bundle/loadBundle';
import { loadUnambiguous } from '../../core/bundle/loadBundleOrFolder';
import { onLayer } from '../../core/config/scratchLayer';
import type { FolderKind } from '../../protocol/container';
import { gatherFacts, makesCgroup } from '../host/gatherFacts';
import { verifyStart } from './builtin/verifyStart';
import { rootfsWarnings } from './shared/rootfsWarnings';
import type { PlannedStart, StartLook, StartLooks } from './shared/StartLooks';

export const looksHere: StartLooks = {
  open,
  async openForStart(folder, kind, layer) {
    const bundle = await open(folder, kind, layer);
    if (makesCgroup(bundle.config)) return { bundle };
    return { bundle, lookFurther: () => lookAt(bundle) };
  },
  checkCommand,
  gatherFacts: (bundle, cgroupName) => gatherFacts(bundle, undefined, cgroupName),
  rootfsWarnings,
  verifyStart(planned, hostPid) {
    const { bundle, plan } = JSON.parse(planned) as PlannedStart;
    return verifyStart(bundle, plan, hostPid);
  },
};

async function open(folder: string, kind: FolderKind, layer = false): Promise<Bundle> {
  const bundle = await loadUnambiguous(await realFolder(folder), kind);
  return layer ? onLayer(bundle) : bundle;
}

async function lookAt(bundle: Bundle): Promise<StartLook> {
  await checkCommand(bundle);
  const { mounts, ...facts } = await gatherFacts(bundle);
  // The machine's mounts may be a hundred, and no start asks for them: they stay here.
  return { facts, rootfsWarnings: () => rootfsWarnings(bundle, mounts ? { mounts } : {}) };
}
