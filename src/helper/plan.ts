/** `helper.js plan FOLDER`: the start as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../core/bundle/loadBundleOrFolder';
import { exportScript } from '../core/sequence/exportScript';
import { planStart } from '../core/sequence/planStart';
import { TerrariumError } from '../core/errors';
import type { FolderKind, Privilege } from '../protocol/container';
import { runtimeOf } from '../core/config/engine';
import { engineFacts } from '../core/config/engineFacts';
import { exportRuntime } from './engine/exportRuntime';
import { requireOwnCgroup } from './engine/requireOwnCgroup';
import { gatherFacts, ownPrivilege, personOf } from './launch/gatherFacts';

/**
 * @param kind what the caller says that the folder is
 * @param privilege with which the script is to run; that of the caller where it is left out
 * @throws TerrariumError `plan-rootless`
 */
export async function plan(
  folder: string,
  kind?: FolderKind,
  privilege: Privilege = ownPrivilege(),
): Promise<string> {
  // Which ids and tools a user can map with, only that user's own processes can find out.
  if (privilege === 'rootless' && ownPrivilege() === 'root')
    throw new TerrariumError(
      'plan-rootless',
      'A rootless start cannot be planned as root.',
      'Run “plan” without sudo, as the user who is to run the script.',
    );
  const bundle = await loadBundleOrFolder(folder, kind);
  const facts = await gatherFacts(bundle, personOf(process.env), undefined, privilege);
  const runtime = runtimeOf(bundle.config);
  if (runtime) await requireOwnCgroup(bundle);
  return runtime
    ? exportRuntime(await engineFacts(runtime), bundle, facts)
    : exportScript(bundle, planStart(bundle, facts), facts);
}
