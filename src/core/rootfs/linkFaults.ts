/** Symbolic links of a rootfs that lead nowhere inside it. Used by checkRootfs.ts. */
import { type LookBudget, lookBudget } from '../fs/lookBudget';
import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { type OpenFile, lstat, readlink } from '../fs/files';
import { below } from '../fs/heldFolders';
import { statInside, withInside } from '../fs/openInside';
import { codeOf } from '../fs/codeOf';
import { leadsNowhere } from '../fs/Walk';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { RootfsFault } from './RootfsFault';

/** What a system makes when it starts, or mounts: links to it lead somewhere then. */
const madeLater = /^\/(?:proc|sys|dev|run|tmp|var\/(?:run|tmp|lock))(?:\/|$)/;

/** MAXSYMLINKS: path_resolution(7) gives up after 40 links. */
const maxLinks = 40;

/** @returns what a link says; undefined where it is none, or gone */
export async function targetInside(
  rootfs: string,
  inside: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { dir, base } = path.posix.parse(inside);
  // readlink(2) of a held link would say where the link lies (proc_pid_fd(5)).
  const read = ({ held }: { readonly held: string }) =>
    readlink(`${held}/${base}`).catch((error: unknown) => {
      if (!leadsNowhere(error)) throw error;
      return undefined;
    });
  return withInside(rootfs, dir, read, lookBudget(signal));
}

/** The same of a link in a held folder. */
export function targetOf(folder: OpenFile, name: Buffer): string | undefined {
  try {
    return readlinkSync(below(folder, name), 'utf8');
  } catch (error) {
    if (!leadsNowhere(error)) throw error;
    return undefined;
  }
}

/** Whether a link of a held folder names a file in that folder, which is no link. Most links of a rootfs do. */
export function leadsToNeighbour(folder: OpenFile, target: string): boolean {
  if (/^$|^\.\.?$|[/\0\ufffd]/.test(target)) return false;
  try {
    return !lstatSync(below(folder, Buffer.from(target))).isSymbolicLink();
  } catch (error) {
    if (!leadsNowhere(error)) throw error;
    return false;
  }
}

/**
 * @param inside path of the link
 * @param target as readlink(2) has it
 * @param mounted whether config.json has something mounted at or above a path
 */
export async function linkFault(
  rootfs: string,
  inside: string,
  target: string,
  mounted: (inside: string) => boolean,
  budget: LookBudget,
): Promise<RootfsFault | undefined> {
  const aim = path.posix.resolve(path.posix.dirname(inside), target);
  if (madeLater.test(aim) || madeLater.test(inside) || mounted(aim)) return undefined;
  if ((await statInside(rootfs, inside, budget)) || budget.left < 0) return undefined;
  if (await leadsToItself(rootfs, inside, target, budget))
    return {
      ...{ code: 'link-dangling', severity: 'warning', path: inside },
      message: `This link leads to ${escapeControlCharacters(target)}, and from there back to itself.`,
    };
  // Of a chain of links the last one is at fault, and is met by itself.
  if (await leadsToLink(rootfs, aim, budget)) return undefined;
  return {
    code: 'link-dangling',
    severity: 'warning',
    path: inside,
    message: `This link leads to ${escapeControlCharacters(target)}, which does not exist in the rootfs.`,
  };
}

/** Whether links lead from one to the next, and back to the first. */
async function leadsToItself(
  rootfs: string,
  inside: string,
  target: string,
  budget: LookBudget,
): Promise<boolean> {
  let [at, next]: [string, string | undefined] = [inside, target];
  for (let links = 0; next !== undefined && links < maxLinks; links++) {
    at = path.posix.resolve(path.posix.dirname(at), next);
    if (at === inside) return true;
    next = await targetInside(rootfs, at, budget.signal);
  }
  return false;
}

/** Whether the last name, or one on the way to it, is a link; or whether that is not to be known. */
async function leadsToLink(rootfs: string, aim: string, budget: LookBudget): Promise<boolean> {
  for (let at = aim; at !== '/'; at = path.posix.dirname(at)) {
    const name = path.posix.basename(at);
    const kind = await withInside(
      rootfs,
      path.posix.dirname(at),
      async ({ stat, held }) => {
        if (!stat.isDirectory()) return 'none' as const;
        try {
          return (await lstat(`${held}/${name}`)).isSymbolicLink() ? 'link' : 'other';
        } catch (error) {
          if (!leadsNowhere(error)) throw error;
          return codeOf(error) === 'EACCES' ? 'closed' : 'none';
        }
      },
      budget,
    );
    if (kind === 'link' || kind === 'closed') return true;
    if (kind === 'other') return false;
  }
  return false;
}
