/** `helper.js lint FOLDER [PATH]`: what would fail in a rootfs. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import { callAtOnce } from '../../core/fs/files';
import { checkRootfs } from '../../core/rootfs/checkRootfs';
import type { FolderKind } from '../../protocol/container';

/**
 * @param kind what the caller says that the folder is
 * @param place path inside the rootfs
 * @returns a `RootfsCheck`, as JSON
 */
export async function lintCommand(
  folder: string,
  kind: FolderKind | undefined,
  place: string,
): Promise<string> {
  // A process of its own, which who has started it ends.
  callAtOnce();
  const bundle = await loadBundleOrFolder(folder, kind);
  // Rootless, files belong to other ids outside than inside.
  const report = await checkRootfs(bundle, { place, sameIds: process.geteuid?.() === 0 });
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
