/** `helper.js plan FOLDER`: the start as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { onLayer } from '../../core/config/scratchLayer';
import { TerrariumError } from '../../core/errors';
import { emulationFactsOf } from '../../core/sequence/emulationFacts';
import type { FolderKind, Privilege } from '../../protocol/container';
import { engineOf } from '../engine/engineOf';
import { gatherFacts, ownPrivilege, personOf } from '../host/gatherFacts';

/**
 * @param kind what the caller says that the folder is
 * @param privilege with which the script is to run; that of the caller where it is left out
 * @param layer whether it is to start on a scratch layer, whatever config.json says
 * @param allowed where a rootfs may lie outside of its bundle
 * @throws TerrariumError `plan-rootless`
 */
export async function plan(
  folder: string,
  kind?: FolderKind,
  privilege: Privilege = ownPrivilege(),
  layer = false,
  allowed?: AllowedFolders,
): Promise<string> {
  // Which ids and tools a user can map with, only that user's own processes can find out.
  if (privilege === 'rootless' && ownPrivilege() === 'root')
    throw new TerrariumError(
      'plan-rootless',
      'A rootless start cannot be planned as root.',
      'Run “plan” without sudo, as the user who is to run the script.',
    );
  const given = await loadBundleOrFolder(folder, kind, allowed);
  const bundle = layer ? onLayer(given) : given;
  const facts = {
    ...(await gatherFacts(bundle, personOf(process.env), undefined, privilege)),
    ...(await emulationFactsOf(bundle, privilege)),
  };
  return engineOf(bundle.config).exportScript(bundle, facts);
}
