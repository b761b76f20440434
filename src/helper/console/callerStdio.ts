/**
 * The caller's standard input, output and error for a payload without a terminal of its own. A terminal
 * among them is copied, never passed on: a process that has it open could push input into it (TIOCSTI,
 * ioctl_tty(2); CVE-2017-5226). Called by `spawnScript` and `launchRuntime`.
 */
import { readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { FilteredOutput } from './callersTerminal';

type Way = 'inherit' | 'pipe';

export interface CallerStdio {
  readonly input: Way;
  readonly output: Way;
  readonly errors: Way;
}

/** @param ofNamed for what others find by a name: files, and devices such as /dev/null */
export function callerStdio(ofNamed: Way = 'inherit'): CallerStdio {
  const way = (descriptor: number): Way => {
    if (isatty(descriptor)) return 'pipe';
    return isNameless(descriptor) ? 'inherit' : ofNamed;
  };
  return { input: way(0), output: way(1), errors: way(2) };
}

/** proc_pid_fd(5) */
function isNameless(descriptor: number): boolean {
  return /^(pipe|socket):\[/.test(readlinkSync(`/proc/self/fd/${descriptor}`));
}

/**
 * Copies for as long as the child runs. Terminal queries are dropped: the payload has no terminal, and the
 * answers would be input of the caller's shell.
 * @param child its ends of the pipes; null or undefined where the descriptor itself was passed on
 * @returns what to call when it has ended
 */
export function copyStdio(child: {
  readonly input?: Writable | null;
  readonly output?: Readable | null;
  readonly errors?: Readable | null;
}): () => void {
  child.input?.on('error', () => undefined); // it reads no more
  if (child.input) process.stdin.pipe(child.input);
  if (child.output) filteredTo(process.stdout, child.output);
  if (child.errors) filteredTo(process.stderr, child.errors);
  return () => {
    if (!child.input) return;
    process.stdin.unpipe(child.input);
    process.stdin.pause(); // or reading it would keep us here
  };
}

/** To a terminal through the filter of `run`; what is none gets the bytes as they are. */
export function filteredTo(caller: NodeJS.WriteStream, output: Readable): void {
  const way = caller.isTTY ? output.pipe(new FilteredOutput(caller, false)) : output;
  way.pipe(caller, { end: false });
}
