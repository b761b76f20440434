/** Which package holds a static BusyBox, by distribution. For `findBusybox` and its remedies. */
import { readAt, withRegularFile } from '../fs/readBounded';
import { realpath } from 'node:fs/promises';
import { codeOf } from './fileProblem';

interface BusyboxPackage {
  readonly name: string;
  /** argv that installs it, to be run by root; absent where the package manager is not known. */
  readonly command?: string[];
}

/** By ID or ID_LIKE of os-release(5). */
const packages: Readonly<Record<string, readonly [manager: readonly string[], name: string]>> = {
  debian: [['apt-get', 'install'], 'busybox-static'],
  ubuntu: [['apt-get', 'install'], 'busybox-static'],
  alpine: [['apk', 'add'], 'busybox-static'],
  fedora: [['dnf', 'install'], 'busybox'],
  rhel: [['dnf', 'install'], 'busybox'],
  arch: [['pacman', '-S'], 'busybox'],
  opensuse: [['zypper', 'install'], 'busybox-static'],
  suse: [['zypper', 'install'], 'busybox-static'],
};

/** @param osRelease text of os-release(5) */
export function busyboxPackage(osRelease: string): BusyboxPackage {
  for (const id of distributionIds(osRelease)) {
    const known = Object.hasOwn(packages, id) ? packages[id] : undefined;
    if (known) return { name: known[1], command: [...known[0], known[1]] };
  }
  return { name: 'busybox-static' };
}

/**
 * The argv that installs a static BusyBox, to be run by root (put `sudo` in front for others).
 * @param osRelease text of os-release(5)
 * @returns undefined for a distribution that is not known
 */
export function installCommand(osRelease: string): string[] | undefined {
  return busyboxPackage(osRelease).command;
}

/** The text of /etc/os-release, cut at 64 KiB; empty where there is none. */
export async function readOsRelease(file = '/etc/os-release'): Promise<string> {
  try {
    const bytes = await withRegularFile(await realpath(file), (handle) => readAt(handle, 0, 65536));
    return bytes?.toString('utf8') ?? '';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** ID first, then what it is like, nearest first. */
function distributionIds(osRelease: string): string[] {
  const value = (key: string) =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1]?.trim() ?? '';
  return [value('ID'), ...value('ID_LIKE').split(/\s+/)];
}
