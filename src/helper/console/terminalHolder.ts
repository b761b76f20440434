/**
 * dist/terminal.js: holds one pseudo-terminal. openpty(3) knows no other place than /dev/ptmx, and Node
 * cannot hand a terminal to another process. So this process, in a mount namespace of its own, opens the
 * terminal and carries its bytes: that of a session in the container's devpts, where it starts the
 * session's command too; that of an init in a new devpts, where others open it. It ends when the helper
 * closes either of its sockets. Started by HeldTerminal.ts.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, fchownSync, openSync, symlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { nativePty } from './pty/nativePty';
import { PtyStream } from './pty/PtyStream';
import { withoutInherited } from '../host/withoutInherited';

/** Its descriptors: terminal bytes, JSON lines, and for a session two of the container's devpts (O_PATH). */
export const holderFds = { bytes: 3, words: 4, ptmx: 5, devpts: 6 } as const;

/**
 * Bytes of output on the way to the helper: what Ctrl+C waits for, beside what the helper itself has sent on. Without this
 * window the socket would hold some 200 KB.
 */
export const holderWindow = 32 * 1024;

/**
 * Messages to it: the size, at first and at each change; that another process has the slave open; and how many bytes more
 * the helper has taken of its window.
 */
export const TerminalWord = z.union([
  z.object({ cols: z.number().int(), rows: z.number().int() }),
  z.object({ closeSlave: z.literal(true) }),
  z.object({ taken: z.number().int().min(1) }),
]);
export type TerminalWord = z.infer<typeof TerminalWord>;
/**
 * Its messages: first the PID of the session's first program on the terminal, last the program's exit. For a
 * terminal without a command its own PID, and the slave's path.
 */
export const HolderWord = z.union([
  z.object({ opened: z.number().int(), tty: z.string().optional() }),
  z.object({
    code: z.number().nullable(),
    signal: z.custom<NodeJS.Signals>((value) => typeof value === 'string').nullable(),
  }),
]);
export type HolderWord = z.infer<typeof HolderWord>;

/**
 * @param owner uid of the terminal's user, as this process counts it
 * @param errors `apart` where standard error is the helper's pipe until the program takes its own
 * @param argv the session's command; none where others open the terminal
 */
export function holdTerminal([owner, errors, ...argv]: readonly string[]): void {
  const bytes = new Socket({ fd: holderFds.bytes, readable: true, writable: true });
  const words = new Socket({ fd: holderFds.words, readable: true, writable: true });
  for (const socket of [bytes, words]) socket.on('error', () => socket.destroy());
  words.once('close', () => process.exit(0));
  const say = (word: HolderWord) => void words.write(`${JSON.stringify(word)}\n`);
  let opened: { readonly master: number; readonly stream: PtyStream } | undefined;
  let closeSlave = () => undefined as void;
  let window = holderWindow;
  const lines = createInterface({ input: words });
  lines.on('error', () => undefined); // the socket's own, passed on: its `close` ends this process
  lines.on('line', (line) => {
    const word = TerminalWord.parse(JSON.parse(line));
    if ('closeSlave' in word) {
      closeSlave();
      return;
    }
    if ('taken' in word) {
      window += word.taken;
      if (window > 0) opened?.stream.resume();
      return;
    }
    const { cols, rows } = word;
    if (opened) {
      resize(opened, cols, rows);
      return;
    }
    if (argv.length > 0) {
      symlinkSync(`/proc/self/fd/${holderFds.ptmx}`, '/dev/ptmx');
      symlinkSync(`/proc/self/fd/${holderFds.devpts}`, '/dev/pts');
    }
    const made = nativePty().open(cols, rows);
    // node-pty's slave has O_NONBLOCK, so it is opened anew. O_NOCTTY: not as this process's terminal.
    const slave = openSync(`/proc/self/fd/${made.slave}`, constants.O_RDWR | constants.O_NOCTTY);
    closeSync(made.slave);
    fchownSync(slave, Number(owner), -1);
    if (argv.length > 0) {
      const pid = start(argv, slave, errors === 'apart' ? 'inherit' : slave, say);
      closeSync(slave);
      if (pid === undefined) return; // it ends once that has been said
      say({ opened: pid });
    } else {
      closeSlave = () => {
        closeSync(slave);
        closeSlave = () => undefined;
      };
      say({ opened: process.pid, tty: made.pty });
    }
    const stream = new PtyStream(made.master);
    opened = { master: made.master, stream };
    stream.on('error', () => bytes.destroy());
    stream.on('data', (chunk: Buffer) => {
      window -= chunk.length;
      bytes.write(chunk);
      if (window <= 0) stream.pause();
    });
    stream.once('end', () => bytes.end());
    bytes.pipe(stream);
  });
}

function resize(
  { master, stream }: { readonly master: number; readonly stream: PtyStream },
  cols: number,
  rows: number,
): void {
  if (stream.destroyed) return;
  try {
    nativePty().resize(master, cols, rows, 0, 0);
  } catch {
    // EBADF: the terminal has hung up and is closed.
  }
}

function start(
  argv: readonly string[],
  slave: number,
  stderr: number | 'inherit',
  say: (word: HolderWord) => void,
): number | undefined {
  const [program, ...args] = withoutInherited(argv);
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE; // only for this process
  const child = spawn(program, args, { env, detached: true, stdio: [slave, slave, stderr] });
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    process.exit();
  });
  child.once('exit', (code, signal) => say({ code, signal }));
  return child.pid;
}
