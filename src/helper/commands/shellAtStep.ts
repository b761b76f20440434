/** `run --step`: a shell at the step before which the start waits, on the caller's terminal. Called by launchByKeys.ts. */
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { sizeOf } from '../console/callersTerminal';
import { lendTerminal } from '../console/lendTerminal';
import { signalInOutput } from '../engine/shared/containerExit';
import type { WaitingPid1 } from '../engine/shared/Engine';
import { looksHere } from '../engine/looksHere';
import { sessionCommand } from '../engine/shared/sessionCommand';
import { sessionEnd, startSession } from '../server/Session';

/**
 * Resolves when it has ended.
 * @param cancelled ends it
 * @returns how it ended, to be shown
 * @throws TerrariumError those of `sessionCommand`
 */
export async function shellAtStep(
  pid1: WaitingPid1,
  cancelled: AbortSignal,
  onWarning: (warning: string) => void,
): Promise<string> {
  const command = pid1.onHostRoot?.([]) ?? (await sessionCommand(pid1, [], {}, looksHere));
  try {
    const session = await startSession(pid1, command, sizeOf(process.stdout), onWarning);
    const kill = () => void session.kill().catch((error: unknown) => onWarning(messageOf(error)));
    cancelled.addEventListener('abort', kill);
    if (cancelled.aborted) kill();
    if (command.firstLine) onWarning(escapeControlCharacters(command.firstLine));
    const exit = await lendTerminal(session.pty, session.ended).finally(() =>
      cancelled.removeEventListener('abort', kill),
    );
    const said = 'said' in exit ? exit.said?.trim() : undefined;
    if (said && signalInOutput(said) === undefined) onWarning(escapeControlCharacters(said));
    return escapeControlCharacters(sessionEnd(exit, '').message);
  } finally {
    command.release?.();
  }
}
