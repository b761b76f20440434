/** What is wrong with one file of a rootfs, and what is good to know of it. Used by checkRootfs.ts. */
import { constants } from 'node:fs';
import type { RootfsMark } from '../../protocol/rootfsCheck';
import { lookBudget } from '../fs/lookBudget';
import { isRefused } from '../fs/readBounded';
import type { Owners } from './Owners';
import type { ProgramCapabilities } from './ProgramCapabilities';
import type { Told } from './Told';
import { leadsToNeighbour, linkFault, targetInside, targetOf } from './linkFaults';
import { type MetFile, openMet } from './metFiles';
import { type ProgramChecks, programFaults } from './programFaults';

export interface FileChecks extends ProgramChecks {
  readonly rootfs: string;
  readonly told: Told;
  /** Where ids are those that the container has. */
  readonly owners: Owners | undefined;
  /** Where they can be read. */
  readonly capabilities: ProgramCapabilities | undefined;
  /** Whether config.json has something mounted at or above a path. */
  readonly mounted: (inside: string) => boolean;
}

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFBLK } = constants;
const [setuid, setgid, sticky, othersWrite, anyExecute] = [0o4000, 0o2000, 0o1000, 0o002, 0o111];

/** Everybody's by custom. */
const everybodys = /^\/(?:dev|proc|sys|run|tmp|var\/tmp)(?:\/|$)/;

/**
 * Tells what there is to tell.
 * @returns a promise where that takes more than its mode
 */
export function seeFile(checks: FileChecks, file: MetFile): Promise<void> | undefined {
  const { told, owners } = checks;
  const { mode } = file.stat;
  const type = mode & S_IFMT;
  told.files++;
  owners?.meet(file);
  if (type === S_IFLNK) return seeLink(checks, file);
  const isOpen =
    type === S_IFDIR
      ? (mode & (sticky | othersWrite)) === othersWrite
      : type === S_IFREG && (mode & othersWrite) !== 0;
  if (isOpen && !everybodys.test(file.inside()))
    told.fault({
      ...{ code: 'world-writable', severity: 'warning', path: file.inside() },
      message:
        type === S_IFDIR
          ? 'Everybody may create, rename and delete what is in this folder: it has no sticky bit.'
          : 'Everybody may write to this file.',
    });
  const mark = (kind: RootfsMark['kind']) => told.mark({ kind, path: file.inside() });
  if (type === S_IFCHR || type === S_IFBLK) mark('device');
  if (type !== S_IFREG) return undefined;
  if ((mode & setuid) !== 0) mark('setuid');
  if ((mode & setgid) !== 0) mark('setgid');
  return (mode & anyExecute) === 0 ? undefined : seeProgram(checks, file);
}

async function seeLink(checks: FileChecks, file: MetFile): Promise<void> {
  const { rootfs, told, mounted, signal } = checks;
  const path = file.inside();
  const { held } = file.folder;
  // Of a name that is not UTF-8 nothing can be told.
  const isText = !path.includes('\ufffd');
  const target = isText ? targetOf(held, file.name) : await targetInside(rootfs, path, signal);
  if (target === undefined) return;
  if (target.startsWith('/')) told.mark({ kind: 'absolute-link', path });
  if (leadsToNeighbour(held, target)) return;
  const fault = await linkFault(rootfs, path, target, mounted, lookBudget(signal));
  if (fault) told.fault(fault);
}

async function seeProgram(checks: FileChecks, file: MetFile): Promise<void> {
  const { told, capabilities } = checks;
  const inside = file.inside();
  try {
    const handle = await openMet(file, inside);
    if (!handle) return; // something else by now
    try {
      for (const fault of await programFaults(checks, inside, handle)) told.fault(fault);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isRefused(error)) throw error;
    told.close(inside);
  }
  capabilities?.meet(inside, file.names());
}
