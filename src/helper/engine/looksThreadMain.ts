/** The thread of LooksThread.ts. Loaded by helper.ts where it is not the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { CommandError } from '../../core/bundle/checkCommand';
import { LatestConfigs, keepConfigs } from '../../core/config/knownConfigs';
import { TerrariumError, messageOf } from '../../core/errors';
import { callAtOnce } from '../../core/fs/files';
import { LatestAnswers } from './LatestAnswers';
import { looksHere } from './looksHere';
import { rehearseLooks } from './rehearsal';
import type { StartLooks } from './shared/StartLooks';

const latest = new LatestAnswers();

/** What a thread is started with. */
export interface LooksStart {
  readonly role: 'looks';
  /** It rehearses when it is ready (rehearsal.ts). */
  readonly rehearses: boolean;
}

export interface LookRequest {
  readonly number: number;
  readonly look: keyof StartLooks;
  readonly words: readonly unknown[];
}

export interface LookAnswer {
  /** The number of the request; of a further answer with the name of the function: `7.lookFurther`. */
  readonly key: string;
  readonly value?: unknown;
  /** Where the value is to be kept, or `isKept` as it is: to write a bundle down and to read it again takes a tenth of a start. */
  readonly slot?: number;
  readonly isKept?: boolean;
  /** The functions of the value, whose answers follow. */
  readonly further?: readonly string[];
  readonly failure?: {
    readonly code?: string;
    readonly problem: string;
    readonly remedy: string;
    /** A CommandError. */
    readonly isOfCommand?: boolean;
  };
}

export function runLooks(): void {
  const port = parentPort!;
  callAtOnce();
  keepConfigs(new LatestConfigs());
  Error.stackTraceLimit = 0; // a file that is not there is a usual answer
  port.on('message', ({ number, look, words }: LookRequest) => {
    const looks: { readonly [Look in keyof StartLooks]: (...words: never[]) => Promise<unknown> } =
      looksHere;
    const what = look === 'openForStart' ? JSON.stringify(words) : undefined;
    answer(String(number), () => looks[look](...(words as never[])), what);
  });
  port.postMessage({ key: '0' } satisfies LookAnswer);
  if ((workerData as LooksStart).rehearses) setTimeout(rehearse, rehearsesAfter);
}

/** Who waits for the helper comes first, and so does the first start. In milliseconds. */
const rehearsesAfter = 100;

/** What fails there fails in a start too, which says so. */
function rehearse(): void {
  rehearseLooks().catch(() => undefined);
}

/**
 * Who asked goes on with what is known while this thread finds out what follows.
 * @param what of two answers with the same, the second is often equal
 */
function answer(key: string, look: () => Promise<unknown>, what?: string): void {
  const port = parentPort!;
  look().then(
    (looked) => {
      const parts = Object.entries(looked ?? {});
      const further = parts.filter((part): part is Further => typeof part[1] === 'function');
      const value = further.length
        ? Object.fromEntries(parts.filter(([, part]) => typeof part !== 'function'))
        : looked;
      const kept = what === undefined ? { value } : latest.kept(what, value);
      const names = further.map(([name]) => name);
      port.postMessage({ key, ...kept, further: names } satisfies LookAnswer);
      for (const [name, next] of further) answer(`${key}.${name}`, next, what && `${what}.${name}`);
    },
    (error: unknown) => port.postMessage({ key, failure: failureOf(error) } satisfies LookAnswer),
  );
}

type Further = [name: string, look: () => Promise<unknown>];

function failureOf(error: unknown): NonNullable<LookAnswer['failure']> {
  if (!(error instanceof TerrariumError)) return { problem: messageOf(error), remedy: '' };
  const { code, problem, remedy } = error;
  return { code, problem, remedy, isOfCommand: error instanceof CommandError };
}
