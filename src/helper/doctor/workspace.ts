/** Whether containers can be kept in a folder. Asked by `check`, and before each start. */
import { readFile, realpath } from 'node:fs/promises';
import { mountHolding } from '../../core/procfs/mountHolding';
import { type MountEntry, parseMountinfo } from '../../core/procfs/parseMountinfo';
import { visible } from '../../core/text/visible';
import type { Check } from '../../protocol/doctor';

/** File systems that hold no owners, modes, links or device numbers. */
const unfit =
  /^(vfat|exfat|msdos|ntfs.*|fuseblk|9p|drvfs|cifs|smb3|vboxsf|fuse\.(vmhgfs|sshfs).*)$/;

export async function workspace(folder: string): Promise<Check> {
  return fitFor(await mountBelow(folder));
}

/** The same of a folder whose mount is known. */
export function fitFor({ real, mount }: PlacedFolder): Check {
  const common = { code: 'workspace', title: 'The folder for containers' };
  const shown = visible(real);
  if (!mount) return { ...common, verdict: 'unknown', found: `${shown} lies on no mount.` };
  if (unfit.test(mount.type))
    return {
      ...common,
      verdict: 'failed',
      found: `${shown} lies on ${visible(mount.type)}, which cannot hold a root filesystem.`,
      remedy: 'Keep containers on a Linux file system such as ext4 or btrfs.',
    };
  const bad = ['noexec', 'nosuid', 'nodev'].filter((option) => mount.options.includes(option));
  const found = `${shown} lies on ${visible(mount.type)}${bad.length ? `, mounted ${bad.join(', ')}` : ''}.`;
  if (!bad.length) return { ...common, verdict: 'ok', found };
  return {
    ...common,
    verdict: bad.includes('noexec') ? 'failed' : 'limited',
    found,
    remedy:
      'No program of a rootfs there runs (noexec) or gains rights (nosuid): choose another folder.',
  };
}

/** A folder without its links, and the mount that it lies on. */
export interface PlacedFolder {
  readonly real: string;
  readonly mount?: MountEntry;
}

export async function mountBelow(folder: string): Promise<PlacedFolder> {
  const real = await realpath(folder);
  const mount = mountHolding(await hostMounts(), real);
  return { real, ...(mount ? { mount } : {}) };
}

export async function hostMounts(): Promise<MountEntry[]> {
  return parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'));
}
