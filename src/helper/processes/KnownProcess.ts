/** One process whose host PID is known, between two reads. Made and asked by the process reader. */
import { closeSync } from 'node:fs';
import { commandLineOf, maxCommandLine, parseCmdline } from '../../core/procfs/parseCmdline';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { type Identity, parseIdentity } from '../../core/procfs/parseStatus';
import type { PidNamespace } from './PidNamespace';
import type { ProcFiles } from './ProcFiles';
import { maxAuxv, programOf } from './programOf';
import { livingThread, mayHaveLivingThread } from './livingThread';

/** Clock ticks per second of stat's fields: USER_HZ, 100 on every architecture that we run on. */
const hertz = 100;

/** Milliseconds over which CPU use is counted at least: a tick is ten of them. */
const minSampleMs = 200;

export class KnownProcess {
  /** Replaced whenever stat changes. */
  stat: ProcessStat;
  /** As seen inside the container. */
  uid = 0;
  euid = 0;
  /** One bit per signal that it ignores. */
  ignoredSignals = 0n;
  commandLine = '';
  /** For which it is emulated. */
  processor: string | undefined;
  /** TID of a running thread, used for the process where its main thread has ended. */
  thread: number | undefined;
  /** Per cent of one CPU. */
  cpu = 0;
  adopted = false;
  /** It is new, or has executed another program since its user and command line were read. */
  needsDetails = true;
  /** What smaps_rollup said, in bytes, and of how many resident pages; undefined before it was read. */
  #memory: { readonly rssPages: number; readonly rss: number; readonly pss?: number } | undefined;
  readonly #bytes: { content: Buffer; length: number };
  #sample: { at: number; ticks: number };

  /**
   * @param file descriptor of its stat, which goes with it; undefined where there are too many. It
   *   never shows another process: the kernel ties it to this one, not to its number.
   */
  private constructor(
    readonly hostPid: number,
    private file: number | undefined,
    files: ProcFiles,
    content: Buffer,
    now: number,
  ) {
    this.stat = parseStat(content);
    this.#bytes = { content: Buffer.from(content), length: content.length };
    this.#readThread(files);
    this.#sample = { at: now, ticks: this.stat.cpuTicks };
  }

  /** @param keep whether its stat may stay open */
  static open(
    hostPid: number,
    files: ProcFiles,
    keep: boolean,
    now: number,
  ): KnownProcess | undefined {
    const file = keep ? files.open(`/proc/${hostPid}/stat`) : undefined;
    const content =
      file === undefined ? files.readRecord(hostPid, 'stat') : files.reread(hostPid, file);
    if (content) return new KnownProcess(hostPid, file, files, content, now);
    if (file !== undefined) closeSync(file);
    return undefined;
  }

  /** Its proportional memory was never asked for; what has none (a zombie) needs no asking. */
  get hasUnreadMemory(): boolean {
    return this.#memory === undefined && this.stat.rssPages > 0;
  }

  /** Its resident memory is another than when its proportional memory was read. */
  get hasOtherMemory(): boolean {
    return this.stat.rssPages !== this.#memory?.rssPages;
  }

  /**
   * Its memory in bytes. The two are of one moment where they can be: of what changed since, the
   * proportional set is not shown above the resident one, of which it is a part.
   * @param pageSize bytes per page
   */
  memory(pageSize: number): { readonly rss: number; readonly pss?: number } {
    const rss = this.stat.rssPages * pageSize;
    const read = this.#memory;
    if (read?.pss === undefined) return { rss };
    return this.hasOtherMemory
      ? { rss, pss: Math.min(read.pss, rss) }
      : { rss: read.rss, pss: read.pss };
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
        ? files.readRecord(this.hostPid, 'stat')
        : files.reread(this.hostPid, this.file);
    if (!content) return undefined;
    const { content: known, length } = this.#bytes;
    const same = content.length === length && content.compare(known, 0, length, 0, length) === 0;
    if (same) {
      const changed = this.thread !== undefined && this.#readThread(files);
      return this.#measure(now) || changed;
    }
    const stat = parseStat(content);
    if (stat.startTime !== this.stat.startTime) return undefined;
    if (content.length <= known.length) {
      content.copy(known);
      this.#bytes.length = content.length;
    } else {
      this.#bytes.content = Buffer.from(content);
      this.#bytes.length = content.length;
    }
    // A parent changes only when the old parent dies: the new one is an adopter.
    if (stat.ppid !== this.stat.ppid) this.adopted = true;
    const before = this.stat;
    this.stat = stat;
    this.#readThread(files);
    if (before.comm !== this.stat.comm || before.image !== this.stat.image)
      this.needsDetails = true;
    this.#measure(now);
    return true;
  }

  /**
   * Reads from a running thread what an ended main thread no longer has.
   * @returns whether anything changed
   */
  #readThread(files: ProcFiles): boolean {
    const [before, threadBefore] = [this.stat, this.thread];
    if (threadBefore === undefined && !mayHaveLivingThread(before)) return false;
    const found = livingThread(files, this.hostPid);
    const main = parseStat(this.#bytes.content.subarray(0, this.#bytes.length));
    this.thread = found?.tid;
    if (found) {
      const { state, rssPages, image } = found.stat;
      // The kernel counts the main thread too.
      this.stat = { ...main, state, rssPages, image, threads: main.threads - 1 };
    } else this.stat = main;
    const { state, rssPages, image, threads } = this.stat;
    return (
      this.thread !== threadBefore ||
      state !== before.state ||
      rssPages !== before.rssPages ||
      image !== before.image ||
      threads !== before.threads
    );
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
    this.ignoredSignals = identity.ignoredSignals;
    // UTF-8 needs at most three bytes for one UTF-16 code unit.
    const limit = maxCommandLine * 3;
    const cmdline = mayReadMemory
      ? files.readMemory(this.hostPid, this.#file('cmdline'), limit)
      : empty;
    if (!cmdline) return undefined;
    const { argv, processor } = programOf(
      parseCmdline(cmdline),
      `/proc/${this.hostPid}/${this.#file('')}`,
      () => files.readMemory(this.hostPid, this.#file('auxv'), maxAuxv),
    );
    const commandLine = commandLineOf(argv);
    const before = [this.uid, this.euid, this.commandLine, this.processor];
    const now = [uid, euid, commandLine, processor];
    [this.uid, this.euid, this.commandLine, this.processor] = [uid, euid, commandLine, processor];
    this.needsDetails = false;
    return now.some((value, index) => value !== before[index]);
  }

  /**
   * Proportional memory use (proc_pid_smaps_rollup); walks the page tables.
   * @returns whether what `memory` says changed, or was never read before
   */
  readPss(files: ProcFiles): boolean {
    const before = this.#memory;
    const { rssPages } = this.stat;
    const text = files
      .readMemory(this.hostPid, this.#file('smaps_rollup'), 4096)
      ?.toString('latin1');
    const bytes = (line: RegExp) => Number((text && line.exec(text)?.[1]) ?? NaN) * 1024;
    const [rss, pss] = [bytes(/^Rss:\s+(\d+) kB$/m), bytes(/^Pss:\s+(\d+) kB$/m)];
    this.#memory = Number.isNaN(rss + pss) ? { rssPages, rss: 0 } : { rssPages, rss, pss };
    return (
      !before ||
      before.pss !== this.#memory.pss ||
      before.rss !== this.#memory.rss ||
      before.rssPages !== rssPages
    );
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  /** A file of the process, or of the thread that stands for it. */
  #file(name: string): string {
    return this.thread === undefined ? name : `task/${this.thread}/${name}`;
  }

  #identity(files: ProcFiles): Identity | undefined {
    const content = files.readRecord(this.hostPid, 'status');
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
