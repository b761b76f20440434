/**
 * Finds the BusyBox that a new rootfs is made from. It has to be static: an empty rootfs holds no
 * loader and no libraries. Called by "New Container" and by the doctor.
 */
import { realpath } from 'node:fs/promises';
import { TerrariumError } from '../errors';
import { runTool } from '../fs/runTool';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { readElf } from './elf';
import { codeOf } from './fileProblem';
import { busyboxPackage, readOsRelease } from './busyboxPackage';

export interface Busybox {
  /** Real path of the program. */
  readonly path: string;
  /** What it can be called as: `sh`, `ls`, `[`. */
  readonly applets: readonly string[];
}

export interface FindBusyboxOptions {
  /** Absolute paths to look at, in this order. */
  readonly candidates?: readonly string[];
  /** Text of os-release(5), for the remedy; the machine's own where it is left out. */
  readonly osRelease?: string;
}

/** Where distributions put it; the names of packages that are static by name come first. */
const usualPlaces = [
  '/bin/busybox.static',
  '/usr/bin/busybox-static',
  '/usr/bin/busybox',
  '/bin/busybox',
  '/usr/sbin/busybox',
  '/sbin/busybox',
];

/** `busybox --list` takes milliseconds; a machine under load gets this long. */
const listTimeoutMs = 10_000;

/**
 * @throws TerrariumError `busybox-missing`, `busybox-dynamic` (only dynamically linked ones found),
 *   `busybox-broken` (it does not list its applets), each naming the package to install
 */
export async function findBusybox(options: FindBusyboxOptions = {}): Promise<Busybox> {
  const dynamic: string[] = [];
  for (const candidate of options.candidates ?? usualPlaces) {
    const file = await existing(candidate);
    if (file === undefined) continue;
    const elf = await readElf(file);
    if (elf?.static) return { path: file, applets: await listApplets(file) };
    dynamic.push(file);
  }
  const { name, command } = busyboxPackage(options.osRelease ?? (await readOsRelease()));
  const remedy = `Install the package "${name}"${command ? `: sudo ${command.join(' ')}` : ''}.`;
  if (dynamic.length === 0)
    throw new TerrariumError('busybox-missing', 'BusyBox is not installed.', remedy);
  throw new TerrariumError(
    'busybox-dynamic',
    `${dynamic.map(escapeControlCharacters).join(', ')} is dynamically linked and cannot run in a new rootfs, which holds no libraries.`,
    remedy,
  );
}

/** Links are followed: these are the host's own places. */
async function existing(file: string): Promise<string | undefined> {
  try {
    return await realpath(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

async function listApplets(file: string): Promise<string[]> {
  const { stdout, reason } = await runTool(file, ['--list'], { timeout: listTimeoutMs });
  if (reason !== undefined) throw broken(file, escapeControlCharacters(reason));
  const applets = stdout.split('\n').filter((name) => /^[A-Za-z0-9_.+[-]+$/.test(name));
  if (!applets.includes('sh')) throw broken(file, 'its list has no "sh"');
  return applets.filter((name) => name !== 'busybox' && !/^\.+$/.test(name));
}

function broken(file: string, reason: string): TerrariumError {
  return new TerrariumError(
    'busybox-broken',
    `${escapeControlCharacters(file)} does not list its applets: ${reason}.`,
    'Install BusyBox anew.',
  );
}
