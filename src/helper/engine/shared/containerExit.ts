/** How a container or a session ended, in a number and a sentence. */
import { constants } from 'node:os';
import { parseSignal, signalNumber } from '../../../core/config/stopSignal';
import type { ContainerExit } from '../../../protocol/container';

export function containerExit(
  name: string,
  exitCode: number | undefined,
  signal: string | undefined,
  outputTail: string,
): ContainerExit {
  const by = signal ?? (exitCode === 1 ? signalInWords(outputTail) : undefined);
  if (by !== undefined) {
    const signal = parseSignal(by);
    const number = signal === undefined ? 0 : signalNumber(signal);
    return { code: 128 + number, signal: by, message: `“${name}” was ended by ${by}.` };
  }
  const code = exitCode ?? 255;
  return { code, message: `“${name}” ended with exit code ${code}.` };
}

const byCapsh = /child PID=\d+ terminated by signo=(\d+)\s*$/;

/**
 * The signal that ended a program whose parent returned 1 and only said so: `unshare` of util-linux
 * 2.38 cannot pass SIGKILL on to itself, and capsh(1) passes none on. A program can say the same words
 * and return 1; it could as well have ended itself by that signal.
 * @param outputTail what came last on standard error or the terminal
 */
export function signalInWords(outputTail: string): NodeJS.Signals | undefined {
  if (outputTail.includes('sigprocmask unblock failed')) return 'SIGKILL';
  const number = Number(byCapsh.exec(outputTail)?.[1]);
  return (Object.keys(constants.signals) as NodeJS.Signals[]).find(
    (name) => constants.signals[name] === number,
  );
}
