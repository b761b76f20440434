/** The two native functions of node-pty that make a pseudo-terminal without a process. Used by Pty.ts and `check`. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TerrariumError, messageOf } from '../../../core/errors';

/** What node-pty's own typings leave out (its src/unix/pty.cc: PtyOpen, PtyResize). */
export interface NativePty {
  /** Both descriptors lack FD_CLOEXEC: see `onTerminal.ts` for what keeps them out of children. */
  open(cols: number, rows: number): { master: number; slave: number; pty: string };
  resize(fd: number, cols: number, rows: number, xPixel: number, yPixel: number): void;
}

let loaded: NativePty | undefined;

/**
 * Loaded when the first terminal is made: without it everything but terminals works.
 * @throws TerrariumError `no-pty` where there is no build of it for this machine
 */
export function nativePty(load: () => unknown = loadNodePty): NativePty {
  if (loaded) return loaded;
  let native: Partial<NativePty> | null | undefined;
  try {
    // Not part of node-pty's public API, so its version is pinned exactly in package.json.
    ({ native } = load() as { native?: Partial<NativePty> | null });
  } catch (error) {
    throw unavailable(messageOf(error), error);
  }
  if (typeof native?.open !== 'function' || typeof native.resize !== 'function')
    throw unavailable('it has no functions open and resize');
  return (loaded = native as NativePty);
}

function loadNodePty(): unknown {
  return createRequire(__filename)('node-pty');
}

function unavailable(reason: string, cause?: unknown): TerrariumError {
  const { arch, platform } = process;
  const library = usesMusl() ? 'musl' : 'glibc';
  return new TerrariumError(
    'no-pty',
    `Terminals need node-pty's native module, and there is none for this machine (${platform}, ${arch}, ${library}).`,
    "Build node-pty with npm on such a machine, in the version that the extension's package.json names, and put its build/Release/pty.node into node_modules/node-pty/build/Release of the extension.",
    { cause: cause ?? new Error(reason) },
  );
}

/** By its program loader, which has a fixed place. */
function usesMusl(): boolean {
  try {
    return readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  } catch {
    return false; // the message says glibc then, as on most machines
  }
}
