/** `helper.js lint FOLDER [PATH]...`: what would fail in a rootfs. */
import { type ChildProcess, execFile } from 'node:child_process';
import { kindOf, loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { callAtOnce } from '../../core/fs/files';
import { isBelow } from '../../core/fs/isBelow';
import { checkRootfs } from '../../core/rootfs/checkRootfs';
import type { FolderKind } from '../../protocol/container';
import { RootfsCheck } from '../../protocol/rootfsCheck';
import { findTool, hostEnvironment } from '../host/hostTools';
import { whyNoProgram } from '../host/initProgram';
import { readCapabilities } from '../host/readAttributes';
import { commandOf } from '../host/runHelper';

/** Of a report, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

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

/**
 * Files that a rootless container made may belong to its person's subordinate ids (subuid(5)), and root of a user
 * namespace that has them reads all of these.
 * @returns undefined where there is no such namespace for this person
 */
async function checkAsRootInside(
  folder: string,
  kind: FolderKind,
  places: readonly string[],
): Promise<RootfsCheck | undefined> {
  const unshare = findTool('unshare');
  if (!unshare || !findTool('newuidmap') || !findTool('newgidmap')) return undefined;
  const words = [
    ...['--user', '--map-root-user', '--map-auto', '--'],
    ...commandOf(['lint', `--${kind}`, folder, ...places]),
  ];
  const stdout = await new Promise<string | undefined>((resolve) => {
    const child = execFile(
      unshare,
      words,
      { cwd: '/', env: hostEnvironment, maxBuffer },
      // The person has no subordinate ids, or may make no such namespace: what was found without it holds.
      (error, output) => resolve(error ? undefined : output),
    );
    endWith(child);
  });
  return stdout === undefined ? undefined : RootfsCheck.parse(JSON.parse(stdout));
}

/** unshare(1) becomes the program that checks, so the signal reaches that. */
function endWith(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      child.kill('SIGKILL');
      process.exit(1);
    });
}
