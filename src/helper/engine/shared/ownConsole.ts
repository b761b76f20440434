/**
 * The console of an init that is root of this machine. /dev/console is a bind mount of its terminal; its
 * shutdown could remount the machine's devpts read-only through it (`umount -a -r`; mount(2), MS_REMOUNT
 * acts on the superblock). So the terminal is made in a new devpts. It costs a process for as long as the
 * container runs. Called before such a start, by `run` and by the server.
 */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { mayMount } from '../../../core/config/boundingSet';
import { isSystemInit } from '../../../core/config/systemInit';
import { messageOf } from '../../../core/errors';
import { hasUserNamespace } from '../../../core/sequence/userNamespace';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Privilege } from '../../../protocol/container';
import type { ConsoleTerminal, TerminalSize } from '../../console/pty/Pty';
import { ownPrivilege } from '../../host/gatherFacts';
import { hostEnvironment } from '../../host/hostTools';
import { holderCommand } from '../../host/holderCommand';

export function needsOwnConsole(
  { config }: Pick<Bundle, 'config'>,
  privilege: Privilege = ownPrivilege(),
): boolean {
  return (
    privilege === 'root' &&
    config.process.terminal === true &&
    isSystemInit(config) &&
    mayMount(config) &&
    !hasUserNamespace(config, privilege)
  );
}

/** @returns undefined where the machine's devpts must do; the warning says why */
export async function ownConsole(
  size: TerminalSize,
  onWarning: (warning: string) => void,
): Promise<ConsoleTerminal | undefined> {
  try {
    return await openOwnConsole(size);
  } catch (error) {
    onWarning(
      `PID 1 is an init, and its console is one of this machine’s terminals: when it shuts down it may make /dev/pts read-only for all of them. One of its own could not be opened: ${escapeControlCharacters(messageOf(error))}. Add { "type": "user" } to linux.namespaces, or start it rootless.`,
    );
    return undefined;
  }
}

/** @throws Error with the holder's message where it could not open a terminal */
async function openOwnConsole(size: TerminalSize): Promise<ConsoleTerminal> {
  const argv = [...holderCommand('pts'), String(process.geteuid!()), 'apart'];
  const { HeldTerminal } = await import('./HeldTerminal'); // hardly a start needs it
  const terminal = await HeldTerminal.open(argv, hostEnvironment, size);
  const [holder] = terminal.pids;
  const { tty } = terminal;
  if (tty === undefined) throw new Error('the terminal has no name');
  return Object.assign(terminal, {
    path: tty,
    place: `/proc/${holder}/root${tty}`,
    enter: ['nsenter', `--mount=/proc/${holder}/ns/mnt`, '--'],
  });
}
