/** The looks of a start, made by who calls. */
import { checkCommand } from '../../core/bundle/checkCommand';
import { type Bundle, realFolder } from '../../core/bundle/loadBundle';
import { loadUnambiguous } from '../../core/bundle/loadBundleOrFolder';
import { TerrariumError } from '../../core/errors';
import { wantsCgroup } from '../../core/sequence/planCgroup';
import type { FolderKind } from '../../protocol/container';
import { gatherFacts, ownPrivilege } from '../host/gatherFacts';
import { verifyStart } from './builtin/verifyStart';
import { rootfsWarnings } from './shared/rootfsWarnings';
import type { StartLook, StartLooks } from './shared/StartLooks';

export const looksHere: StartLooks = {
  open,
  async openForStart(folder, kind) {
    const bundle = await open(folder, kind);
    if (wantsCgroup(bundle.config, ownPrivilege())) return { bundle };
    return { bundle, look: await lookAt(bundle) };
  },
  checkCommand,
  gatherFacts: (bundle, cgroupName) => gatherFacts(bundle, undefined, cgroupName),
  rootfsWarnings,
  verifyStart,
};

async function open(folder: string, kind: FolderKind): Promise<Bundle> {
  return loadUnambiguous(await realFolder(folder), kind);
}

async function lookAt(bundle: Bundle): Promise<StartLook> {
  try {
    await checkCommand(bundle);
    return { facts: await gatherFacts(bundle) };
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    const { code, problem, remedy } = error;
    return { failure: { code, problem, remedy } };
  }
}
