/** `helper.js lint FOLDER [PATH]...`: what would fail in a rootfs. */
import { spawnSync } from 'node:child_process';
import { kindOf, loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import { callAtOnce } from '../../core/fs/files';
import { checkRootfs } from '../../core/rootfs/checkRootfs';
import type { FolderKind } from '../../protocol/container';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import { findTool, hostEnvironment } from '../host/hostTools';
import { whyNoProgram } from '../host/initProgram';
import { readCapabilities } from '../host/readCapabilities';
import { commandOf } from '../host/runHelper';

/** Of a report, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

/**
 * @param kind what the caller says that the folder is
 * @param places paths inside the rootfs
 * @returns a `RootfsCheck`, as JSON
 */
export async function lintCommand(
  folder: string,
  kind: FolderKind | undefined,
  places: readonly string[],
): Promise<string> {
  // A process of its own, which who has started it ends.
  callAtOnce();
  const bundle = await loadBundleOrFolder(folder, kind);
  // Rootless, files belong to other ids outside than inside.
  const isRoot = process.geteuid?.() === 0;
  const report = await checkRootfs(bundle, {
    ...{ places, sameIds: isRoot },
    ...(whyNoProgram() === undefined && { readCapabilities }),
  });
  const mapped =
    report.closed.count > 0 && !isRoot
      ? checkAsRootInside(bundle.path, kindOf(bundle), places)
      : undefined;
  const told = mapped && mapped.closed.count < report.closed.count ? mapped : report;
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/**
 * Files that a rootless container made may belong to its person's subordinate ids (subuid(5)), and root of a user
 * namespace that has them reads all of these.
 * @returns undefined where there is no such namespace for this person
 */
function checkAsRootInside(
  folder: string,
  kind: FolderKind,
  places: readonly string[],
): RootfsCheck | undefined {
  const unshare = findTool('unshare');
  if (!unshare || !findTool('newuidmap') || !findTool('newgidmap')) return undefined;
  const { status, stdout } = spawnSync(
    unshare,
    [
      ...['--user', '--map-root-user', '--map-auto', '--'],
      ...commandOf(['lint', `--${kind}`, folder, ...places]),
    ],
    { cwd: '/', env: hostEnvironment, maxBuffer, encoding: 'utf8' },
  );
  // The person has no subordinate ids, or may make no such namespace: what was found without it holds.
  return status === 0 ? RootfsCheck.parse(JSON.parse(stdout)) : undefined;
}
