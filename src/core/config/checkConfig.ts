/**
 * What parses but cannot work in this bundle: looked up in its folder, for the editor's diagnostics.
 * The helper checks again at every start; this only says it earlier.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { checkCommand } from '../bundle/checkCommand';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';
import { parsePasswd } from '../bundle/passwd';
import { readAt, withRegularFile } from '../bundle/readBounded';
import { resolveInside } from '../bundle/resolveInside';
import type { HostFacts } from '../sequence/planStart';
import { checkPlan } from './checkPlan';
import { isBind } from './mountKinds';
import type { OciConfig } from './schema';

export interface ConfigFinding {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether a start would fail. */
  readonly severity: 'error' | 'warning';
}

/** Longest etc/passwd that is read, in bytes. */
const maxPasswdBytes = 1024 * 1024;

/**
 * @param folder absolute path of the bundle
 * @param privilege with which it would be started
 */
export async function checkConfig(
  folder: string,
  config: OciConfig,
  privilege: HostFacts['privilege'],
): Promise<ConfigFinding[]> {
  const found: ConfigFinding[] = [];
  const rootfs = path.resolve(folder, config.root.path);
  if (!(await isFolder(rootfs))) {
    found.push({
      code: 'rootfs-missing',
      path: ['root', 'path'],
      message: `${visible(rootfs)} is not a folder.`,
      severity: 'error',
    });
    return found;
  }
  try {
    await checkCommand({ rootfs, config });
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    const { code, problem } = error;
    found.push({ code, path: ['process', 'args', 0], message: problem, severity: 'error' });
  }
  for (const [index, mount] of config.mounts.entries()) {
    if (
      mount.destination.split('/').includes('..') ||
      path.posix.normalize(mount.destination) === '/'
    )
      found.push({
        code: 'mount-destination',
        path: ['mounts', index, 'destination'],
        message: 'This is not a place inside the rootfs.',
        severity: 'error',
      });
    const source = path.resolve(folder, mount.source ?? '');
    if (isBind(mount) && !(await exists(source)))
      found.push({
        code: 'mount-source-missing',
        path: ['mounts', index, mount.source === undefined ? 'destination' : 'source'],
        message: `${visible(source)}, to be shown here, does not exist.`,
        severity: 'error',
      });
  }
  if (!(await isKnownUser(rootfs, config.process.user.uid)))
    found.push({
      code: 'user-unknown',
      path: ['process', 'user', 'uid'],
      message: `etc/passwd of the rootfs names no user ${config.process.user.uid}: programs will find no name and no home.`,
      severity: 'warning',
    });
  return [...found, ...(await checkPlan(folder, config, privilege))];
}

async function isFolder(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() ?? false;
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** True where there is no etc/passwd to ask. */
async function isKnownUser(rootfs: string, uid: number): Promise<boolean> {
  if (uid === 0) return true;
  const file = await resolveInside(rootfs, '/etc/passwd');
  const bytes =
    file &&
    (await withRegularFile(file, (handle) => readAt(handle, 0, maxPasswdBytes)).catch(
      () => undefined,
    ));
  return !bytes || parsePasswd(bytes.toString('utf8')).some((entry) => entry.uid === uid);
}
