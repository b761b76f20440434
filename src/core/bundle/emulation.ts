/**
 * How a program for another processor runs in a container: by what the machine has registered in binfmt_misc, or by an
 * emulator that the container registers in a binfmt_misc of its own, which a user namespace may have since Linux 6.7.
 * Called by `checkCommand`; the doctor looks for emulators by it.
 */
import os from 'node:os';
import path from 'node:path';
import { isByHand } from '../config/byHand';
import { runtimeOf } from '../config/engine';
import { mountsProcfs } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { codeOf } from '../fs/codeOf';
import { lstat, realpath, stat } from '../fs/files';
import { binfmtHandles, enabledHandlers } from './binfmt';
import { type ElfInfo, readElf } from './elf';
import { type EmulatedProcessor, binfmtFolder, processorOf, registration } from './emulators';
import { hostRuns } from './machine';

export interface Emulation {
  /** Of the program that is started, in the word of qemu: `aarch64`. */
  readonly processor: string;
  /** What is to be registered for the container alone; absent where the machine has it registered. */
  readonly own?: {
    /** A line for the file `register`. */
    readonly text: string;
    /** Absolute, on the machine. */
    readonly emulator: string;
    /** Handlers of the machine, of which none holds in the container's own binfmt_misc; absent where there are none. */
    readonly hides?: readonly string[];
  };
}

/** Why it cannot run: a sentence each. */
export interface NotEmulated {
  readonly why: string;
  readonly remedy: string;
}

/** What of the machine decides. */
export interface EmulationPlaces {
  /** As `uname -m` and `uname -r` have it. */
  readonly machine: string;
  readonly kernel: string;
  /** Where the kernel has its binfmt_misc. */
  readonly binfmt: string;
  /** Where distributions and administrators put emulators. */
  readonly folders: readonly string[];
  /** To whom an emulator has to belong, with all folders above it. */
  readonly owner: number;
}

export const usualPlaces: Omit<EmulationPlaces, 'machine'> = {
  kernel: os.release(),
  binfmt: binfmtFolder,
  folders: ['/usr/bin', '/usr/local/bin'],
  owner: 0,
};

const ofThisMachine = 'use a rootfs for this machine';

/** Of a program that this machine does not run by itself. @param start its first bytes */
export async function emulationOf(
  { elf, start }: { readonly elf: ElfInfo; readonly start: Buffer },
  { rootfs, config }: { readonly rootfs: string; readonly config: OciConfig },
  places: EmulationPlaces,
): Promise<Emulation | NotEmulated> {
  const processor = processorOf(elf);
  const handlers = await enabledHandlers(places.binfmt);
  if (await binfmtHandles(start, rootfs, handlers))
    return { processor: processor?.name ?? elf.machine };
  if (!processor)
    return { why: 'No emulator for it is known.', remedy: 'Use a rootfs for this machine.' };
  const emulator = await emulatorOfMachine(processor, places);
  if (typeof emulator !== 'string') return emulator;
  const lack = lackOfConfig(config);
  if (lack) return lack;
  const hides = handlers.map(({ name }) => name);
  return {
    processor: processor.name,
    own: {
      text: registration(processor, emulator),
      emulator,
      ...(hides.length > 0 ? { hides } : {}),
    },
  };
}

/** @returns the emulator that a container here can register */
async function emulatorOfMachine(
  processor: EmulatedProcessor,
  places: EmulationPlaces,
): Promise<string | NotEmulated> {
  const packages = 'qemu-user-static';
  if (!hasOwnBinfmt(places.kernel))
    return {
      why: `It is not registered in binfmt_misc, and Linux ${places.kernel} has one for the whole machine only.`,
      remedy: `Install ${packages} and binfmt-support, which register it for the machine; use Linux 6.7 or later, where a container registers its own; or ${ofThisMachine}.`,
    };
  const emulator = await findEmulator(processor, places);
  if (emulator === undefined)
    return {
      why: `There is no qemu-${processor.name}-static in ${places.folders.join(' or ')} that belongs to root and is statically linked.`,
      remedy: `Install the package ${packages}, or ${ofThisMachine}.`,
    };
  if (!(await isThere(places.binfmt)))
    return {
      why: 'The kernel module binfmt_misc is not loaded.',
      remedy: 'Load it: sudo modprobe binfmt_misc.',
    };
  return emulator;
}

/** What a start that registers its own needs of config.json. */
function lackOfConfig(config: OciConfig): NotEmulated | undefined {
  const why = 'It is not registered in the binfmt_misc of this machine';
  const registers =
    'and the built-in engine registers it for the container alone; or have the machine register it (qemu-user-static and binfmt-support)';
  if (runtimeOf(config))
    return {
      why: `${why}, and ${runtimeOf(config)} registers none for a container.`,
      remedy: `Remove the annotation dev.terrarium.engine from config.json, ${registers}.`,
    };
  if (isByHand(config))
    return {
      why: `${why}, and a start by hand registers none for a container.`,
      remedy: `Remove the annotation dev.terrarium.root from config.json, ${registers}.`,
    };
  if (!mountsProcfs(config))
    return {
      why: `${why}, and the container mounts no procfs at /proc, where its own would be.`,
      remedy: 'Add a mount of type proc at /proc to config.json.',
    };
  return undefined;
}

/** Linux 6.7 lets a user namespace mount a binfmt_misc of its own. */
export function hasOwnBinfmt(kernel: string): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).map(Number);
  return major > 6 || (major === 6 && minor >= 7);
}

/**
 * It is executed with all that the programs of a container may do, so it is looked for in fixed places and has to be
 * root's alone. Its loader would be looked for inside, so it has to be a static program.
 */
export async function findEmulator(
  { name }: Pick<EmulatedProcessor, 'name'>,
  { folders, machine, owner }: Pick<EmulationPlaces, 'folders' | 'machine' | 'owner'>,
): Promise<string | undefined> {
  for (const folder of folders)
    for (const file of [`qemu-${name}-static`, `qemu-${name}`]) {
      const place = path.join(folder, file);
      const real = await realpath(place).catch(() => undefined); // not there, or not for us to see
      if (real === undefined || !/^[\w/.+-]+$/.test(real)) continue;
      if (!(await isOwnersAlone(real, owner))) continue;
      const elf = await readElf(real).catch(() => undefined); // no file, or not for us to read
      if (elf?.static && hostRuns(elf, machine)) return real;
    }
  return undefined;
}

/** @param file an absolute path without links */
async function isOwnersAlone(file: string, owner: number): Promise<boolean> {
  for (let here = file; ; here = path.dirname(here)) {
    const { uid, mode } = await lstat(here);
    const isSticky = (mode & 0o1000) !== 0 && here !== file;
    if ((uid !== owner && uid !== 0) || ((mode & 0o022) !== 0 && !isSticky)) return false;
    if (here === path.dirname(here)) return true;
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
