/**
 * Says before a start whether the program of a bundle can run at all, and if not why: the kernel's
 * own answer to most of these is "No such file or directory". Called by the helper; exit codes as
 * a shell's (POSIX, 2.8.2): 127 not found, 126 found but not executable.
 */
import { constants } from 'node:fs';
import { type OpenFile, access } from '../fs/files';
import os from 'node:os';
import type { OciConfig } from '../config/schema';
import { isOnLayer } from '../config/scratchLayer';
import { TerrariumError } from '../errors';
import { firstOf } from '../text/firstOf';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { binfmtHandles, enabledHandlers } from './binfmt';
import { type Emulation, type EmulationPlaces, emulationOf, usualPlaces } from './emulation';
import { findCommand, whyNotExecutable } from './findCommand';
import { hostRuns } from './machine';
import { type ElfInfo, elfOf } from './elf';
import { processorOf } from './emulators';
import { parseShebang, shebangBytes } from './shebang';
import { mayBeInLayer } from './mayBeInLayer';
import { mountedAt, withoutLinks } from './mountedAt';
import { type MountedAt, lookBudget } from '../fs/lookBudget';
import { statInside, withFileInside } from '../fs/openInside';
import { readAt } from '../fs/readBounded';
import { codeOf } from '../fs/codeOf';
import { commandExitCode } from './commandExitCode';

/** The program cannot run; `exitCode` is what a shell would return. */
export class CommandError extends TerrariumError {
  /** The program of another processor, as a path inside. */
  foreign?: string;

  get exitCode(): 126 | 127 {
    return commandExitCode(this);
  }
}

const ofConfig = 'Correct process.args in config.json, or put an executable program there.';

/** One without config.json. */
const ofPlainFolder =
  'Started as it is, a folder runs the shell of root in its etc/passwd, or /bin/sh: put one there, or name the folder that is the root filesystem.';

export interface CheckOptions {
  readonly remedy?: string;
  readonly machine?: string;
  readonly places?: Omit<EmulationPlaces, 'machine'>;
  /** Of a container that runs: what it emulates, where it does. It can register nothing more. */
  readonly running?: { readonly emulation: Emulation | undefined };
  readonly signal?: AbortSignal | undefined;
}

export interface CheckedCommand {
  /** Where it was found, as a path inside. */
  readonly inside: string;
  /** How it runs, where it is for another processor. */
  readonly emulation?: Emulation;
}

/** Of the places that were looked at. */
const namesShown = 12;

/** The kernel gives up on a chain of `#!` longer than this (fs/exec.c). */
const maxInterpreters = 5;

/**
 * Looks for `process.args[0]` as execvp(3) would and follows its loader or interpreter, in the rootfs and in what
 * `mounts` binds there. What lies behind another mount cannot be known before it is made and passes.
 * @param bundle its `path` is the rootfs where it is a plain folder
 * @param remedy what to do about a program that is not there or none
 * @param machine as `uname -m` has it
 * @param signal ends it; what it throws then is the signal's reason
 * @returns undefined where a mount hides it
 * @throws CommandError `command-missing`, `path-missing`, `path-unending`, `rootfs-closed`, `command-not-executable`,
 *   `loader-missing`, `foreign-architecture`
 */
export async function checkCommand(
  bundle: { readonly rootfs: string; readonly config: OciConfig; readonly path?: string },
  {
    remedy = bundle.path === bundle.rootfs ? ofPlainFolder : ofConfig,
    machine = os.machine(),
    places = usualPlaces,
    running,
    signal,
  }: CheckOptions = {},
): Promise<CheckedCommand | undefined> {
  const options = { remedy, places: { ...places, machine }, running, signal };
  const { path: folder, rootfs, config } = bundle;
  try {
    return await lookThrough(bundle, options);
  } catch (error) {
    // What is missing in the rootfs may be in the layer; where it is not, execve(2) says so.
    if (error instanceof CommandError && folder !== undefined && isOnLayer(config)) {
      const { foreign } = error;
      const places = { path: folder, rootfs };
      if (!foreign || (await mayBeInLayer(places, config.process, foreign, signal)))
        return undefined;
    }
    throw error;
  }
}

async function lookThrough(
  bundle: Looked,
  options: LookOptions,
): Promise<CheckedCommand | undefined> {
  const { signal } = options;
  try {
    return await look(bundle, mountedAt(bundle), options);
  } catch (error) {
    if (!(error instanceof CommandError) || bundle.config.mounts.length === 0) throw error;
    // A link of the rootfs may be on the way to what a mount brings.
    const mounts = await withoutLinks(bundle, signal);
    return look(bundle, mountedAt({ ...bundle, config: { mounts } }), options);
  }
}

interface LookOptions extends Pick<CheckOptions, 'running' | 'signal'> {
  readonly remedy: string;
  readonly places: EmulationPlaces;
}

type Looked = { readonly rootfs: string; readonly config: OciConfig };

async function look(
  bundle: Looked,
  mounted: MountedAt,
  options: LookOptions,
): Promise<CheckedCommand | undefined> {
  const { rootfs, config } = bundle;
  const { remedy, signal } = options;
  const command = config.process.args[0];
  const found = await findCommand(rootfs, config.process, mounted, signal);
  if (found.kind === 'hidden') return undefined;
  const shown = escapeControlCharacters(command);
  if (found.kind === 'missing' && (await isClosed(rootfs)))
    throw new CommandError(
      'rootfs-closed',
      `You may not look into ${escapeControlCharacters(rootfs)}, where "${shown}" would be.`,
      'Start it as the user that it belongs to or with sudo, or change its permissions.',
    );
  if (found.kind === 'missing')
    throw new CommandError(
      'command-missing',
      `The command "${shown}" does not exist in the rootfs (looked at ${firstOf(found.tried.map(escapeControlCharacters), namesShown, (more) => `${more} more`).join(', ')}).`,
      remedy,
    );
  if (found.kind === 'no-path')
    throw new CommandError(
      'path-missing',
      `process.env sets no PATH, so there is no folder to look for "${shown}" in.`,
      'Add PATH=/usr/bin:/bin to process.env in config.json, or give the whole path of the program.',
    );
  if (found.kind === 'unending')
    throw new CommandError(
      'path-unending',
      `PATH in process.env names too many folders, or too winding ways, to look for "${shown}" in.`,
      'Shorten PATH in config.json, or give the whole path of the program.',
    );
  if (found.kind === 'not-executable')
    throw notExecutable(
      `"${shown}" (${escapeControlCharacters(found.inside)}) ${found.reason}`,
      remedy,
    );

  let { inside } = found;
  let emulation: Emulation | undefined;
  const checked = () => ({ inside: found.inside, ...(emulation ? { emulation } : {}) });
  for (let depth = 0; depth <= maxInterpreters; depth++) {
    const program = await programAt(bundle, inside, mounted, { ...options, known: emulation });
    const needed = program.interpreter;
    emulation ??= program.emulation;
    if (needed === undefined) return checked();
    const budget = lookBudget(signal, mounted);
    const next = await statInside(rootfs, needed, budget);
    if (budget.isUnknown) return checked();
    if (next === undefined)
      throw new CommandError(
        'loader-missing',
        `"${escapeControlCharacters(inside)}" needs ${escapeControlCharacters(needed)}, which does not exist in the rootfs.`,
        'Put it there with the libraries it belongs to, or use a statically linked program.',
      );
    const reason = whyNotExecutable(next);
    if (reason !== undefined)
      throw notExecutable(
        `"${escapeControlCharacters(inside)}" needs ${escapeControlCharacters(needed)}, which ${reason}`,
        remedy,
      );
    inside = needed;
  }
  throw notExecutable(
    `"${shown}" is a script whose interpreter is a script, too many times over`,
    remedy,
  );
}

async function isClosed(folder: string): Promise<boolean> {
  const error: unknown = await access(folder, constants.X_OK).catch((reason: unknown) => reason);
  return codeOf(error) === 'EACCES';
}

interface Program {
  /** The ELF loader or `#!` interpreter that it needs, as a path inside the container. */
  readonly interpreter?: string | undefined;
  readonly emulation?: Emulation;
}

async function programAt(
  bundle: Looked,
  inside: string,
  mounted: MountedAt,
  options: LookOptions & { readonly known: Emulation | undefined },
): Promise<Program> {
  const { rootfs } = bundle;
  const { remedy, places, running, signal, known } = options;
  const read = async (handle: OpenFile) => ({
    start: await readAt(handle, 0, shebangBytes),
    elf: await elfOf(handle),
  });
  const looked = await withFileInside(rootfs, inside, read, lookBudget(signal, mounted)).catch(
    (error: NodeJS.ErrnoException) => {
      // Executable without being readable: the container's root may run what we may not read.
      if (error.code === 'EACCES') return undefined;
      throw error;
    },
  );
  if (!looked) return {};
  const { start, elf } = looked;
  const shebang = parseShebang(start);
  if (shebang) return { interpreter: shebang.interpreter };

  if (!elf) {
    const handlers = running?.emulation?.own ? [] : await enabledHandlers(places.binfmt);
    if (await binfmtHandles(start, rootfs, handlers)) return {};
    // execve(2), ENOEXEC. Only execvp(3) and shells make a script of /bin/sh of it, no runtime.
    if (start.length > 0 && !start.includes(0))
      throw notExecutable(
        `"${escapeControlCharacters(inside)}" is a text file without a #! line, which the kernel does not execute`,
        'Begin it with a line such as #!/bin/sh.',
      );
    throw notExecutable(
      `"${escapeControlCharacters(inside)}" is neither a program for Linux nor a script`,
      remedy,
    );
  }
  const { interpreter } = elf;
  if (hostRuns(elf, places.machine)) return { interpreter };
  // The loader of a program: what emulates that one emulates both.
  if (known && known.processor === processorOf(elf)?.name) return { interpreter, emulation: known };
  return { interpreter, emulation: await emulationFor({ inside, elf, start }, bundle, options) };
}

/** @throws CommandError `foreign-architecture` */
async function emulationFor(
  program: { readonly inside: string; readonly elf: ElfInfo; readonly start: Buffer },
  bundle: Looked,
  { places, running }: LookOptions,
): Promise<Emulation> {
  const { inside, elf } = program;
  const has = running?.emulation;
  if (has && has.processor === processorOf(elf)?.name) return has;
  // What the machine has registered does not hold beside an emulator of the container's own.
  const found = has?.own ? undefined : await emulationOf(program, bundle, places);
  if (found && 'processor' in found && (!running || !found.own)) return found;
  const { why, remedy } =
    found && 'why' in found
      ? found
      : {
          why: 'The container has started without an emulator for it.',
          remedy: 'Have its PID 1 be a program for that processor, and the start registers one.',
        };
  const error = new CommandError(
    'foreign-architecture',
    `"${escapeControlCharacters(inside)}" is built for ${elf.machine}, and this machine is ${places.machine}. ${why}`,
    remedy,
  );
  error.foreign = inside;
  throw error;
}

function notExecutable(problem: string, remedy: string): CommandError {
  return new CommandError('command-not-executable', `${problem}.`, remedy);
}
