/** The exit code of a command that could not be started, as a shell has it. For `run`, sessions and tasks. */
import { TerrariumError } from '../errors';

/** Codes of errors that say: what was named is not there. */
const notFound: ReadonlySet<string> = new Set([
  'command-missing',
  'path-missing',
  'path-unending',
  'loader-missing',
]);

/** POSIX, Shell Command Language, 2.8.2: 127 for a command that is not found, 126 for one that cannot be run. */
export function commandExitCode(error: unknown): 126 | 127 {
  return error instanceof TerrariumError && notFound.has(error.code) ? 127 : 126;
}
