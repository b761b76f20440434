/** Tries something on this machine by running it. Used by the checks of this folder. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { findTool } from '../host/hostTools';
import { runTool } from '../../core/fs/runTool';

/** Limit for one try, in milliseconds. */
const within = 10_000;

export interface Attempt {
  readonly worked: boolean;
  /** The first line of its output, safe to show. */
  readonly said: string;
}

export async function attempt(name: string, ...args: readonly string[]): Promise<Attempt> {
  const program = findTool(name);
  if (!program) return { worked: false, said: `there is no ${name}` };
  const { failed, said } = await runTool(program, args, { timeout: within });
  return {
    worked: !failed,
    said: escapeControlCharacters(said.split('\n').find((line) => line.trim() !== '') ?? ''),
  };
}
