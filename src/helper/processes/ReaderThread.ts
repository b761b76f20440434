/**
 * The process reader of one running container, in a thread of its own. Made by ManagedContainer.ts;
 * watchers call `read`, signals and the like ask it for host PIDs. The thread and its open files are
 * there only while somebody asks.
 */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { TerrariumError } from '../../core/errors';
import type { ProcessInspection } from '../../protocol/inspection';
import type { ProcessInfo } from '../../protocol/processes';
import { PidNamespace } from './PidNamespace';
import type { ThreadAnswer, ThreadRequest, ThreadStart } from './threadMain';

/** Milliseconds without a question after which the thread ends. */
const idleMs = 5000;

/** How often it is looked whether a process holds up the reader, in milliseconds: two looks decide. */
const watchMs = 1000;

/** So many threads may be held up by a container's processes before it is given up. */
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
}

export class ReaderThread {
  readonly #pid1: number;
  readonly #procfs: number;
  readonly #program: string;
  #namespace: PidNamespace | undefined;
  #thread:
    { readonly worker: Worker; readonly waiting: Int32Array; readonly files: number } | undefined;
  #pending = new Map<number, Pending>();
  #processes = new Map<string, ProcessInfo>();
  #reading: Promise<ProcessInfo[]> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #number = 0;
  #avoid = new Set<number>();
  #closed = false;
  #threads = 0;

  constructor({ procfs, hostPid, program }: ReaderThreadOptions) {
    this.#pid1 = hostPid;
    // The main program of this process is the helper; so is the first file that a thread gets.
    this.#program = program ?? process.argv[1]!;
    this.#procfs = openSync(`/proc/self/fd/${procfs}`, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  /** As `ProcfsReader.read`. A second call during a read gets the result of that read. */
  read(): Promise<ProcessInfo[]> {
    this.#reading ??= this.#ask({})
      .then(() => [...this.#processes.values()])
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** The host PID of a process, undefined where there is none with this PID and start time. */
  async hostPidOf(pid: number, startTime: string): Promise<number | undefined> {
    const answer = await this.#ask({ find: { pid, startTime } });
    return 'hostPid' in answer ? answer.hostPid : undefined;
  }

  /** What is inside a process. @throws TerrariumError `process-gone` */
  async inspect(pid: number, startTime: string, environment: boolean): Promise<ProcessInspection> {
    const answer = await this.#ask({ inspect: { pid, startTime, environment } });
    if ('inspection' in answer && answer.inspection) return answer.inspection;
    throw new TerrariumError(
      'process-gone',
      `Process ${pid} has ended.`,
      'Look at the list again and choose anew.',
    );
  }

  /** Whether `hostPid` is that process right now; see `PidNamespace.isStill`. */
  isStill(hostPid: number, pid: number, startTime: string): boolean {
    this.#namespace ??= PidNamespace.of(this.#pid1);
    return this.#namespace?.isStill(hostPid, pid, startTime) ?? false;
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
      this.#processes.clear();
      return Promise.resolve({ number, hostPid: undefined });
    }
    clearTimeout(this.#idle);
    return new Promise<ThreadAnswer>((resolve, reject) => {
      const request = { number, ...question };
      this.#pending.set(number, { request, resolve, reject });
      this.#worker().postMessage(request);
      this.#watch ??= setInterval(() => this.#look(), watchMs);
    }).finally(() => this.#mayRest());
  }

  #worker(): Worker {
    if (this.#thread) return this.#thread.worker;
    const waiting = new Int32Array(new SharedArrayBuffer(4));
    const files = reserveFiles();
    const start: ThreadStart = {
      ...{ role: 'processes', procfs: this.#procfs, hostPid: this.#pid1, waiting },
      ...{ maxFiles: files, avoid: [...this.#avoid] },
    };
    const worker = new Worker(this.#program, { workerData: start, env: {}, stdin: false });
    this.#thread = { worker, waiting, files };
    this.#processes.clear();
    this.#threads++;
    worker.on('message', (answer: ThreadAnswer) => {
      if (this.#thread?.worker === worker) this.#take(answer);
    });
    worker.on('error', (error) => this.#failed(worker, error));
    worker.once('exit', () => {
      reserved -= files;
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
      for (const info of answer.upserted) this.#processes.set(info.key, info);
      for (const key of answer.removed) this.#processes.delete(key);
      if (answer.more) return;
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

  /** Ends the thread; its files go with it. One that is held up ends as soon as the kernel lets it. */
  #rest(): void {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.worker.terminate();
    const number = 0;
    for (const { resolve } of this.#pending.values()) resolve({ number, hostPid: undefined });
    this.#pending.clear();
  }

  /**
   * A process can hold up whoever reads its memory: its arguments may lie in a file of a FUSE that
   * does not answer. Then another thread takes over, which leaves the memory of that process alone.
   */
  #look(): void {
    const { waiting } = this.#thread ?? {};
    const held = waiting ? Atomics.load(waiting, 0) : 0;
    if (held === 0 || held !== this.#heldBefore) {
      this.#heldBefore = held;
      return;
    }
    this.#heldBefore = 0;
    this.#avoid.add(held);
    const { worker } = this.#thread!;
    this.#thread = undefined;
    void worker.terminate();
    const requests = [...this.#pending.values()];
    if (this.#avoid.size > maxStuck) {
      this.#pending.clear();
      for (const { reject } of requests) reject(heldUp());
    } else for (const { request } of requests) this.#worker().postMessage(request);
  }
  #heldBefore = 0;
}

/** Files that all threads of this process may keep open; the rest is for consoles and clients. */
let reserved = 0;
function reserveFiles(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
  const files = Math.max(0, Math.min(16_384, Math.floor(limit * 0.75) - reserved));
  reserved += files;
  return files;
}

function heldUp(): TerrariumError {
  return new TerrariumError(
    'reader-held-up',
    'Processes of this container keep everybody waiting who asks for their command line.',
    'Stop the container; what it mounts (FUSE) does not answer.',
  );
}
