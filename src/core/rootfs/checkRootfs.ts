/**
 * Looks through a rootfs for what would fail in a container and is hard to see from outside: programs whose loader,
 * libraries or interpreter are missing, links that lead nowhere, files that everybody may change. Reads only, follows
 * no link out of the rootfs, and runs nothing. In a process of its own: file system calls may block.
 */
import { closeSync } from 'node:fs';
import type { Bundle } from '../bundle/loadBundle';
import { type ElfInfo, elfOf } from '../bundle/elf';
import { readAccounts } from '../bundle/passwd';
import { destinationOf } from '../config/mountKinds';
import { codeOf } from '../fs/codeOf';
import type { OpenFile } from '../fs/files';
import { enter, identify } from '../fs/heldFolders';
import { isBelow } from '../fs/isBelow';
import { lookBudget } from '../fs/lookBudget';
import { openDirectoryNoFollow, pathOf } from '../fs/openDirectoryNoFollow';
import { withFileInside } from '../fs/openInside';
import { isRefused, openRegular } from '../fs/readBounded';
import { type Visited, type Way, namesOf, walkTree } from '../fs/walkTree';
import { Libraries } from './Libraries';
import { Owners } from './Owners';
import { type ReadCapabilities, ProgramCapabilities } from './ProgramCapabilities';
import type { RootfsCheck, RootfsMark } from '../../protocol/rootfsCheck';
import type { RootfsFault } from './RootfsFault';
import { linkFault, targetInside } from './linkFaults';
import { type ProgramChecks, programFaults } from './programFaults';
import { Told } from './Told';
import { wholeFaults } from './wholeFaults';

export interface CheckRootfsOptions {
  /** Paths of files or folders inside, which alone are looked at; `/` for all. */
  readonly places?: readonly string[];
  /** Whether the ids of files are those that the container has: for root. */
  readonly sameIds: boolean;
  /** Without it they are not told. */
  readonly readCapabilities?: ReadCapabilities | undefined;
  readonly signal?: AbortSignal;
}

const anyExecute = 0o111n;
const types = 0o170000n;
const [regular, folder, link, character, block] = [
  0o100000n,
  0o040000n,
  0o120000n,
  0o020000n,
  0o060000n,
];
/** Everybody's by custom. */
const everybodys = /^\/(?:dev|proc|sys|run|tmp|var\/tmp)(?:\/|$)/;

/**
 * What concerns the rootfs as a whole is told in any case: it takes a few looks.
 * @throws TerrariumError `folder-moved`, `mounted-below`; the signal's reason
 */
export async function checkRootfs(
  bundle: Bundle,
  { places = ['/'], sameIds, readCapabilities, signal }: CheckRootfsOptions,
): Promise<RootfsCheck> {
  const { rootfs, config } = bundle;
  const variable = (name: string) =>
    config.process.env.findLast((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const checks: ProgramChecks = {
    ...{ rootfs, signal, machine: await machineOf(rootfs, signal) },
    libraries: new Libraries(rootfs, variable('LD_LIBRARY_PATH'), signal),
    searched: (variable('PATH') ?? '/usr/bin:/bin').split(':').filter(Boolean),
  };
  const told = new Told();
  const owners = sameIds ? new Owners(await readAccounts(rootfs)) : undefined;
  const destinations = config.mounts.map(destinationOf);
  const mounted = (inside: string) => destinations.some((one) => isBelow(inside, one));
  const top = await openDirectoryNoFollow(rootfs);
  const capabilities =
    readCapabilities &&
    new ProgramCapabilities((paths) => readCapabilities(top, paths), told.mark.bind(told));
  try {
    for (const place of places) {
      const names = place
        .split('/')
        .filter(Boolean)
        .map((one) => Buffer.from(one));
      const held = await below(top, names.slice(0, -1));
      if (!held) {
        told.missing.push(place);
        continue;
      }
      const namesAt = (way: Way | undefined) => [...names, ...namesOf(way)];
      const insideOf = (way: Way | undefined) => `/${namesAt(way).map(String).join('/')}`;
      const walk = walkTree(held, names.at(-1) ?? Buffer.from('.'), (way) =>
        told.close(insideOf(way)),
      );
      const known = told.files;
      try {
        for await (const one of walk) {
          try {
            signal?.throwIfAborted();
            told.files++;
            const inside = insideOf(one.way);
            owners?.meet(one, inside);
            const target = isLink(one) ? await targetInside(rootfs, inside, signal) : undefined;
            const unread = () => told.close(inside);
            for (const fault of await faultsOf(one, inside, target, { ...checks, mounted, unread }))
              told.fault(fault);
            for (const kind of marksOf(one, target)) told.mark({ kind, path: inside });
            if (isProgram(one)) capabilities?.meet(inside, namesAt(one.way));
          } finally {
            closeSync(one.fd);
          }
        }
      } catch (error) {
        // What a place was named for may be gone by now.
        if (told.files > known) throw error;
        unlessMissing(error);
        told.missing.push(place);
      } finally {
        await held.close();
      }
    }
    capabilities?.read();
  } finally {
    await top.close();
  }
  for (const fault of await wholeFaults(bundle, signal)) told.fault(fault);
  // A few files say little of whose the others are.
  if (places.includes('/')) for (const fault of owners?.faults() ?? []) told.fault(fault);
  return told.result();
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

interface FileChecks extends ProgramChecks {
  /** Whether config.json has something mounted at or above a path. */
  readonly mounted: (inside: string) => boolean;
  /** To be called where the file may not be read. */
  readonly unread: () => void;
}

function unlessRefused(error: unknown): undefined {
  if (!isRefused(error)) throw error;
}

async function faultsOf(
  one: Visited,
  inside: string,
  target: string | undefined,
  checks: FileChecks,
): Promise<RootfsFault[]> {
  const { mode } = one.stat;
  const type = mode & types;
  const { rootfs, signal, mounted } = checks;
  if (target !== undefined) {
    const fault = await linkFault(rootfs, inside, target, mounted, lookBudget(signal));
    return fault ? [fault] : [];
  }
  const open = type === folder ? (mode & 0o1002n) === 0o2n : type === regular && (mode & 2n) !== 0n;
  const faults: RootfsFault[] =
    open && !everybodys.test(inside)
      ? [
          {
            ...{ code: 'world-writable', severity: 'warning', path: inside },
            message:
              type === folder
                ? 'Everybody may create, rename and delete what is in this folder: it has no sticky bit.'
                : 'Everybody may write to this file.',
          },
        ]
      : [];
  if (!isProgram(one)) return faults;
  const handle = await openRegular(pathOf(one), inside).catch(unlessRefused);
  if (!handle) {
    checks.unread();
    return faults;
  }
  try {
    return [...faults, ...(await programFaults(checks, inside, handle))];
  } finally {
    await handle.close();
  }
}

function marksOf(one: Visited, target: string | undefined): RootfsMark['kind'][] {
  const { mode } = one.stat;
  const type = mode & types;
  if (type === character || type === block) return ['device'];
  if (type === regular)
    return [
      ...((mode & 0o4000n) !== 0n ? (['setuid'] as const) : []),
      ...((mode & 0o2000n) !== 0n ? (['setgid'] as const) : []),
    ];
  return target?.startsWith('/') === true ? ['absolute-link'] : [];
}

function isProgram({ stat }: Visited): boolean {
  return (stat.mode & types) === regular && (stat.mode & anyExecute) !== 0n;
}

function isLink({ stat }: Visited): boolean {
  return (stat.mode & types) === link;
}
