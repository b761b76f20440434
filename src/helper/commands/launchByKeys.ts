/**
 * `run --step`: the launch of a start that waits before each of its steps, and that a person lets on by keys.
 * The gate is that of the editor's starts (StepwiseStart.ts), in this process. Called by run.ts.
 */
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { Keys } from '../console/Keys';
import type { StartOptions } from '../engine/launchContainer';
import type { LaunchedContainer } from '../engine/shared/Engine';
import { startCancelled } from '../engine/shared/startCancelled';
import type { StepsWait } from '../../protocol/steps';
import { StepwiseStart } from '../server/StepwiseStart';
import { shellAtStep } from './shellAtStep';
import {
  type KeyAction,
  commandsText,
  question,
  resultsText,
  shownQuestion,
  stepKeys,
} from './stepText';

const cancelling: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** @throws TerrariumError `no-terminal` */
export function requireTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  const which = process.stdin.isTTY ? 'output' : 'input';
  throw new TerrariumError(
    'no-terminal',
    `“run --step” waits for keys before each step, and its standard ${which} is no terminal.`,
    'Call it in a terminal, or without --step.',
  );
}

/** @throws TerrariumError `cancelled`, `not-stepwise` and those of the launch, when nothing is left of it */
export async function launchByKeys(
  bundle: Bundle,
  launch: (options: StartOptions) => Promise<LaunchedContainer>,
  options: StartOptions,
  onWarning: (warning: string) => void,
): Promise<LaunchedContainer> {
  if (bundle.config.process.terminal === false)
    onWarning(
      'process.terminal is not carried out: keys are read from this terminal, so the program has one; without --step it has none.',
    );
  const cancel = new AbortController();
  const stop = () => cancel.abort(startCancelled(bundle));
  // No shell is open when a step is carried out.
  const steps = new StepwiseStart(
    bundle.name,
    () => undefined,
    () => Promise.resolve(),
  );
  const launching = launch({ ...options, steps, signal: cancel.signal });
  const ended = launching.then(
    () => steps.ended(),
    (error: unknown) => steps.ended(error),
  );
  const keys = new Keys(process.stdin, stop);
  const person = new Person(steps, ended, keys, cancel.signal, onWarning);
  for (const signal of cancelling) process.on(signal, stop);
  try {
    keys.open();
    await Promise.race([steps.begun, ended]);
    for (let wait = steps.waitsAt; wait; wait = steps.waitsAt) {
      if (await person.letsOn(wait)) continue;
      stop();
      await ended;
    }
    const container = await launching;
    if (cancel.signal.aborted) container.signal('SIGKILL'); // too late to cancel the start
    return container;
  } catch (error) {
    stop();
    await ended;
    throw error;
  } finally {
    for (const signal of cancelling) process.off(signal, stop);
    keys.close();
  }
}

/** Who is asked before each step. */
class Person {
  #wantsRest = false;

  constructor(
    private readonly steps: StepwiseStart,
    private readonly ended: Promise<void>,
    private readonly keys: Keys,
    private readonly cancelled: AbortSignal,
    private readonly onWarning: (warning: string) => void,
  ) {}

  /** Carries out what stands behind the gate, and shows it. @returns false where the start is to be cancelled */
  async letsOn(wait: StepsWait): Promise<boolean> {
    const { steps, gates } = this.steps.stepsOf;
    const { commands } = gates[wait.gate]!;
    process.stdout.write((wait.gate > 0 ? '\r\n' : '') + commandsText(commands));
    while (!this.#wantsRest) {
      const action = await this.#asked(question(wait));
      if (action === 'cancel') return false;
      if (action === 'go') break;
      if (action === 'rest') this.#wantsRest = true;
      else await this.#shell();
    }
    const { results } = await this.steps.advance(wait.next + 1);
    process.stdout.write(resultsText(results, steps));
    return true;
  }

  /** What ends the start meanwhile is an answer too. */
  async #asked(text: string): Promise<KeyAction> {
    const [shown, away] = shownQuestion(text, process.stdout.columns);
    process.stdout.write(shown);
    const over = this.ended.then((): KeyAction => 'cancel');
    const action = await Promise.race([this.keys.next(stepKeys, 'cancel'), over]);
    process.stdout.write(away);
    return action;
  }

  async #shell(): Promise<void> {
    this.keys.close();
    try {
      this.onWarning(await shellAtStep(this.steps.waitingPid1(), this.cancelled, this.onWarning));
    } catch (error) {
      if (!(error instanceof TerrariumError)) throw error;
      this.onWarning(error.message);
    } finally {
      this.keys.open();
    }
  }
}
