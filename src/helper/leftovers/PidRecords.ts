/**
 * Records on disk of what a killed helper may leave: written while containers run, swept by the next
 * helper of that name. Containers die with their helper (PDEATHSIG, --kill-child) unless, for example, a
 * setuid program has cleared the signal (prctl(2)).
 */
import { constants, promises as files, readFileSync, readlinkSync } from 'node:fs';
import { removeFile, rename, writeFile } from '../../core/fs/files';
import {
  type Guard,
  isCount,
  isListOf,
  isMatch,
  isObject,
  isOptional,
  isTextUpTo,
} from '../../core/guards';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { statusNumbers } from '../../core/procfs/parseStatus';
import { removeEmptyCgroups } from '../cgroup/removeCgroup';
import { boundedReads } from '../processes/BoundedReads';
import { readStat } from '../processes/readStat';

/** PID 1 with what identifies it if its PID is reused. */
interface Process {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly startTime: string;
  /** Of its PID namespace: `pid:[4026532281]`. */
  readonly namespace: string;
}

/** Without a process before its start has made it. */
interface PidRecord extends Partial<Process> {
  /** Folders of its cgroups that were made for it, outermost first. */
  readonly cgroups?: readonly string[];
}

const isPid: Guard<number> = (value): value is number =>
  isCount(value) && value >= 2 && value <= 4194304;

const isFolder: Guard<string> = (value): value is string =>
  isTextUpTo(4096)(value) && value.startsWith('/');

const areRecords = isListOf(
  isObject<PidRecord>({
    pid: isOptional(isPid),
    startTime: isOptional(isMatch(/^\d{1,20}$/)),
    namespace: isOptional(isMatch(/^pid:\[\d{1,12}\]$/)),
    cgroups: isOptional(isListOf(isFolder, 256)),
  }),
);

/** What one container would leave. */
export interface Leftover {
  readonly pid?: number;
  readonly cgroups?: readonly string[];
}

/** @returns undefined where there is nothing */
export function leftoverOf(
  pid: number | undefined,
  made: readonly string[] | undefined,
): Leftover | undefined {
  if (pid === undefined && !made?.length) return undefined;
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(made?.length ? { cgroups: made } : {}),
  };
}

interface Identity extends Process {
  /** Its number in its own namespace. */
  readonly innerPid: number;
}

/** Most bytes of a file that are read. */
const maxBytes = 64 * 1024;

export class PidRecords {
  private writing: Promise<void> = Promise.resolve();
  /** What the next write has; of many that were asked for meanwhile the last, which has all of them. */
  private latest: readonly Leftover[] = [];
  private queued: Promise<void> | undefined;
  /** What the file has; undefined before the first write, and after one that failed. */
  private written: string | undefined;
  /** Of those that were written last. */
  private readonly known = new Map<number, Identity>();

  /** @param identify a process that is to be recorded */
  constructor(
    private readonly file: string,
    private readonly identify: Identify = identifyBounded,
  ) {}

  private get draft(): string {
    return `${this.file}.new`;
  }

  /** Replaces the file in one step; none is left where nothing runs. Writes happen in order. */
  write(leftovers: readonly Leftover[]): Promise<void> {
    this.latest = leftovers;
    if (this.queued) return this.queued;
    const next = this.writing.then(() => {
      this.queued = undefined;
      return this.replace(this.latest);
    });
    this.queued = next;
    this.writing = next.catch(() => undefined);
    return next;
  }

  /**
   * Kills what a predecessor left and removes its file. The folder is the person's and the helper may
   * be root, so a record is trusted only in a regular file that the helper's user owns and no other user
   * can write. The person cannot make one that root owns, only keep an old one, and start times are not
   * reused (ticks since boot). A process is killed only with the recorded start time, and as PID 1 of the
   * recorded PID namespace, which is not the helper's.
   * Only empty cgroups are removed, so an old record does no harm.
   * @returns the PIDs that were killed
   */
  async sweep(
    kill: (pid: number) => void = (pid) => process.kill(pid, 'SIGKILL'),
  ): Promise<number[]> {
    const killed: number[] = [];
    const records = await this.read();
    for (const record of records) {
      const now = record.pid === undefined ? undefined : await identifyBounded(record.pid);
      const own = await files.readlink('/proc/self/ns/pid');
      if (!now || now === 'gone' || now.innerPid !== 1 || now.namespace === own) continue;
      if (now.startTime !== record.startTime || now.namespace !== record.namespace) continue;
      kill(now.pid);
      killed.push(now.pid);
    }
    for (const { cgroups } of records) if (cgroups) await removeEmptyCgroups(cgroups);
    for (const file of [this.file, this.draft]) await removeFile(file);
    return killed;
  }

  private async replace(leftovers: readonly Leftover[]): Promise<void> {
    const records: PidRecord[] = [];
    for (const pid of this.known.keys())
      if (!leftovers.some((one) => one.pid === pid)) this.known.delete(pid);
    for (const { pid, cgroups } of leftovers) {
      const now = pid === undefined ? undefined : await this.identified(pid);
      if (!now && !cgroups) continue;
      records.push({
        ...(now ? { pid: now.pid, startTime: now.startTime, namespace: now.namespace } : {}),
        ...(cgroups ? { cgroups: [...cgroups] } : {}),
      });
    }
    const text = JSON.stringify(records);
    if (text === this.written) return;
    this.written = undefined;
    if (records.length === 0) await removeFile(this.file);
    else await this.replaceBy(text);
    this.written = text;
  }

  private async replaceBy(text: string): Promise<void> {
    await removeFile(this.draft);
    const own = { flag: 'wx', mode: 0o600 }; // O_EXCL: follows no symlink
    await writeFile(this.draft, text, own);
    await rename(this.draft, this.file);
  }

  /** Read once for each process: `sweep` verifies each record. */
  private async identified(pid: number): Promise<Identity | undefined> {
    const known = this.known.get(pid);
    if (known) return known;
    const now = await this.identify(pid);
    if (now === undefined || now === 'gone') return undefined;
    this.known.set(pid, now);
    return now;
  }

  private async read(): Promise<readonly PidRecord[]> {
    try {
      const handle = await files.open(
        this.file,
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      try {
        const stat = await handle.stat();
        const ours = stat.isFile() && stat.uid === process.geteuid!() && stat.nlink === 1;
        if (!ours || (stat.mode & 0o077) !== 0 || stat.size > maxBytes) return [];
        const records: unknown = JSON.parse(await handle.readFile('utf8'));
        return areRecords(records) ? records : [];
      } finally {
        await handle.close();
      }
    } catch {
      return []; // no record, or one that is not trusted
    }
  }
}

/** @returns undefined where that is not known, as the read blocks */
type Identify = (pid: number) => Promise<Identity | 'gone' | undefined>;

const identifyBounded: Identify = (pid) =>
  boundedReads.ask(pid, async () => (await readIdentity(pid)) ?? 'gone');

/** For a process of ours: another one could hold this thread (BoundedReads.ts). */
export const identifyNow: Identify = (pid) => {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`));
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Promise.resolve(identityOf(pid, stat, status, readlinkSync(`/proc/${pid}/ns/pid`)));
  } catch {
    return Promise.resolve('gone');
  }
};

/** @returns undefined where the process has ended or may not be read */
async function readIdentity(pid: number): Promise<Identity | undefined> {
  try {
    const stat = await readStat(`/proc/${pid}`);
    const status = await files.readFile(`/proc/${pid}/status`, 'latin1');
    const namespace = await files.readlink(`/proc/${pid}/ns/pid`);
    return stat && identityOf(pid, stat, status, namespace);
  } catch {
    return undefined;
  }
}

function identityOf(
  pid: number,
  { startTime }: ProcessStat,
  status: string,
  namespace: string,
): Identity {
  return { pid, startTime, namespace, innerPid: Number(statusNumbers(status, 'NSpid').at(-1)) };
}
