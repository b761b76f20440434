/** What a row of the Processes view calls a process: its name, and of its arguments what fits. */
import type { ProcessInfo } from '../../protocol/processes';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Characters of arguments in a label: what follows it has to fit into a view of usual width. */
const maxArguments = 24;

/** A `comm` is cut at 15 bytes (proc_pid_comm(5)). */
const maxName = 15;

export interface ProcessLabel {
  /** `sleep 300`, `sh -c while :; do sl…`: visible. */
  readonly text: string;
  /** Whether it has all arguments, so that the command line would say nothing more. */
  readonly isWhole: boolean;
}

export function processLabel({
  name,
  commandLine,
}: Pick<ProcessInfo, 'name' | 'commandLine'>): ProcessLabel {
  const [program = ''] = commandLine.split(' ', 1);
  // A login shell is called `-sh`; a script has its interpreter first; a daemon may write anything.
  const called = program.slice(program.lastIndexOf('/') + 1).replace(/^-/, '');
  const isCalledSo = called === name || (name.length >= maxName && called.startsWith(name));
  const rest = isCalledSo ? commandLine.slice(program.length).trim() : commandLine;
  const shown = escapeControlCharacters(rest.slice(0, maxArguments * 4));
  const isCut = shown.length > maxArguments || rest.length > maxArguments * 4;
  const words = isCut ? `${shown.slice(0, maxArguments - 1).trimEnd()}…` : shown;
  return {
    text:
      words === '' ? escapeControlCharacters(name) : `${escapeControlCharacters(name)} ${words}`,
    isWhole: !isCut,
  };
}
