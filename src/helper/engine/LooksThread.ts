/**
 * A thread that looks at files for the starts of `serve`. There each call is made at once: by way of libuv's threads
 * the hundred calls of a start take longer than all else. A file system that does not answer holds that thread, and
 * neither the helper nor other starts: another thread takes over what waits behind it.
 */
import { Worker } from 'node:worker_threads';
import { CommandError } from '../../core/bundle/checkCommand';
import { TerrariumError } from '../../core/errors';
import type { LookAnswer, LookRequest, LooksStart } from './looksThreadMain';
import type { StartLooks } from './shared/StartLooks';
import { untilAborted } from './shared/untilAborted';

/** After how many milliseconds a look counts as held up. */
const usualLimit = 250;

/** Threads that may be held up; with more the looks are made as everywhere else. */
const maxHeld = 3;

interface Asked {
  readonly worker: Worker;
  /** Makes the look without that thread. */
  readonly otherwise: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class LooksThread implements StartLooks {
  #worker: Worker | undefined;
  #isReady = false;
  #number = 0;
  /** What is still to be answered, the oldest first. */
  readonly #asked = new Map<string, Asked>();
  #timer: NodeJS.Timeout | undefined;
  readonly #held = new Set<Worker>();
  /** What each has sent to be kept, by slots. */
  readonly #kept = new WeakMap<Worker, unknown[]>();
  #closed = false;
  #hasRehearsed = false;

  /**
   * @param otherwise makes the looks while there is no thread
   * @param program whose thread it is: dist/helper.js
   * @param limit in milliseconds
   */
  constructor(
    private readonly otherwise: StartLooks,
    private readonly program = process.argv[1]!,
    private readonly limit = usualLimit,
  ) {}

  /** Where none is there. It takes some 50 ms until it is ready. */
  begin(): void {
    if (this.#worker || this.#closed || this.#held.size > maxHeld) return;
    const start: LooksStart = { role: 'looks', rehearses: !this.#hasRehearsed };
    this.#hasRehearsed = true; // one that takes over has looks to make
    const worker = new Worker(this.program, { workerData: start, stdin: false });
    this.#worker = worker;
    this.#kept.set(worker, []);
    worker.on('message', (answer: LookAnswer) => this.#take(worker, answer));
    worker.on('error', () => undefined); // it ends then
    worker.once('exit', () => this.#lost(worker));
    worker.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const worker of [this.#worker, ...this.#held]) void worker?.terminate();
  }

  open: StartLooks['open'] = (...words) => this.#ask('open', words);
  openForStart: StartLooks['openForStart'] = (...words) => this.#ask('openForStart', words);
  gatherFacts: StartLooks['gatherFacts'] = (...words) => this.#ask('gatherFacts', words);
  emulationFacts: StartLooks['emulationFacts'] = (...words) => this.#ask('emulationFacts', words);
  rootfsWarnings: StartLooks['rootfsWarnings'] = (...words) => this.#ask('rootfsWarnings', words);
  latestWarnings: StartLooks['latestWarnings'] = (...words) => this.#ask('latestWarnings', words);
  accounts: StartLooks['accounts'] = (...words) => this.#ask('accounts', words);
  verifyStart: StartLooks['verifyStart'] = (...words) => this.#ask('verifyStart', words);

  checkCommand: StartLooks['checkCommand'] = (bundle, options) => {
    const { signal, ...others } = options;
    if (!this.#isReady || signal?.aborted) return this.otherwise.checkCommand(bundle, options);
    return untilAborted(this.#ask('checkCommand', [bundle, others]), signal);
  };

  #ask<Look extends keyof StartLooks>(
    look: Look,
    words: Parameters<StartLooks[Look]>,
  ): ReturnType<StartLooks[Look]> {
    const here = this.otherwise[look] as (...words: unknown[]) => ReturnType<StartLooks[Look]>;
    const worker = this.#worker;
    if (!worker || !this.#isReady) return here(...words);
    const number = ++this.#number;
    const answer = this.#answer(String(number), worker, () => here(...words));
    worker.postMessage({ number, look, words } satisfies LookRequest);
    if (!this.#timer) this.#watch();
    return answer as ReturnType<StartLooks[Look]>;
  }

  #answer(key: string, worker: Worker, otherwise: Asked['otherwise']): Promise<unknown> {
    return new Promise((resolve, reject) =>
      this.#asked.set(key, { worker, otherwise, resolve, reject }),
    );
  }

  #take(worker: Worker, { key, further = [], failure, ...answer }: LookAnswer): void {
    const value = this.#valueOf(worker, answer);
    if (key === '0' && worker === this.#worker) this.#isReady = true;
    const asked = this.#asked.get(key);
    if (!asked) return;
    this.#asked.delete(key);
    const parts = further.map((name) => {
      const part = this.#answer(`${key}.${name}`, worker, async () => {
        const looked = (await asked.otherwise()) as Record<string, () => Promise<unknown>>;
        return looked[name]?.();
      });
      part.catch(() => undefined); // who waits for it hears of it
      return [name, () => part];
    });
    if (this.#held.has(worker)) {
      if (further.length === 0) void worker.terminate();
    } else this.#watch();
    if (!failure)
      return asked.resolve(
        further.length ? { ...(value as object), ...Object.fromEntries(parts) } : value,
      );
    const { code, problem, remedy, isOfCommand } = failure;
    const Failure = isOfCommand ? CommandError : TerrariumError;
    asked.reject(code ? new Failure(code, problem, remedy) : new Error(problem));
  }

  /** The same object for equal answers: nobody changes one. */
  #valueOf(worker: Worker, { value, slot, isKept }: Omit<LookAnswer, 'key'>): unknown {
    const kept = this.#kept.get(worker);
    if (slot === undefined || !kept) return value;
    if (!isKept) kept[slot] = value;
    return kept[slot];
  }

  /** Over the oldest look that the thread has. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const worker = this.#worker;
    const isAsked = [...this.#asked.values()].some((one) => one.worker === worker);
    // Where the event loop itself was late, what has been answered meanwhile is taken first.
    if (isAsked)
      this.#timer = setTimeout(() => setImmediate(() => this.#isHeld(worker!)), this.limit);
  }

  /** The look that holds it goes on there; the others are made otherwise, and the next ones by another thread. */
  #isHeld(worker: Worker): void {
    this.#timer = undefined;
    const [, ...waiting] = [...this.#asked].filter(([, asked]) => asked.worker === worker);
    if (worker !== this.#worker || this.#asked.size === 0) return;
    this.#worker = undefined;
    this.#isReady = false;
    this.#held.add(worker);
    this.begin();
    this.#makeOtherwise(waiting);
  }

  #lost(worker: Worker): void {
    this.#held.delete(worker);
    if (this.#worker === worker) [this.#worker, this.#isReady] = [undefined, false];
    this.#makeOtherwise([...this.#asked].filter(([, asked]) => asked.worker === worker));
  }

  #makeOtherwise(waiting: readonly [string, Asked][]): void {
    for (const [key, { otherwise, resolve, reject }] of waiting) {
      this.#asked.delete(key);
      otherwise().then(resolve, reject);
    }
  }
}
