/**
 * The thread of ReaderThread.ts: reads there never delay consoles and messages. Loaded by helper.ts where
 * it is not the main thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { TerrariumError, messageOf } from '../../core/errors';
import type { ProcessInspection } from '../../protocol/inspection';
import type { Unheard } from '../../protocol/messages';
import type { Places } from '../../protocol/places';
import type { ProcessInfo } from '../../protocol/processes';
import { byKey, differences } from './ProcessList';
import { ProcfsReader } from './ProcfsReader';
import type { ProcessName } from './processName';
import { reniceProcess } from './reniceProcess';
import { signalProcess } from './signalProcess';

/** What a thread is started with. */
export interface ThreadStart {
  readonly role: 'processes';
  readonly procfs: number;
  readonly hostPid: number;
  readonly maxFiles: number;
  readonly avoid: readonly number[];
  /** Two numbers: the host PID of which a file is being read, or 0; and how many reads there were with it. */
  readonly waiting: Int32Array;
}

export interface ThreadRequest {
  readonly number: number;
  /** All absent: read all. */
  readonly signal?: ProcessName & { readonly name: string };
  readonly renice?: ProcessName & { readonly nice: number };
  readonly inspect?: ProcessName & { readonly environment: boolean };
  readonly places?: readonly ProcessName[];
}

export type ThreadAnswer =
  /** One slice of what changed since the answer before. */
  | {
      readonly number: number;
      /** The first answer of this thread. */
      readonly full: boolean;
      readonly upserted: ProcessInfo[];
      readonly removed: string[];
      readonly more: boolean;
    }
  | { readonly number: number; readonly done: true; readonly unheard?: Unheard }
  /** Sent by the main thread itself when the container has ended. */
  | { readonly number: number; readonly ended: true }
  | { readonly number: number; readonly inspection: ProcessInspection | undefined }
  | { readonly number: number; readonly places: Places }
  | {
      readonly number: number;
      readonly failure: { code?: string; problem: string; remedy: string };
    };

/** Rows in one message: copying them takes the main thread about a millisecond. */
const slice = 1000;

export function runThread(): void {
  Error.stackTraceLimit = 0; // an ended process is a usual error here, thousands of times
  serve(parentPort!, workerData as ThreadStart);
}

function serve(port: MessagePort, { waiting, avoid, ...options }: ThreadStart): void {
  let reads = 0;
  const reader = new ProcfsReader({
    ...options,
    avoid: new Set(avoid),
    waiting: (hostPid) => {
      Atomics.store(waiting, 1, (reads = (reads + 1) | 0));
      Atomics.store(waiting, 0, hostPid);
    },
  });
  let sent: ReadonlyMap<string, ProcessInfo> | undefined;

  function read(number: number): void {
    const now = byKey(reader.read());
    const full = sent === undefined;
    const { upserted, removed } = differences(sent ?? new Map(), now);
    sent = now;
    let at = 0;
    do {
      const part = upserted.slice(at, (at += slice));
      const more = at < upserted.length;
      post({ number, full, upserted: part, removed: more ? [] : removed, more });
    } while (at < upserted.length);
  }

  const post = (answer: ThreadAnswer) => port.postMessage(answer);

  async function answer({ number, signal, renice, inspect, places }: ThreadRequest): Promise<void> {
    try {
      if (signal) {
        const unheard = await signalProcess(reader, signal.pid, signal.startTime, signal.name);
        post({ number, done: true, ...(unheard === undefined ? {} : { unheard }) });
      } else if (renice) {
        await reniceProcess(reader, renice.pid, renice.startTime, renice.nice);
        post({ number, done: true });
      } else if (inspect) {
        const { pid, startTime, environment } = inspect;
        post({ number, inspection: reader.inspect(pid, startTime, environment) });
      } else if (places) post({ number, places: reader.places(places) });
      else read(number);
    } catch (error) {
      const failure =
        error instanceof TerrariumError
          ? { code: error.code, problem: error.problem, remedy: error.remedy }
          : { problem: messageOf(error), remedy: '' };
      post({ number, failure });
    }
  }

  // Nothing in it waits for an event, so one is answered before the next begins.
  port.on('message', (request: ThreadRequest) => void answer(request));
}
