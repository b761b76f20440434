/** What terrarium-init reports of one start: the steps as the plan has them, and how PID 1 ended. */
import { constants } from 'node:os';
import { parseSignal, signalName } from '../../../core/config/stopSignal';
import type { Step } from '../../../core/sequence/step';
import type { FailedCall, ToldAnswer } from '../shared/Engine';
import { Reports } from './reports';

/** More than a step of the longest config.json has. */
const mostAnswers = 4096;

type Listener = ConstructorParameters<typeof Reports>[2];

/** How PID 1 ended, in its monitor's words. */
export interface ReportedEnd {
  readonly exitCode?: number;
  readonly signal?: string;
}

export class ProgramReports extends Reports {
  end: ReportedEnd | undefined;
  /** Of the step that failed. */
  readonly failed: { index?: number; call?: FailedCall } = {};
  private readonly announced = new Set<number>();
  private readonly done = new Map<number, number>();
  /** The step that is being carried out, and what was told of the calls of each. */
  private current = 0;
  private readonly told = new Map<number, ToldAnswer[]>();
  /** Reports of steps that are told later; undefined where they are told as they come. */
  private kept: string[] | undefined = [];
  /** Where the first step stands of which nothing is told yet. */
  private next = 0;

  /** @param operations how many the program makes of each step (encodeProgram.ts) */
  constructor(
    container: string,
    private readonly all: readonly Step[],
    private readonly operations: readonly number[],
    private readonly listener: Listener & { readonly wait?: (index: number) => void },
  ) {
    super(container, all, listener);
  }

  /** Tells what was kept, and the steps that are still to come at once. PID 1 need not wait for that. */
  tellSteps(): void {
    const kept = this.kept ?? [];
    this.kept = undefined;
    for (const line of kept) this.stepLine(line);
  }

  override line(line: string): void {
    const [word, value = ''] = line.split(' ', 2);
    if (/^(step|done|answer|ready)$/.test(word!)) {
      if (this.kept) this.kept.push(line);
      else this.stepLine(line);
      if (word === 'ready') super.line(line);
    } else if (word === 'exit') this.end = { exitCode: numberOf(value) };
    else if (word === 'signal') {
      const signal = parseSignal(value);
      this.end = { signal: signal === undefined ? value : signalName(signal) };
    } else if (word === 'wait') {
      this.current = numberOf(value);
      this.announceBefore(this.current);
      this.listener.wait?.(this.current);
    } else if (word === 'errno') this.failed.call = failedCall(line);
    else {
      if (/^(fail|refuse)$/.test(word!) && this.all[numberOf(value)])
        this.failed.index = numberOf(value);
      super.line(line);
    }
  }

  /** Of a step that begins, of its calls, of one that is done, and of the end of all. */
  private stepLine(line: string): void {
    const [word, value = ''] = line.split(' ', 2);
    if (word === 'step') this.start(numberOf(value));
    else if (word === 'done') this.finish(numberOf(value));
    else if (word === 'answer') this.hear(line);
    else this.announceBefore(this.all.length - 1);
  }

  /** Whether it had something to do: a place that it is for, or it was not told as a step. */
  isDone(index: number): boolean {
    return this.operations[index] === 0 || (this.done.get(index) ?? 0) > 0;
  }

  /** What the calls of a step have answered, where the start waits before each of its steps. */
  answers(index: number): readonly ToldAnswer[] {
    return this.told.get(index) ?? [];
  }

  private hear(line: string): void {
    const answer = toldAnswer(line);
    if (!answer || !this.all[this.current]) return;
    const all = this.told.get(this.current) ?? [];
    this.told.set(this.current, all);
    if (all.length < mostAnswers) all.push(answer);
  }

  private start(index: number): void {
    const step = this.all[index];
    if (!step) return;
    this.current = index;
    this.announceBefore(index);
    if (!this.announced.has(index)) this.listener.step(step, 'start');
    this.announced.add(index);
  }

  /** What stands before and was not reported is the program's own, or had nothing to do (its guard). */
  private announceBefore(index: number): void {
    for (; this.next < index; this.next++) {
      const [at, step] = [this.next, this.all[this.next]];
      if (!step || this.announced.has(at)) continue;
      this.announced.add(at);
      if (this.operations[at] !== 0) continue;
      this.listener.step(step, 'start');
      this.listener.step(step, 'done');
    }
  }

  private finish(index: number): void {
    const step = this.all[index];
    const times = (this.done.get(index) ?? 0) + 1;
    this.done.set(index, times);
    if (step && times >= (this.operations[index] ?? 1)) this.listener.step(step, 'done');
  }

  /** It names each step that fails. */
  protected override silentStep(): undefined {
    return undefined;
  }
}

function numberOf(value: string): number {
  return /^\d{1,6}$/.test(value) ? Number(value) : NaN;
}

/** Of two names of one number the first: EAGAIN, and not EWOULDBLOCK. */
const names = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** @param line `errno NUMBER CALL TIMES TEXT` */
function failedCall(line: string): FailedCall | undefined {
  const [, errno, name, times, text] = /^errno (\d{1,4}) (\w+) (\d{1,6}) (.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  return { name, times: Number(times), answer: failureText(errno!, text!) };
}

/** @param line `answer CALL NUMBER`, or `answer CALL -1 ERRNO TEXT` */
function toldAnswer(line: string): ToldAnswer | undefined {
  const [, name, answer, errno, text] =
    /^answer (\w+) (?:(\d{1,19})|-1 (\d{1,4}) (.*))$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  return { name, answer: answer ?? failureText(errno!, text!) };
}

function failureText(errno: string, text: string): string {
  return `-1 ${names.get(Number(errno)) ?? errno} (${text})`;
}
