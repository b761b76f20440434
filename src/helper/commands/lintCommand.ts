/** `helper.js lint FOLDER [PATH]...`: what would fail in a rootfs. */
import { kindOf, loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { callAtOnce } from '../../core/fs/files';
import { isBelow } from '../../core/fs/isBelow';
import { checkRootfs } from '../../core/rootfs/checkRootfs';
import type { FolderKind } from '../../protocol/container';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import { asRootInside } from '../host/asRootInside';
import { whyNoProgram } from '../host/initProgram';
import { readCapabilities } from '../host/readAttributes';

/**
 * @param kind what the caller says that the folder is
 * @param places paths inside the rootfs
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns a `RootfsCheck`, as JSON
 */
export async function lintCommand(
  folder: string,
  kind: FolderKind | undefined,
  places: readonly string[],
  allowed?: AllowedFolders,
): Promise<string> {
  // A process of its own, which who has started it ends.
  callAtOnce();
  const bundle = await loadBundleOrFolder(folder, kind, allowed);
  // Rootless, files belong to other ids outside than inside.
  const isRoot = process.geteuid?.() === 0;
  const report = await checkRootfs(bundle, {
    ...{ places, sameIds: isRoot, movesProcess: true },
    ...(whyNoProgram() === undefined && { readCapabilities }),
  });
  const mapped =
    // In that namespace nobody can tell whose an allowed folder is.
    report.closed.count > 0 && !isRoot && isBelow(bundle.rootfs, bundle.path)
      ? await checkAsRootInside(bundle.path, kindOf(bundle), places)
      : undefined;
  const told = mapped && mapped.closed.count < report.closed.count ? mapped : report;
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/** @returns undefined where there is no such namespace for this person, or it cannot be made */
async function checkAsRootInside(
  folder: string,
  kind: FolderKind,
  places: readonly string[],
): Promise<RootfsCheck | undefined> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      abort.abort();
      process.exit(1);
    });
  const { signal } = abort;
  const stdout = await asRootInside(['lint', `--${kind}`, folder, ...places], { signal });
  return stdout === undefined ? undefined : RootfsCheck.parse(JSON.parse(stdout));
}
