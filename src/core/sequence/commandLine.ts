/** Commands as people read them, and as a POSIX shell would take them back. */
import { deviceBindOptions, hardenedMountFlags } from './mountOptions';
import { overlayOptions } from './overlayStep';
import { quote } from '../text/quote';
import { type Step, pidPlaceholder } from './step';
import { killChild, toArgv } from './toArgv';
import type { StepInfo } from '../../protocol/messages';

/** In characters: what is longer goes on in further lines. */
const widest = 88;

/** The same as `displayCommand` in lines that need no scrolling, as a shell takes them. */
export function displayLines(step: Step): string[] {
  const whole = displayCommand(step);
  if (whole.length <= widest) return [whole];
  const enter = step.cwd && step.cwd !== '/' ? [`cd .${step.cwd}`] : [];
  switch (step.kind) {
    case 'symlinks':
      return [...enter, ...step.links.map((link) => `ln -s ${link.map(quote).join(' ')}`)];
    case 'bindEach': {
      const [head = '', body = ''] = displayText(step).slice(0, -'; done'.length).split('; do ');
      return [...enter, `${head}; do`, `  ${body}`, 'done'];
    }
    case 'write':
    case 'register':
    case 'createFiles':
    case 'createFolder':
    case 'overlay':
      return [...enter, displayText(step)];
    default:
      return [...enter, ...wrapCommand(displayWords(step))];
  }
}

/** A line that is too long ends with a backslash between two words. */
export function wrapCommand(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(word);
    else if (line.length + word.length + 3 <= widest) lines.splice(-1, 1, `${line} ${word}`);
    else lines.splice(-1, 1, `${line} \\`, `    ${word}`);
  }
  return lines;
}

/** A step's command for people: the functions of steps.sh appear as what they do. */
export function displayCommand(step: Step): string {
  if (step.kind === 'createFolder') return `mkdir -p ${quote(`.${step.cwd}`)}`;
  const command = displayText(step);
  return step.cwd && step.cwd !== '/' ? `cd .${step.cwd} && ${command}` : command;
}

/** The command in the step's folder. */
function displayText(step: Step): string {
  switch (step.kind) {
    case 'write':
      return `printf '%s\\n' ${quote(step.text)} > ${displayWord(step.file)}`;
    case 'register':
      return `printf '%s\\n' ${quote(step.text)} > ${displayWord(step.name)}`;
    case 'createFiles':
      return `touch ${step.names.map(quote).join(' ')}`;
    case 'symlinks':
      return step.links.map(([target, name]) => `ln -s ${quote(target)} ${quote(name)}`).join('; ');
    case 'overlay':
      return `mount -t overlay -o ${quote(overlayOptions(step))} overlay .`;
    case 'bindEach':
      return `for name in ${step.names.map(quote).join(' ')}; do mount -o ${['bind', ...deviceBindOptions].join(',')} ${quote(step.folder)}/$name ./$name; done`;
    default:
      return displayWords(step).join(' ');
  }
}

/** What the machine executes, as words of a shell. @param shown how a word is written */
export function displayWords(step: Step, shown = displayWord): string[] {
  return toArgv(step)
    .filter((word, index, argv) => !isForUs(step, word, argv[index - 1]))
    .map((word) => shown(word));
}

/** A word for us; in class it would only be in the way. */
function isForUs(step: Step, word: string, before: string | undefined): boolean {
  // That nothing stays where the helper is killed.
  if (step.kind === 'unshare' && step.shell) return word === killChild;
  return word === hardenedMountFlags && (before === 'mount' || before === 'umount');
}

export function displayWord(word: string): string {
  return word.includes(pidPlaceholder)
    ? word
        .split(pidPlaceholder)
        .map((part) => (part ? quote(part) : ''))
        .join('$pid')
    : quote(word);
}

const infos = new WeakMap<Step, StepInfo>();

/** What travels to the UI; made once for each step, as a plan may be carried out again. */
export function stepInfo(step: Step): StepInfo {
  const known = infos.get(step);
  if (known) return known;
  const { id, where, why } = step;
  const info = { id, where, command: displayCommand(step), why };
  infos.set(step, info);
  return info;
}
