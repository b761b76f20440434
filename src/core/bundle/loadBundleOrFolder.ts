/**
 * Plain folders as containers: a tree from Buildroot, debootstrap or a tarball has no `config.json`.
 * Called by the helper, and where one becomes a bundle.
 */
import path from 'node:path';
import type { FolderKind, Privilege } from '../../protocol/container';
import type { OciConfig } from '../config/schema';
import { startingPoints } from '../config/templates';
import { TerrariumError } from '../errors';
import { refuseAmbiguous } from './folderKind';
import { type Bundle, loadReal, realFolder } from './loadBundle';
import { rootShell } from './logins';
import type { AllowedFolders } from './rootfsOf';

type Mount = OciConfig['mounts'][number];

/** shm_open(3) has its objects there: Python's multiprocessing and PostgreSQL start with one. */
const sharedMemory: Mount = {
  destination: '/dev/shm',
  type: 'tmpfs',
  source: 'shm',
  options: ['nosuid', 'noexec', 'nodev', 'mode=1777'],
};

/**
 * Where programs count processors. In a user namespace the kernel makes a sysfs only for the owner of the
 * network namespace (sysfs_init_fs_context of fs/sysfs/mount.c), and these share the machine's: there its own
 * is shown, as by Podman. What lies below it in that view is only writable for whom it is outside.
 */
const kernelView: Readonly<Record<Privilege, Mount>> = {
  root: {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
  rootless: {
    destination: '/sys',
    type: 'bind',
    source: '/sys',
    options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'],
  },
};

/**
 * A root of its own, with a host name made from the folder's, and with the mounts that whole systems rely on.
 * @param shell what PID 1 is (rootShell)
 * @param privilege what a start would have
 */
export function defaultConfigFor(
  folderName: string,
  shell = '/bin/sh',
  privilege: Privilege = process.geteuid?.() === 0 ? 'root' : 'rootless',
): OciConfig {
  const hostname = folderName
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]*[^A-Za-z0-9.-][^A-Za-z0-9]*|[.-]{2,}/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  const notes = startingPoints.find(({ id }) => id === 'notes') ?? startingPoints[0];
  if (!notes) throw new Error('there are no starting points');
  const config = notes.config(hostname === '' ? 'container' : hostname);
  const mounts = [...config.mounts, sharedMemory, kernelView[privilege]];
  return { ...config, process: { ...config.process, args: [shell] }, mounts };
}

/**
 * A bundle, or a plain folder with the default configuration.
 * @param kind what the caller means; without it an ambiguous folder is refused
 * @param allowed where the rootfs of a bundle may lie that is not below it
 * @throws TerrariumError `bundle-or-folder`, `host-root`, those of `loadBundle`
 */
export async function loadBundleOrFolder(
  folder: string,
  kind?: FolderKind,
  allowed?: AllowedFolders,
): Promise<Bundle> {
  const real = await realFolder(folder);
  const meant = kind ?? ((await refuseAmbiguous(real)).kind === 'folder' ? 'folder' : 'bundle');
  return loadAs(meant, real, allowed);
}

/**
 * The same where the kind comes from what lies in the folder, so that there is no explicit way past the refusal.
 * @param real what `realFolder` has returned
 */
export async function loadUnambiguous(
  real: string,
  kind: FolderKind,
  allowed?: AllowedFolders,
): Promise<Bundle> {
  const loaded = loadAs(kind, real, allowed);
  loaded.catch(() => undefined); // an ambiguous folder is refused as such
  await refuseAmbiguous(real);
  return loaded;
}

function loadAs(kind: FolderKind, real: string, allowed?: AllowedFolders): Promise<Bundle> {
  return kind === 'folder' ? plainFolder(real) : loadReal(real, allowed);
}

/** @param real a folder whose own files are the root filesystem */
async function plainFolder(real: string): Promise<Bundle> {
  if (real === '/')
    throw new TerrariumError(
      'host-root',
      'The folder / is the root filesystem of this machine.',
      'Choose a folder that holds another one.',
    );
  const name = path.basename(real);
  const config = defaultConfigFor(name, await rootShell(real));
  return { path: real, name, rootfs: real, config };
}

/** Whether a folder was opened as a plain one: a bundle is never its own rootfs. */
export function kindOf({ path: folder, rootfs }: Bundle): FolderKind {
  return rootfs === folder ? 'folder' : 'bundle';
}
