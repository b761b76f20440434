/**
 * Handles uncaught errors. Called once by helper.ts, before anything else runs.
 *
 * The helper ends, and its containers with it (`--kill-child`, PR_SET_PDEATHSIG): its state is unknown
 * then, and the next start removes what is left. It prints one line with the place in the code, instead of
 * Node's stack trace.
 */
import { messageOf } from '../../core/errors';

/** The exit status of a command that could not do its work. */
export const failedCommand = 125;
/** EX_SOFTWARE of sysexits.h. */
const internalError = 70;
/** The exit status after SIGPIPE, which Node ignores. */
const brokenPipe = 128 + 13;

/** @param stops whether the command ends at EPIPE on its output (`plan`, `check`) */
export function installLastResort(stops: boolean): void {
  for (const name of ['stdout', 'stderr'] as const)
    onErrorOf(name, (error, stream) => {
      // A container goes on without its reader.
      if (error.code === 'EPIPE') {
        if (stops) process.exit(brokenPipe);
        return;
      }
      // A full disk, a terminal that has gone. A message is lost then: the exit status tells.
      if (stream === process.stderr) return;
      process.stderr.write(
        `terrarium: Standard output cannot be written (${messageOf(error)}). Make room there, or send it elsewhere.\n`,
      );
      process.exit(failedCommand);
    });
  const end = (error: unknown) => {
    const place = error instanceof Error ? /^\s+at (.+)$/m.exec(error.stack ?? '')?.[1] : undefined;
    process.stderr.write(
      `terrarium: unexpected error, the helper ends: ${messageOf(error)}${place === undefined ? '' : ` (at ${place})`}. Please report it with this line.\n`,
    );
    process.exit(internalError);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Node makes such a stream when it is first asked for, which takes a millisecond; most containers of `run` need none. */
function onErrorOf(
  name: 'stdout' | 'stderr',
  listener: (error: NodeJS.ErrnoException, stream: NodeJS.WriteStream) => void,
): void {
  const own = Object.getOwnPropertyDescriptor(process, name);
  let made: NodeJS.WriteStream | undefined;
  Object.defineProperty(process, name, {
    ...{ configurable: true, enumerable: true },
    get() {
      if (made) return made;
      const stream = (made = (own?.get?.call(process) ?? own?.value) as NodeJS.WriteStream);
      return stream.on('error', (error: NodeJS.ErrnoException) => listener(error, stream));
    },
  });
}
