/** One process whose host PID is known, between two reads. Made and asked by the process reader. */
import { closeSync } from 'node:fs';
import { commandLineOf, maxCommandLine, parseCmdline } from '../../core/procfs/parseCmdline';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { type Identity, parseIdentity } from '../../core/procfs/parseStatus';
import type { PidNamespace } from './PidNamespace';
import type { ProcFiles } from './ProcFiles';

/** Clock ticks per second of stat's fields: USER_HZ, 100 on every architecture that we run on. */
const hertz = 100;

/** Milliseconds over which CPU use is counted at least: a tick is ten of them. */
const minSampleMs = 200;

export class KnownProcess {
  /** Replaced whenever stat says something else. */
  stat: ProcessStat;
  /** As seen inside the container. */
  uid = 0;
  euid = 0;
  commandLine = '';
  pss: number | undefined;
  /** Per cent of one CPU. */
  cpu = 0;
  adopted = false;
  /** It is new, or runs another program than when its user and command line were read. */
  needsDetails = true;
  #rssPagesAtPss = -1;
  readonly #bytes: { content: Buffer; length: number };
  #sample: { at: number; ticks: number };

  /**
   * @param file descriptor of its stat, which goes with it; undefined where there are too many. It
   *   never shows another process: the kernel ties it to this one, not to its number.
   */
  private constructor(
    readonly hostPid: number,
    private file: number | undefined,
    content: Buffer,
    now: number,
  ) {
    this.stat = parseStat(content);
    this.#bytes = { content: Buffer.from(content), length: content.length };
    this.#sample = { at: now, ticks: this.stat.cpuTicks };
  }

  /** @param keep whether its stat may stay open */
  static open(
    hostPid: number,
    files: ProcFiles,
    keep: boolean,
    now: number,
  ): KnownProcess | undefined {
    const path = `/proc/${hostPid}/stat`;
    const file = keep ? files.open(path) : undefined;
    const content = file === undefined ? files.readRecord(path) : files.reread(file);
    if (content) return new KnownProcess(hostPid, file, content, now);
    if (file !== undefined) closeSync(file);
    return undefined;
  }

  /** Its resident memory is another than when `pss` was read. */
  get hasOtherMemory(): boolean {
    return this.stat.rssPages !== this.#rssPagesAtPss;
  }

  get keepsFile(): boolean {
    return this.file !== undefined;
  }

  /**
   * One small file; where it has the same bytes as before, nothing is parsed.
   * @returns whether anything changed; undefined where the process has ended, or the host gave its
   * number to another one
   */
  update(files: ProcFiles, now: number): boolean | undefined {
    const content =
      this.file === undefined
        ? files.readRecord(`/proc/${this.hostPid}/stat`)
        : files.reread(this.file);
    if (!content) return undefined;
    const { content: before, length } = this.#bytes;
    const same = content.length === length && content.compare(before, 0, length, 0, length) === 0;
    if (same) return this.#measure(now);
    const stat = parseStat(content);
    if (stat.startTime !== this.stat.startTime) return undefined;
    if (content.length <= before.length) {
      content.copy(before);
      this.#bytes.length = content.length;
    } else {
      this.#bytes.content = Buffer.from(content);
      this.#bytes.length = content.length;
    }
    // A parent changes only by the death of the one before: whoever comes then adopts.
    if (stat.ppid !== this.stat.ppid) this.adopted = true;
    const otherProgram = stat.comm !== this.stat.comm || stat.image !== this.stat.image;
    this.stat = stat;
    if (otherProgram) this.needsDetails = true;
    this.#measure(now);
    return true;
  }

  /**
   * Reads who it is and its command line.
   * @returns whether either changed; undefined where the process has ended
   */
  readDetails(
    namespace: PidNamespace,
    files: ProcFiles,
    mayReadMemory: boolean,
    identity = this.#identity(files),
  ): boolean | undefined {
    if (!identity) return undefined;
    const [uid, euid] = [namespace.uidInside(identity.uid), namespace.uidInside(identity.euid)];
    // UTF-8 needs at most three bytes for one UTF-16 code unit.
    const limit = maxCommandLine * 3;
    const cmdline = mayReadMemory ? files.readMemory(this.hostPid, 'cmdline', limit) : empty;
    if (!cmdline) return undefined;
    const commandLine = cmdline.length === 0 ? '' : commandLineOf(parseCmdline(cmdline));
    const same = uid === this.uid && euid === this.euid && commandLine === this.commandLine;
    [this.uid, this.euid, this.commandLine] = [uid, euid, commandLine];
    this.needsDetails = false;
    return !same;
  }

  /** Proportional memory use (proc_pid_smaps_rollup); walks the page tables. @returns whether it changed */
  readPss(files: ProcFiles): boolean {
    const before = this.pss;
    this.#rssPagesAtPss = this.stat.rssPages;
    const content = files.readMemory(this.hostPid, 'smaps_rollup', 4096);
    const kib = content && /^Pss:\s+(\d+) kB$/m.exec(content.toString('latin1'))?.[1];
    this.pss = kib ? Number(kib) * 1024 : undefined;
    return this.pss !== before;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  #identity(files: ProcFiles): Identity | undefined {
    const content = files.readRecord(`/proc/${this.hostPid}/status`);
    return content && parseIdentity(content);
  }

  /** @returns whether the CPU use is another than before */
  #measure(now: number): boolean {
    const { at, ticks } = this.#sample;
    const { cpuTicks } = this.stat;
    if (this.cpu === 0 && cpuTicks === ticks) {
      this.#sample.at = now;
      return false;
    }
    if (now - at < minSampleMs) return false;
    const before = this.cpu;
    this.cpu = Math.round(((cpuTicks - ticks) * (1000 / hertz) * 100) / (now - at));
    this.#sample = { at: now, ticks: cpuTicks };
    return this.cpu !== before;
  }
}

const empty = Buffer.alloc(0);
