/**
 * The program that an emulator runs, from the arguments of the emulator. binfmt_misc puts the emulator and the path of
 * the program before them, and with its flag P argv[0] of the program behind that path (fs/binfmt_misc.c). Pure.
 */
import path from 'node:path';

/** AT_FLAGS of the auxiliary vector (getauxval(3)), and its bit for the flag P (linux/binfmts.h). */
const [atFlags, preservesArgv0] = [8n, 1n];

export interface EmulatedProgram {
  /** In the word of qemu: `aarch64`. */
  readonly processor: string;
  /** Its own arguments. */
  readonly argv: readonly string[];
}

/** Names of emulators, where distributions register them: qemu-aarch64-static, qemu-binfmt/aarch64-binfmt-P. */
const emulator = /(?:^|\/)(?:qemu-([a-z0-9_]{2,16})(?:-static)?|([a-z0-9_]{2,16})-binfmt-P)$/;

/** Emulators of whole machines, and other programs of qemu. */
const others = /^(system|img|nbd|io|ga|pr|storage|edid|keymap|bridge|vmsr)/;

/** @returns the processor that a program of that name emulates */
export function processorOfEmulator(file: string | undefined): string | undefined {
  const [, qemu, binfmt] = (file === undefined ? null : emulator.exec(file)) ?? [];
  const processor = qemu ?? binfmt;
  return processor === undefined || others.test(processor) ? undefined : processor;
}

/**
 * @param argv of the process
 * @param tells what else of /proc tells: read for what looks like an emulator alone, undefined where it is not told
 * @returns undefined for every other program, and for an emulator that somebody has called with options
 */
export function emulatedProgram(
  argv: readonly string[],
  tells: { readonly exe: () => string | undefined; readonly auxv: () => Buffer | undefined },
): EmulatedProgram | undefined {
  const [file, program, ...behind] = argv;
  const processor = processorOfEmulator(file);
  if (processor === undefined || program === undefined || /^(-|$)/.test(program)) return undefined;
  const exe = tells.exe();
  // A program may call itself as it likes; what is executed is the kernel's word.
  if (exe !== undefined && processorOfEmulator(withoutMark(exe)) === undefined) return undefined;
  const keeps = isPreserved(tells.auxv()) && behind.length > 0;
  return { processor, argv: keeps ? behind : [program, ...behind] };
}

/** proc_pid_exe(5) */
function withoutMark(exe: string): string {
  return path.posix.normalize(exe.replace(/ \(deleted\)$/, ''));
}

/** Pairs of numbers as wide as those of this machine. */
function isPreserved(auxv: Buffer | undefined): boolean {
  for (let at = 0; auxv && at + 16 <= auxv.length; at += 16)
    if (auxv.readBigUInt64LE(at) === atFlags)
      return (auxv.readBigUInt64LE(at + 8) & preservesArgv0) !== 0n;
  return false;
}
