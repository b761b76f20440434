/** Commands as people read them, and as a POSIX shell would take them back. */
import { lentOptions, quietly } from './mountWords';
import { type Step, pidPlaceholder, stepsOf, type StartPlan } from './step';
import type { StepInfo } from '../../protocol/messages';

/** One word for a POSIX shell (XCU 2.2.2): single quotes keep every byte but the quote itself. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A step's command for people: the functions of steps.sh appear as what they do. */
export function displayCommand(step: Step): string {
  const [program, ...words] = step.argv;
  const [first = '', second = ''] = words;
  if (program === 'make_folder') return `mkdir -p ${quote(`.${step.cwd}`)}`;
  const text = () => {
    switch (program) {
      case 'write_file':
        return `printf '%s\\n' ${quote(first)} > ${displayWord(second)}`;
      case 'make_files':
        return `touch ${words.map(quote).join(' ')}`;
      case 'make_links':
        return words
          .flatMap((word, index) =>
            index % 2 ? [] : [`ln -s ${quote(word)} ${quote(words[index + 1]!)}`],
          )
          .join('; ');
      case 'bind_each':
        return `for name in ${words.slice(1).map(quote).join(' ')}; do mount -o ${lentOptions} ${quote(first)}/$name ./$name; done`;
      default:
        return step.argv
          .filter((word, index) => !isForUs(word, step.argv[index - 1]))
          .map(displayWord)
          .join(' ');
    }
  };
  const command = text();
  return step.cwd && step.cwd !== '/' ? `cd .${step.cwd} && ${command}` : command;
}

/** For us (see mountWords); in class it would only be in the way. */
function isForUs(word: string, before: string | undefined): boolean {
  return word === quietly && (before === 'mount' || before === 'umount');
}

function displayWord(word: string): string {
  return word.includes(pidPlaceholder)
    ? word
        .split(pidPlaceholder)
        .map((part) => (part ? quote(part) : ''))
        .join('$pid')
    : quote(word);
}

/** What travels to the UI. */
export function stepInfo(step: Step): StepInfo {
  return { id: step.id, where: step.where, command: displayCommand(step), why: step.why };
}

/** The plan for people, in order; steps that only apply to what exists are in it too. */
export function describePlan(plan: StartPlan): StepInfo[] {
  return stepsOf(plan).map(stepInfo);
}
