/** How a container or a session ended, in a number and a sentence. */
import { parseSignal, signalNumber } from '../../../core/config/stopSignal';
import type { ContainerExit } from '../../../protocol/container';

/**
 * reboot(2) in a PID namespace ends its PID 1 by a signal. The signal is proof: from inside, a PID 1 gets
 * none without a handler (pid_namespaces(7)), and the kernel forces other ones on it.
 */
const reboots: Readonly<Record<string, 'restart' | 'halt'>> = { SIGHUP: 'restart', SIGINT: 'halt' };

/** @param isInit whether it was PID 1 of a PID namespace of its own, and `signal` is how it ended itself */
export function containerExit(
  name: string,
  exitCode: number | undefined,
  signal: string | undefined,
  outputTail: string,
  isInit = false,
): ContainerExit {
  const by = signal ?? (exitCode === 1 ? signalInOutput(outputTail) : undefined);
  if (by !== undefined) {
    const signal = parseSignal(by);
    const number = signal === undefined ? 0 : signalNumber(signal);
    const reboot = isInit ? reboots[by] : undefined;
    const message =
      reboot === undefined ? `“${name}” was ended by ${by}.` : `“${name}” ${rebootText[reboot]}.`;
    return { code: 128 + number, signal: by, ...(reboot ? { reboot } : {}), message };
  }
  const code = exitCode ?? 255;
  return { code, message: `“${name}” ended with exit code ${code}.` };
}

const rebootText = {
  restart: 'rebooted itself (reboot(2)): that ends a container',
  halt: 'halted itself (reboot(2))',
};

/**
 * The same of runc and crun, which pass a signal on as a shell does: an init ends so by itself, and it
 * could have ended with that code.
 */
export function rebootOrCode(name: string, exit: ContainerExit): ContainerExit {
  const reboot = { 129: 'restart', 130: 'halt' }[exit.code];
  if (exit.signal !== undefined || reboot === undefined) return exit;
  const what = reboot === 'restart' ? 'rebooted' : 'halted';
  return {
    ...exit,
    message: `“${name}” ended with exit code ${exit.code}: it ${what} itself (reboot(2)), or its program ended with that code.`,
  };
}

/**
 * The signal that ended a program whose parent returned 1 and only said so: `unshare` of util-linux
 * 2.38 cannot pass SIGKILL on to itself. A program can say the same words and return 1; it could as well have
 * ended itself by that signal.
 * @param outputTail what came last on standard error or the terminal
 */
export function signalInOutput(outputTail: string): 'SIGKILL' | undefined {
  return outputTail.includes('sigprocmask unblock failed') ? 'SIGKILL' : undefined;
}
