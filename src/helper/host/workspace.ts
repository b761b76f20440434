/** Whether containers can be kept in a folder. Asked by `check`, and before each start. */
import { realFolder } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { mountHolding } from '../../core/procfs/mountHolding';
import { ownMounts } from '../../core/procfs/ownMounts';
import type { MountEntry } from '../../core/procfs/parseMountinfo';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Check } from '../../protocol/doctor';

/** File systems that hold no owners, modes, links or device numbers. */
const unfit =
  /^(vfat|exfat|msdos|ntfs.*|fuseblk|9p|drvfs|cifs|smb3|vboxsf|fuse\.(vmhgfs|sshfs).*)$/;

const common = { code: 'workspace', title: 'The folder for containers' };

export async function workspace(folder: string): Promise<Check> {
  try {
    return fitFor(await mountBelow(folder));
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    return { ...common, verdict: 'failed', found: error.problem, remedy: error.remedy };
  }
}

/** The same of a folder whose mount is known. */
export function fitFor({ real, mount }: PlacedFolder): Check {
  const shown = escapeControlCharacters(real);
  if (!mount) return { ...common, verdict: 'unknown', found: `${shown} lies on no mount.` };
  if (unfit.test(mount.type))
    return {
      ...common,
      verdict: 'failed',
      found: `${shown} lies on ${escapeControlCharacters(mount.type)}, which cannot hold a root filesystem.`,
      remedy: 'Keep containers on a Linux file system such as ext4 or btrfs.',
    };
  const bad = ['noexec', 'nosuid', 'nodev'].filter((option) => mount.options.includes(option));
  const found = `${shown} lies on ${escapeControlCharacters(mount.type)}${bad.length ? `, mounted ${bad.join(', ')}` : ''}.`;
  if (!bad.length) return { ...common, verdict: 'ok', found };
  return {
    ...common,
    verdict: bad.includes('noexec') ? 'failed' : 'limited',
    found,
    remedy:
      'No program of a rootfs there runs (noexec) or gains rights (nosuid): choose another folder.',
  };
}

/** The real path of a folder, and its mount. */
export interface PlacedFolder {
  readonly real: string;
  readonly mount?: MountEntry;
}

/**
 * @param mounts the machine's, where they were read already
 * @throws TerrariumError of realFolder
 */
export async function mountBelow(
  folder: string,
  mounts?: readonly MountEntry[],
): Promise<PlacedFolder> {
  const real = await realFolder(folder);
  const mount = mountHolding(mounts ?? (await ownMounts()), real);
  return { real, ...(mount ? { mount } : {}) };
}
