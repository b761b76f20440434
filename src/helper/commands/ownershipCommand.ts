/** `helper.js ownership look|take|undo FOLDER [PATH]`: Take Ownership without the editor. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import type { FolderKind } from '../../protocol/container';
import { personOf } from '../host/gatherFacts';
import { type OwnershipTask, ownership } from '../ownership/ownership';

/**
 * @param kind what the caller says that the folder is
 * @param place path inside the rootfs
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns what is, or would be, changed, as JSON
 */
export async function ownershipCommand(
  task: OwnershipTask,
  folder: string,
  kind: FolderKind | undefined,
  place: string,
  allowed?: AllowedFolders,
): Promise<string> {
  const bundle = await loadBundleOrFolder(folder, kind, allowed);
  const result = await ownership(task, bundle, place, personOf(process.env));
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
