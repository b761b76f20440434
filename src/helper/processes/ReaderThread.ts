/**
 * The process reader of one running container, in a thread of its own. Made by ManagedContainer.ts;
 * watchers call `read`; the thread sends signals too. The thread and its open files exist only while
 * requests come.
 */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { TerrariumError } from '../../core/errors';
import { parseLimits } from '../../core/procfs/parseLimits';
import type { ProcessInspection } from '../../protocol/inspection';
import type { Unheard } from '../../protocol/messages';
import type { Places } from '../../protocol/places';
import type { ProcessInfo } from '../../protocol/processes';
import { type ProcessChanges, ProcessList } from './ProcessList';
import type { ProcessName } from './processName';
import { processGone } from './reniceProcess';
import { gone as signalGone } from './signalProcess';
import type { ThreadAnswer, ThreadRequest, ThreadStart } from './threadMain';

/** Milliseconds without a question after which the thread ends. */
const idleMs = 5000;

/** How often it is looked whether a process holds up the reader, in milliseconds: two looks decide. */
const usualWatchMs = 1000;

/** How many threads a container may block before its reader fails. */
const maxStuck = 8;

interface Pending {
  readonly request: ThreadRequest;
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: Error) => void;
}

export interface ReaderThreadOptions {
  /** Descriptor of the container's own procfs; it stays the caller's. */
  readonly procfs: number;
  readonly hostPid: number;
  /** The program whose thread this is: dist/helper.js. */
  readonly program?: string;
  /** Tests look more often. */
  readonly watchMs?: number;
}

export class ReaderThread {
  readonly #pid1: number;
  readonly #procfs: number;
  readonly #program: string;
  readonly #watchMs: number;
  #thread:
    { readonly worker: Worker; readonly waiting: Int32Array; readonly files: number } | undefined;
  #pending = new Map<number, Pending>();
  readonly #list = new ProcessList();
  /** Slices of a read that has not come whole. */
  #arriving: ProcessInfo[] = [];
  #reading: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #number = 0;
  /** Host PIDs whose memory is left alone. */
  #avoid = new Set<number>();
  /** Blocked threads. */
  #stuck = new Set<Worker>();
  /** What was being read at the look before. */
  #before = '';
  #closed = false;
  #threads = 0;

  constructor({ procfs, hostPid, program, watchMs = usualWatchMs }: ReaderThreadOptions) {
    this.#pid1 = hostPid;
    this.#watchMs = watchMs;
    // The main program of this process is the helper; so is the first file that a thread gets.
    this.#program = program ?? process.argv[1]!;
    this.#procfs = openSync(`/proc/self/fd/${procfs}`, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  /** As `ProcfsReader.read`. A second call during a read gets the result of that read. */
  async read(): Promise<ProcessInfo[]> {
    await this.#readAll();
    return this.#list.all();
  }

  /** The same, and what of it is new to who has the list of an earlier version. */
  async changes(since: number | undefined): Promise<ProcessChanges> {
    await this.#readAll();
    return this.#list.changes(since);
  }

  #readAll(): Promise<void> {
    this.#reading ??= this.#ask({})
      .then(() => undefined)
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /**
   * Signals a process of the container, in the thread: the process can block the check of its identity.
   * @returns why the signal does nothing; undefined where that is not known
   * @throws TerrariumError those of `signalProcess`, `reader-held-up`
   */
  async signal(pid: number, startTime: string, name: string): Promise<Unheard | undefined> {
    const answer = await this.#ask({ signal: { pid, startTime, name } });
    if ('done' in answer) return answer.unheard;
    throw signalGone(pid, name);
  }

  /** @throws TerrariumError those of `reniceProcess`, `reader-held-up` */
  async renice(pid: number, startTime: string, nice: number): Promise<void> {
    const answer = await this.#ask({ renice: { pid, startTime, nice } });
    if (!('done' in answer)) throw processGone(pid);
  }

  /** What is inside a process. @throws TerrariumError `process-gone` */
  async inspect(pid: number, startTime: string, environment: boolean): Promise<ProcessInspection> {
    const answer = await this.#ask({ inspect: { pid, startTime, environment } });
    if ('inspection' in answer && answer.inspection) return answer.inspection;
    throw processGone(pid);
  }

  /** As `ProcfsReader.places`; nothing where the container has ended. */
  async places(names: readonly ProcessName[]): Promise<Places> {
    const answer = await this.#ask({ places: names });
    return 'places' in answer ? answer.places : { machine: [], others: [] };
  }

  /** The container has ended: nothing is read any more, and what was asked gets no processes. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rest();
    if (this.#threads === 0) closeSync(this.#procfs);
  }

  #ask(question: Omit<ThreadRequest, 'number'>): Promise<ThreadAnswer> {
    const number = ++this.#number;
    if (this.#closed) {
      this.#list.replace([]);
      return Promise.resolve({ number, ended: true });
    }
    if (this.#stuck.size > maxStuck) return Promise.reject(heldUp());
    clearTimeout(this.#idle);
    return new Promise<ThreadAnswer>((resolve, reject) => {
      const request = { number, ...question };
      this.#pending.set(number, { request, resolve, reject });
      this.#worker().postMessage(request);
      this.#watch ??= setInterval(() => this.#look(), this.#watchMs);
    }).finally(() => this.#mayRest());
  }

  #worker(): Worker {
    if (this.#thread) return this.#thread.worker;
    const waiting = new Int32Array(new SharedArrayBuffer(8));
    const files = reserveFiles();
    const start: ThreadStart = {
      ...{ role: 'processes', procfs: this.#procfs, hostPid: this.#pid1, waiting },
      ...{ maxFiles: files, avoid: [...this.#avoid] },
    };
    const worker = new Worker(this.#program, { workerData: start, env: {}, stdin: false });
    this.#thread = { worker, waiting, files };
    this.#arriving = [];
    this.#threads++;
    worker.on('message', (answer: ThreadAnswer) => {
      if (this.#thread?.worker === worker) this.#take(answer);
    });
    worker.on('error', (error) => this.#failed(worker, error));
    worker.once('exit', () => {
      reserved -= files;
      this.#stuck.delete(worker);
      this.#failed(worker, new Error('the process reader ended'));
      if (--this.#threads === 0 && this.#closed) closeSync(this.#procfs);
    });
    worker.unref();
    return worker;
  }

  #take(answer: ThreadAnswer): void {
    const pending = this.#pending.get(answer.number);
    if (!pending) return;
    if ('upserted' in answer) {
      const arrived = this.#arriving.concat(answer.upserted);
      this.#arriving = answer.more ? arrived : [];
      if (answer.more) return;
      if (answer.full) this.#list.replace(arrived);
      else this.#list.apply(arrived, answer.removed);
    }
    this.#pending.delete(answer.number);
    if ('failure' in answer) {
      const { code, problem, remedy } = answer.failure;
      pending.reject(code ? new TerrariumError(code, problem, remedy) : new Error(problem));
    } else pending.resolve(answer);
  }

  #failed(worker: Worker, error: Error): void {
    if (this.#thread?.worker !== worker) return;
    this.#thread = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #mayRest(): void {
    if (this.#pending.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
    if (this.#closed) return;
    this.#idle = setTimeout(() => this.#rest(), idleMs).unref();
  }

  /** Ends the thread and closes its files. A blocked thread ends when its system call returns. */
  #rest(): void {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.worker.terminate();
    for (const { request, resolve } of this.#pending.values())
      resolve({ number: request.number, ended: true });
    this.#pending.clear();
  }

  /**
   * A process can block a read of its files (BoundedReads.ts). Then another thread takes over, which does not
   * read the memory of that process.
   */
  #look(): void {
    const { waiting } = this.#thread ?? {};
    const now = waiting ? `${Atomics.load(waiting, 0)} ${Atomics.load(waiting, 1)}` : '';
    const held = Number.parseInt(now, 10) || 0;
    if (held === 0 || now !== this.#before) {
      this.#before = now;
      return;
    }
    this.#before = '';
    this.#avoid.add(held);
    const { worker } = this.#thread!;
    this.#thread = undefined;
    this.#stuck.add(worker);
    void worker.terminate();
    const requests = [...this.#pending.values()];
    if (this.#stuck.size > maxStuck) {
      this.#pending.clear();
      for (const { reject } of requests) reject(heldUp());
    } else for (const { request } of requests) this.#worker().postMessage(request);
  }
}

/** Files that all threads of this process may keep open; the rest is for consoles and clients. */
let reserved = 0;
function reserveFiles(): number {
  const limits = parseLimits(readFileSync('/proc/self/limits'));
  const limit = parseInt(limits.find(({ name }) => name === 'open files')?.soft ?? '', 10) || 1024;
  const files = Math.max(0, Math.min(16_384, Math.floor(limit * 0.75) - reserved));
  reserved += files;
  return files;
}

function heldUp(): TerrariumError {
  return new TerrariumError(
    'reader-held-up',
    'Processes of this container keep everybody waiting who looks at them.',
    'Stop the container; what it mounts (FUSE) does not answer.',
  );
}
