/** Opens a further shell: in a container that runs, or at the step before which its start waits. Used by ManagedContainer.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { TerminalSize } from '../console/pty/Pty';
import type { LaunchedContainer, SessionCommand, WaitingPid1 } from '../engine/shared/Engine';
import { sessionPlace } from '../engine/shared/sessionPlace';
import type { ProcessName } from '../processes/processName';
import type { ReaderThread } from '../processes/ReaderThread';
import type { Launcher } from './Launcher';
import type { Sessions } from './Sessions';
import type { StepwiseStart } from './StepwiseStart';

/** What it needs of the container. */
export interface SessionHost {
  readonly bundle: Bundle;
  readonly launcher: Launcher;
  readonly sessions: Sessions;
  /** Of a start that waits. */
  readonly waits: StepwiseStart | undefined;
  readonly isPaused: boolean;
  readonly isLive: () => boolean;
  /** @throws TerrariumError `not-running` */
  readonly running: () => LaunchedContainer;
  /** @throws TerrariumError `not-running`, `no-procfs` */
  readonly processes: () => ReaderThread;
}

/** As whom: a name or number of the rootfs's passwd; the process whose folder and user it gets. */
export interface SessionOf {
  readonly user?: string | undefined;
  readonly beside?: ProcessName | undefined;
}

/**
 * @returns the name of the new stream
 * @throws TerrariumError `not-running`, `paused`, those of `sessionCommand`; with `beside` `no-procfs`,
 *   `process-gone` and those of `sessionPlace`; of a start that waits `no-pid1-yet`, `session-host-root`
 */
export async function openSession(
  host: SessionHost,
  args: readonly string[],
  size: TerminalSize,
  { user, beside }: SessionOf,
): Promise<string> {
  const { bundle, launcher, sessions, waits } = host;
  if (host.isPaused) {
    throw new TerrariumError(
      'paused',
      `“${escapeControlCharacters(bundle.name)}” is paused: a shell in it would not move either.`,
      'Resume it first.',
    );
  }
  const target = () => (waits && !beside ? waits.waitingPid1() : host.running());
  const { pid, startTime } = beside ?? {};
  const place =
    pid === undefined
      ? undefined
      : sessionPlace(pid, await host.processes().inspect(pid, startTime!, false));
  const found = target();
  const command =
    onHostRoot(bundle, found, args, user) ?? (await launcher.session(found, args, { user, place }));
  const entered = target(); // it may have ended, or gone on, meanwhile
  const stream = await sessions.start(entered, command, args, size);
  if (!host.isLive()) sessions.kill(stream);
  return stream;
}

function onHostRoot(
  { name }: Bundle,
  target: LaunchedContainer | WaitingPid1,
  args: readonly string[],
  user: string | undefined,
): SessionCommand | undefined {
  if (!('onHostRoot' in target) || !target.onHostRoot) return undefined;
  if (user === undefined) return target.onHostRoot(args);
  throw new TerrariumError(
    'session-host-root',
    `PID 1 of “${escapeControlCharacters(name)}” still has the root of this machine, so a user of the rootfs is nobody there.`,
    'Open the shell without a user, or run the steps up to the one after pivot_root first.',
  );
}
