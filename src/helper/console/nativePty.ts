/** The two native functions of node-pty that make a pseudo-terminal without a process. Used by Pty.ts alone. */
import { native } from 'node-pty';

/** What node-pty's own typings leave out (its src/unix/pty.cc: PtyOpen, PtyResize). */
interface NativePty {
  open(cols: number, rows: number): { master: number; slave: number; pty: string };
  resize(fd: number, cols: number, rows: number, xPixel: number, yPixel: number): void;
}

declare module 'node-pty' {
  /** Not part of node-pty's public API, so its version is pinned exactly in package.json. */
  export const native: unknown;
}

/** Both descriptors lack FD_CLOEXEC: see `onTerminal.ts` for what keeps them out of children. */
export const nativePty = native as NativePty;
