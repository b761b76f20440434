/**
 * What happens to an error that nobody caught. Called once by helper.ts, before anything else runs.
 *
 * The helper ends, and its containers with it (`--kill-child`, PR_SET_PDEATHSIG): after such an error
 * nothing is known of its state, and the next start takes away what is left. It says so in one line, with
 * the place in the code, in place of Node's stack trace.
 */
import { messageOf } from '../../core/errors';

/** EX_SOFTWARE of sysexits.h. */
const internalError = 70;
/** As of a program that SIGPIPE ended: Node ignores that signal. */
const brokenPipe = 128 + 13;

/** @param stops whether the command is over when nobody reads what it prints (`plan`, `check`) */
export function installLastResort(stops: boolean): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      // A container goes on without its reader.
      if (stops) process.exit(brokenPipe);
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
