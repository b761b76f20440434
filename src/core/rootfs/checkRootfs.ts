/**
 * Looks through a rootfs for what would fail in a container and is hard to see from outside: programs whose loader,
 * libraries or interpreter are missing, links that lead nowhere, files that everybody may change. Reads only, follows
 * no link out of the rootfs, and runs nothing. In a process of its own: file system calls may block.
 */
import type { Bundle } from '../bundle/loadBundle';
import { type ElfInfo, elfOf } from '../bundle/elf';
import { readAccounts } from '../bundle/passwd';
import { destinationOf } from '../config/mountKinds';
import { codeOf } from '../fs/codeOf';
import type { OpenFile } from '../fs/files';
import { enter, identify } from '../fs/heldFolders';
import { isBelow } from '../fs/isBelow';
import { lookBudget } from '../fs/lookBudget';
import { openDirectoryNoFollow } from '../fs/openDirectoryNoFollow';
import { withFileInside } from '../fs/openInside';
import { isRefused } from '../fs/readBounded';
import { ownMounts } from '../procfs/ownMounts';
import { KnownFiles } from './KnownFiles';
import { Libraries } from './Libraries';
import { Owners } from './Owners';
import { type ReadCapabilities, ProgramCapabilities } from './ProgramCapabilities';
import type { RootfsCheck } from '../../protocol/rootfsCheck';
import { type Place, metFiles } from './metFiles';
import { type FileChecks, seeFile } from './seeFile';
import { Told } from './Told';
import { wholeFaults } from './wholeFaults';

export interface CheckRootfsOptions {
  /** Paths of files or folders inside, which alone are looked at; `/` for all. */
  readonly places?: readonly string[];
  /** Whether the ids of files are those that the container has: for root. */
  readonly sameIds: boolean;
  /** Without it they are not told. */
  readonly readCapabilities?: ReadCapabilities | undefined;
  /** Whether it may change the working directory of this process, which is faster. */
  readonly movesProcess?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * What concerns the rootfs as a whole is told in any case: it takes a few looks.
 * @throws TerrariumError `folder-moved`, `mounted-below`; the signal's reason
 */
export async function checkRootfs(
  bundle: Bundle,
  { places = ['/'], sameIds, readCapabilities, movesProcess = false, signal }: CheckRootfsOptions,
): Promise<RootfsCheck> {
  const { rootfs, config } = bundle;
  const variable = (name: string) =>
    config.process.env.findLast((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const told = new Told();
  const destinations = config.mounts.map(destinationOf);
  const top = await openDirectoryNoFollow(rootfs);
  try {
    const checks: FileChecks = {
      ...{ rootfs, signal, told, machine: await machineOf(rootfs, signal) },
      known: new KnownFiles(rootfs),
      libraries: new Libraries(rootfs, variable('LD_LIBRARY_PATH'), signal),
      searched: (variable('PATH') ?? '/usr/bin:/bin').split(':').filter(Boolean),
      owners: sameIds ? new Owners(await readAccounts(rootfs)) : undefined,
      capabilities:
        readCapabilities &&
        new ProgramCapabilities((paths) => readCapabilities(top, paths), told.mark.bind(told)),
      mounted: (inside) => destinations.some((one) => isBelow(inside, one)),
    };
    const mayHaveMounts = (await ownMounts()).some(
      ({ mountPoint }) => mountPoint !== rootfs && isBelow(mountPoint, rootfs),
    );
    for (const place of places)
      await checkPlace(checks, top, place, { mayHaveMounts, movesProcess });
    checks.capabilities?.read();
    for (const fault of await wholeFaults(bundle, signal)) told.fault(fault);
    // A few files say little of whose the others are.
    if (places.includes('/')) for (const fault of checks.owners?.faults() ?? []) told.fault(fault);
  } finally {
    await top.close();
  }
  return told.result();
}

/** All files of one place are seen, in the order in which they are met. */
async function checkPlace(
  checks: FileChecks,
  top: OpenFile,
  place: string,
  how: Pick<Place, 'mayHaveMounts' | 'movesProcess'>,
): Promise<void> {
  const { told, signal } = checks;
  const names = place
    .split('/')
    .filter(Boolean)
    .map((one) => Buffer.from(one));
  const parent = await below(top, names.slice(0, -1));
  if (!parent) {
    told.missing.push(place);
    return;
  }
  const closed = (inside: string) => told.close(inside);
  const known = told.files;
  try {
    for await (const files of metFiles({ parent, names, closed, ...how }))
      for (const file of files) {
        signal?.throwIfAborted();
        // Of most there is nothing to wait for.
        const seen = seeFile(checks, file);
        if (seen) await seen;
      }
  } catch (error) {
    // What a place was named for may be gone by now.
    if (told.files > known) throw error;
    unlessMissing(error);
    told.missing.push(place);
  } finally {
    await parent.close();
  }
}

/** The shell's: a rootfs is for one machine, and may hold programs of others for other purposes. */
async function machineOf(rootfs: string, signal?: AbortSignal): Promise<ElfInfo | undefined> {
  return withFileInside(rootfs, '/bin/sh', elfOf, lookBudget(signal)).catch(unlessRefused);
}

/** @returns the folder of these names, held; undefined where they lead to none, or through a link */
async function below(
  top: Awaited<ReturnType<typeof openDirectoryNoFollow>>,
  names: readonly Buffer[],
): Promise<OpenFile | undefined> {
  const identity = await identify(top);
  let here = await enter(top, Buffer.from('.'), identity);
  for (const name of names) {
    const next = await enter(here, name, identity).catch(unlessMissing);
    await here.close();
    if (!next) return undefined;
    here = next;
  }
  return here;
}

function unlessMissing(error: unknown): undefined {
  if (!/^(ENOENT|ENOTDIR|ELOOP|ENAMETOOLONG|EACCES)$/.test(codeOf(error) ?? '')) throw error;
}

function unlessRefused(error: unknown): undefined {
  if (!isRefused(error)) throw error;
}
