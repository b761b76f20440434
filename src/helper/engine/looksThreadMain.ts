/** The thread of LooksThread.ts. Loaded by helper.ts where it is not the main thread. */
import { parentPort } from 'node:worker_threads';
import { LatestConfigs, keepConfigs } from '../../core/config/knownConfigs';
import { TerrariumError, messageOf } from '../../core/errors';
import { callAtOnce } from '../../core/fs/files';
import { looksHere } from './looksHere';
import type { StartLooks } from './shared/StartLooks';

/** What a thread is started with. */
export interface LooksStart {
  readonly role: 'looks';
}

export interface LookRequest {
  readonly number: number;
  readonly look: keyof StartLooks;
  readonly words: readonly unknown[];
}

export interface LookAnswer {
  readonly number: number;
  readonly value?: unknown;
  readonly failure?: { readonly code?: string; readonly problem: string; readonly remedy: string };
}

export function runLooks(): void {
  const port = parentPort!;
  callAtOnce();
  keepConfigs(new LatestConfigs());
  Error.stackTraceLimit = 0; // a file that is not there is a usual answer
  port.on('message', ({ number, look, words }: LookRequest) => {
    const looks: { readonly [Look in keyof StartLooks]: (...words: never[]) => Promise<unknown> } =
      looksHere;
    looks[look](...(words as never[])).then(
      (value) => port.postMessage({ number, value } satisfies LookAnswer),
      (error: unknown) =>
        port.postMessage({ number, failure: failureOf(error) } satisfies LookAnswer),
    );
  });
  port.postMessage({ number: 0 } satisfies LookAnswer);
}

function failureOf(error: unknown): NonNullable<LookAnswer['failure']> {
  if (!(error instanceof TerrariumError)) return { problem: messageOf(error), remedy: '' };
  const { code, problem, remedy } = error;
  return { code, problem, remedy };
}
