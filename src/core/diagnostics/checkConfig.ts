/**
 * What parses but cannot work in this bundle: looked up in its folder, for the editor's diagnostics.
 * The helper checks again at every start; this only says it earlier.
 */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkCommand } from '../bundle/checkCommand';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { type AllowedFolders, rootfsOf } from '../bundle/rootfsOf';
import { parsePasswd } from '../bundle/passwd';
import { readInside, statInside } from '../fs/openInside';
import type { HostFacts } from '../sequence/hostFacts';
import { missingCwd } from '../sequence/missingCwd';
import { checkPlan } from './checkPlan';
import type { ConfigFinding } from './ConfigFinding';
import { boundingSet } from '../config/boundingSet';
import { runtimeOf } from '../config/engine';
import { isBind, topmostMountAt, sourceOf } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';

/** Longest etc/passwd that is read, in bytes. */
const maxPasswdBytes = 1024 * 1024;

/**
 * @param folder absolute path of the bundle
 * @param privilege with which it would be started
 * @param signal ends it; what it throws then is the signal's reason
 * @param allowed where the rootfs may lie outside of the bundle
 */
export async function checkConfig(
  folder: string,
  config: OciConfig,
  privilege: HostFacts['privilege'],
  signal?: AbortSignal,
  allowed?: AllowedFolders,
): Promise<ConfigFinding[]> {
  const found: ConfigFinding[] = [];
  const finding = (error: unknown, place: ConfigFinding['path']) => {
    if (!(error instanceof TerrariumError)) throw error;
    found.push({ code: error.code, path: place, message: error.problem, severity: 'error' });
  };
  const real = await realpath(folder).catch(() => folder); // where it has gone, rootfsOf says so
  const rootfs = await rootfsOf(real, config.root.path, allowed).catch((error: unknown) =>
    finding(error, ['root', 'path']),
  );
  if (rootfs === undefined) return found;
  const checked = await checkCommand({ path: real, rootfs, config }, { signal }).catch(
    (error: unknown) => {
      finding(error, ['process', 'args', 0]);
      return undefined;
    },
  );
  // A runtime makes the folder itself, and has capabilities of its own mind.
  if (!runtimeOf(config))
    found.push(...(await checkCwd(rootfs, config)), ...checkCapabilities(config));
  for (const [index, mount] of config.mounts.entries()) {
    signal?.throwIfAborted();
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
    const source = sourceOf({ path: folder }, mount.source);
    if (isBind(mount) && !(await exists(source)))
      found.push({
        code: 'mount-source-missing',
        path: ['mounts', index, mount.source === undefined ? 'destination' : 'source'],
        message: `${escapeControlCharacters(source)} does not exist, so it cannot be mounted here.`,
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
  signal?.throwIfAborted();
  return [...found, ...(await checkPlan(folder, config, privilege, checked))];
}

/** Below a mount it is what is mounted there. A start makes what is missing, unless it only calls chroot(2). */
async function checkCwd(rootfs: string, config: OciConfig): Promise<ConfigFinding[]> {
  const { cwd } = config.process;
  if (topmostMountAt(config, cwd)) return [];
  if ((await statInside(rootfs, cwd))?.isDirectory()) return [];
  if ((await missingCwd({ rootfs, config })) !== undefined) return [];
  return [
    {
      code: 'cwd-missing',
      path: ['process', 'cwd'],
      message: `${escapeControlCharacters(cwd)} is no folder of the rootfs, so PID 1 cannot start there.`,
      severity: 'error',
    },
  ];
}

/** capset(2): what is kept over an exec cannot go beyond the bounding set, and the start would end there. */
function checkCapabilities(config: OciConfig): ConfigFinding[] {
  const { capabilities } = config.process;
  const bounding = boundingSet(config);
  if (!capabilities || !bounding) return [];
  return (['inheritable', 'ambient'] as const).flatMap((set) =>
    (capabilities[set] ?? []).flatMap((name, index) =>
      bounding.includes(name)
        ? []
        : [
            {
              code: 'capability-beyond-bounding',
              path: ['process', 'capabilities', set, index],
              message: `${name} is not in "bounding", so PID 1 cannot have it here.`,
              severity: 'error' as const,
            },
          ],
    ),
  );
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** True where there is no etc/passwd to ask. */
async function isKnownUser(rootfs: string, uid: number): Promise<boolean> {
  if (uid === 0) return true;
  const bytes = await readInside(rootfs, '/etc/passwd', maxPasswdBytes).catch(() => undefined);
  return !bytes || parsePasswd(bytes.toString('utf8')).some((entry) => entry.uid === uid);
}
