/** Parses `/proc/PID/stat`. Called by the helper's process reader, on every tick for every process. */
import { type ProcessState, processStates } from '../../protocol/processState';

/** What the process tree needs of proc_pid_stat(5); PIDs as that procfs instance counts them. */
export interface ProcessStat {
  readonly pid: number;
  /** Field 2, raw: up to 15 bytes that the process chose, newlines and escape sequences included. */
  readonly comm: string;
  readonly state: ProcessState;
  readonly ppid: number;
  /** Field 5: PID of the leader of its process group, which may have ended. */
  readonly processGroup: number;
  /** Field 6: PID of the leader of its session, which may have ended. */
  readonly session: number;
  /** Field 7, `tty_nr`: the number of its controlling terminal; 0 where it has none. */
  readonly terminal: number;
  /** Field 8, `tpgid`: the process group in front on that terminal; 0 where there is none. */
  readonly foregroundGroup: number;
  /** Field 9 has PF_KTHREAD: a thread of the kernel, no program. */
  readonly kernelThread: boolean;
  /** Field 9 has PF_FORKNOEXEC: it still is the program of its parent, as a subshell is. */
  readonly forkedOnly: boolean;
  /** Field 20; a main thread that has ended counts until its process is reaped. */
  readonly threads: number;
  /** Fields 14 and 15 added up: clock ticks (hundredths of a second) on a CPU, in user and kernel mode. */
  readonly cpuTicks: number;
  /** Field 19: -20 (gets most) to 19. */
  readonly nice: number;
  /** Field 22, clock ticks since boot, as digits: the kernel's 64-bit number. */
  readonly startTime: string;
  /** Field 24, in pages. */
  readonly rssPages: number;
  /**
   * Fields 26–28, 48 and 49 (where code, stack and arguments lie): changes with execve(2) and with
   * PR_SET_MM. All zero for a zombie and where the reader may not ptrace the process.
   */
  readonly image: string;
}

/** include/linux/sched.h */
const PF_FORKNOEXEC = 0x0000_0040;
const PF_KTHREAD = 0x0020_0000;

const [openParenthesis, closeParenthesis] = [0x28, 0x29];

/**
 * The name may itself hold `) R 1`, so it ends at the *last* parenthesis: all that follows is numbers.
 * @throws Error where the text is no stat line; Linux 5.4 to 6.18 write 52 fields, more may come.
 */
export function parseStat(content: Buffer): ProcessStat {
  const open = content.indexOf(openParenthesis);
  const close = content.lastIndexOf(closeParenthesis);
  // fields[0] is field 3 of the manual page.
  const fields = content
    .toString('latin1', close + 2)
    .trimEnd()
    .split(' ');
  const pid = content.toString('latin1', 0, Math.max(open, 0)).trimEnd();
  const startTime = fields[19];
  if (open < 0 || close < open || !isNumber(pid) || !isNumber(startTime) || fields.length < 22) {
    throw new Error(`not a line of /proc/PID/stat: ${JSON.stringify(start(content))}`);
  }
  return {
    pid: Number(pid),
    comm: content.toString('utf8', open + 1, close),
    state: processStates.find((state) => state === fields[0]) ?? '?',
    ppid: count(fields[1]),
    processGroup: count(fields[2]),
    session: count(fields[3]),
    terminal: count(fields[4]),
    foregroundGroup: count(fields[5]),
    kernelThread: (count(fields[6]) & PF_KTHREAD) !== 0,
    forkedOnly: (count(fields[6]) & PF_FORKNOEXEC) !== 0,
    threads: count(fields[17]),
    cpuTicks: count(fields[11]) + count(fields[12]),
    nice: Number(fields[16]),
    startTime,
    rssPages: count(fields[21]),
    image: [...fields.slice(23, 26), ...fields.slice(45, 47)].join(' '),
  };
}

/** Of a thread. State of a process is that of its main thread: others of it may run on. */
export function hasEnded(state: ProcessState | undefined): boolean {
  return state === 'Z' || state === 'X';
}

/** Of a process, its other threads among it. In a zombie the kernel counts the main thread alone. */
export function allHaveEnded({ state, threads }: Pick<ProcessStat, 'state' | 'threads'>): boolean {
  return hasEnded(state) && threads <= 1;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text);
}

/** Never negative: `rss` can be, for a moment, in a kernel that counts per CPU. */
function count(text: string | undefined): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function start(content: Buffer): string {
  return content.toString('latin1', 0, 80);
}
