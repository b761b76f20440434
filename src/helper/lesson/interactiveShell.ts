/** Whether a process is a shell that waits for what somebody types. Called where a lesson finds a new one in front. */
import { processorOfEmulator } from '../../core/procfs/emulated';
import { parseCmdline } from '../../core/procfs/parseCmdline';
import { boundedReads } from '../processes/BoundedReads';
import { maxAuxv, programOf } from '../processes/programOf';
import { readProcFile } from '../processes/readProcFile';
import { readStat } from '../processes/readStat';
import { isUntold } from '../processes/ProcFiles';
import { isShell } from './shellSetup';

/** Bytes of a command line that are looked at. */
const maxCmdline = 4096;

/**
 * @returns the shell's name; undefined for another program, for a shell that runs a script or `-c`, for a
 * subshell, which reads no commands (`… | while read line`), and for what has ended
 */
export function interactiveShell(pid: number): Promise<string | undefined> {
  return boundedReads.ask(pid, async () => {
    const stat = await readStat(`/proc/${pid}`);
    // While it runs its own start-up files it is not asleep, or a child of it is in front.
    if (!stat || stat.state !== 'S' || stat.forkedOnly || !isShell(stat.comm)) return undefined;
    const read = (name: string, limit: number) =>
      readProcFile(`/proc/${pid}/${name}`, limit).catch((error: unknown) => {
        if (!isUntold(error)) throw error;
        return Buffer.alloc(0);
      });
    const called = parseCmdline(await read('cmdline', maxCmdline));
    const auxv =
      processorOfEmulator(called[0]) === undefined ? undefined : await read('auxv', maxAuxv);
    const { argv } = programOf(called, `/proc/${pid}/`, () => auxv);
    return takesCommands(argv) ? stat.comm : undefined;
  });
}

/** Options of bash(1) that have a value of their own. */
const withValue = new Set(['--rcfile', '--init-file', '-O', '+O', '-o', '+o']);

/** Applets of BusyBox that are one. */
const busyboxShells = new Set(['sh', 'ash', 'hush']);

/** @param argv of a shell @returns false where it has a script or `-c` */
export function takesCommands(argv: readonly string[]): boolean {
  // `busybox sh`: the applet's name is no script. `busybox ps -o pid,comm` has an option of bash's.
  const isBusybox = /(^|\/)busybox$/.test(argv[0] ?? '');
  if (isBusybox && !busyboxShells.has(argv[1] ?? '')) return false;
  const from = isBusybox ? 2 : 1;
  for (let at = from; at < argv.length; at++) {
    const word = argv[at]!;
    if (withValue.has(word)) at++;
    else if (!/^[-+]/.test(word)) return false;
    else if (/^-[a-zA-Z]*c/.test(word)) return false;
  }
  return argv.length > 0;
}
