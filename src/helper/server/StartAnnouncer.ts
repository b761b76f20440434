/** What the console and the journal say while a container starts. Made by ManagedContainer.ts. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { StepInfo } from '../../protocol/messages';
import type { Console } from '../console/Console';
import type { AnsweredCall } from '../../protocol/steps';
import type { StepState } from '../engine/shared/Engine';
import { announceStep, callLines } from './announceStep';
import type { Journal } from './Journal';
import { startSummary } from './startSummary';

/** The container's own output follows these: PID 1's program, or a runtime, which starts it. */
const lastSteps: ReadonlySet<string> = new Set(['payload', 'engine']);

/** Those that are never over. */
const handsOver: ReadonlySet<string> = new Set([...lastSteps, 'own-session']);

export class StartAnnouncer {
  /** In the order in which they came. */
  readonly warnings: string[] = [];
  readonly #running = new Map<string, ReturnType<Journal['command']>>();
  #steps = 0;
  #handedOver = false;

  constructor(
    private readonly label: string,
    private readonly console: Console,
    private readonly journal: Journal,
    /** Each step is shown when it is over, with its system calls: two may be under way at once. */
    private readonly showsCalls = false,
  ) {}

  step(step: StepInfo, state: StepState, calls: readonly AnsweredCall[] = []): void {
    const key = step.id + step.command;
    const shown = announceStep(step) + callLines(this.showsCalls ? calls : []);
    if (state === 'failed') {
      if (this.showsCalls) this.console.write(shown);
      return;
    }
    if (state === 'done') {
      if (this.showsCalls) this.console.write(shown);
      this.#running.get(key)?.('done');
      this.#running.delete(key);
      return;
    }
    this.#steps++;
    // Any earlier, the summary would scroll away with the steps when the prompt comes.
    if (lastSteps.has(step.id) && !this.#handedOver) {
      this.console.write(startSummary(this.#steps, this.warnings.length));
      this.#handedOver = true;
    }
    if (!this.showsCalls || handsOver.has(step.id)) this.console.write(shown);
    this.#running.set(key, this.journal.command(this.label, step.command));
  }

  /** @returns whether it came after the summary: the console shows it then, below that */
  warn(text: string): boolean {
    this.warnings.push(text);
    if (this.#handedOver) this.console.warn(escapeControlCharacters(text));
    return this.#handedOver;
  }

  failed(reason: string): void {
    if (!this.#handedOver) this.console.write(startSummary(0, this.warnings.length));
    for (const over of this.#running.values()) over('did not end well', true);
    this.journal.note('error', `${this.label}: ${reason}`);
  }
}
