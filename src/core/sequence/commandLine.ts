/** Commands as people read them, and as a POSIX shell would take them back. */
import { deviceBindOptions, hardenedMountFlags } from './mountOptions';
import { overlayOptions } from './overlayStep';
import { quote } from '../text/quote';
import { type Step, pidPlaceholder } from './step';
import { killChild, toArgv } from './toArgv';
import type { StepInfo } from '../../protocol/messages';

/** A step's command for people: the functions of steps.sh appear as what they do. */
export function displayCommand(step: Step): string {
  if (step.kind === 'createFolder') return `mkdir -p ${quote(`.${step.cwd}`)}`;
  const text = () => {
    switch (step.kind) {
      case 'write':
        return `printf '%s\\n' ${quote(step.text)} > ${displayWord(step.file)}`;
      case 'createFiles':
        return `touch ${step.names.map(quote).join(' ')}`;
      case 'symlinks':
        return step.links
          .map(([target, name]) => `ln -s ${quote(target)} ${quote(name)}`)
          .join('; ');
      case 'overlay':
        return `mount -t overlay -o ${overlayOptions(step)} overlay .`;
      case 'bindEach':
        return `for name in ${step.names.map(quote).join(' ')}; do mount -o ${['bind', ...deviceBindOptions].join(',')} ${quote(step.folder)}/$name ./$name; done`;
      default:
        return toArgv(step)
          .filter((word, index, argv) => !isForUs(step, word, argv[index - 1]))
          .map(displayWord)
          .join(' ');
    }
  };
  const command = text();
  return step.cwd && step.cwd !== '/' ? `cd .${step.cwd} && ${command}` : command;
}

/** For us; in class it would only be in the way. */
function isForUs(step: Step, word: string, before: string | undefined): boolean {
  // That nothing stays where the helper is killed.
  if (step.kind === 'unshare' && step.shell) return word === killChild;
  return word === hardenedMountFlags && (before === 'mount' || before === 'umount');
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
