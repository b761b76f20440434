/** The steps behind one gate of a stepwise start as people read them. Pure. Called by `plannedGates`. */
import type { PlannedGate } from '../../protocol/steps';
import { quote } from '../text/quote';
import { displayLines, displayWord, displayWords, wrapCommand } from './commandLine';
import type { Step, StepGroup } from './step';

type Commands = PlannedGate['commands'];

const loopReasons: Partial<Record<StepGroup, (places: readonly string[]) => string>> = {
  masks: (places) =>
    `Hide ${counted(places)}: a file behind /dev/null, a folder behind an empty tmpfs`,
  readOnlyPaths: (places) => `Make ${counted(places)} read-only: a bind on itself, with that flag`,
};

/** @param steps one, or several that are carried out together */
export function gateCommands(steps: readonly Step[]): Commands {
  const reason = steps[0]?.group && loopReasons[steps[0].group];
  if (reason && steps.length > 1 && steps.every(isGuarded)) return loops(steps, reason);
  return steps.map((step) => ({ why: step.why, lines: displayLines(step) }));
}

/** For one place there is a step for a folder and one for a file: two lines of a loop over all places. */
function loops(
  steps: readonly GuardedStep[],
  reason: (places: readonly string[]) => string,
): Commands {
  const linesOf = new Map<string, string[]>();
  for (const step of steps) {
    const place = placeOf(step);
    linesOf.set(place, [...(linesOf.get(place) ?? []), guardedLine(step)]);
  }
  const alike = new Map<string, string[]>();
  for (const [place, lines] of linesOf) {
    const body = lines.join('\n');
    alike.set(body, [...(alike.get(body) ?? []), place]);
  }
  return [...alike].map(([body, places]) => {
    const list = places.map((one) => quote(one.slice(1)));
    const head = wrapCommand([
      'for',
      'place',
      'in',
      ...list.slice(0, -1),
      `${list.at(-1)!};`,
      'do',
    ]);
    return { why: reason(places), lines: [...head, ...body.split('\n'), 'done'] };
  });
}

type GuardedStep = Extract<Step, { readonly name: string }>;

function isGuarded(step: Step): step is GuardedStep {
  return 'name' in step && /^if-(file|directory):/.test(step.guard ?? '');
}

function placeOf({ cwd = '/', name }: GuardedStep): string {
  return `${cwd === '/' ? '' : cwd}${name.slice(1)}`;
}

/** With $place for its place below the rootfs, in which PID 1 is. */
function guardedLine(step: GuardedStep): string {
  const test = step.guard?.startsWith('if-file:') ? '-f' : '-d';
  const words = displayWords(step, (word) => (word === step.name ? '"$place"' : displayWord(word)));
  return `  test ${test} "$place" && ${words.join(' ')}`;
}

function counted(places: readonly string[]): string {
  return places.length === 1 ? places[0]! : `${places.length} places`;
}
