/** The steps of a start as the cells of a notebook: headings, and commands with their reasons. Pure. */
import type { LessonCell } from '../../../core/lesson/Lesson';
import { writeLesson } from '../../../core/lesson/writeLesson';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { wrapWords } from '../../../core/text/wrapWords';
import type { PlannedGate, StepPart } from '../../../protocol/steps';
import { escapeMarkdown } from '../../model/markdown';
import type { Translate } from '../../model/translate';

/** In characters: a reason in one line would be scrolled to be read. */
const reasonWidth = 88;

/** @returns Markdown with a shell block for each gate, in their order */
export function stepsMarkdown(
  name: string,
  { gates, byHand }: { readonly gates: readonly PlannedGate[]; readonly byHand: boolean },
  t: Translate,
): Uint8Array {
  const cells = gates.flatMap(({ part, commands }, at): LessonCell[] => {
    const heading = part === gates[at - 1]?.part ? [] : [prose(partText(part, t))];
    return [...heading, { kind: 'script', text: commands.map(commandText).join('\n') }];
  });
  return markdown([prose(introduction(name, byHand, t)), ...cells]);
}

function commandText({ why, lines }: PlannedGate['commands'][number]): string {
  const reason = wrapWords(escapeControlCharacters(why), reasonWidth).split(/\r?\n/);
  const shown = lines.map((line) => escapeControlCharacters(line));
  return [...reason.map((line) => `# ${line}`), ...shown].join('\n');
}

/** For a tab that came back with the window, without its start. */
export function endedMarkdown(name: string, t: Translate): Uint8Array {
  const text = t(
    'This start ended with the window that began it, and nothing of it is left. **Restart Steps** above begins anew.',
  );
  return markdown([prose(`${title(name, t)}\n\n${text}`)]);
}

function introduction(name: string, byHand: boolean, t: Translate): string {
  const paragraphs = [
    title(name, t),
    t(
      'The start waits. Each cell is a step of it: run a cell, and every step down to it is carried out. Below it stands what the kernel says is different now for PID 1.',
    ),
    byHand
      ? t(
          'The commands are typed, into the bash that becomes PID 1. Below each stand the system calls that it makes.',
        )
      : t(
          'The steps are system calls. A cell has the command that does the same, and below it stand the calls with their results.',
        ),
    t(
      '**Open Shell at This Point** opens a shell in the namespaces that are there by then. **Run All** goes on to the program. Closing this tab cancels the start, and leaves nothing.',
    ),
  ];
  return paragraphs.join('\n\n');
}

function title(name: string, t: Translate): string {
  return `# ${t('The start of {0}, step by step', escapeMarkdown(name))}`;
}

function partText(part: StepPart, t: Translate): string {
  const texts: Readonly<Record<StepPart, readonly [heading: string, about: string]>> = {
    cgroup: [t('Limits'), t('A cgroup counts and limits what all processes in it use.')],
    namespaces: [
      t('Namespaces'),
      t('From here on there is a PID 1, with a view of the system of its own.'),
    ],
    ids: [
      t('Who is who'),
      t('The maps of the user namespace say who the users inside are outside.'),
    ],
    filesystems: [
      t('File systems'),
      t(
        'PID 1 still has the root of this machine. Its mount table is its own: what is mounted here is mounted for it alone.',
      ),
    ],
    names: [
      t('Names, network and settings'),
      t('What belongs to the other namespaces, and settings of the kernel.'),
    ],
    root: [t('Root'), t('The rootfs becomes /, and the root of this machine goes out of sight.')],
    privileges: [
      t('Privileges'),
      t('What PID 1 gives up here, nothing in the container gets back.'),
    ],
    program: [
      t('The program'),
      t('With the last step the container runs, in a terminal of its own.'),
    ],
  };
  const [heading, about] = texts[part];
  return `## ${heading}\n\n${about}`;
}

function prose(text: string): LessonCell {
  return { kind: 'prose', text };
}

function markdown(cells: readonly LessonCell[]): Uint8Array {
  return writeLesson({ head: '', eol: '\n', cells });
}
