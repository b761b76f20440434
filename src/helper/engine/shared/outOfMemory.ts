/** What people are told where the kernel killed for want of memory (cgroup-v2.rst, memory.events). */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { bytes, limitsOf } from '../../../core/sequence/cgroupLimits';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { ContainerExit } from '../../../protocol/container';

/** @param byUs PID 1 got a SIGKILL from the helper, so that one says nothing of memory */
export function outOfMemory(
  bundle: Bundle,
  exit: ContainerExit,
  kills: number,
  byUs: boolean,
): ContainerExit {
  const name = `“${escapeControlCharacters(bundle.name)}”`;
  const message =
    exit.signal === 'SIGKILL' && !byUs
      ? `${name} was killed: ${cause(bundle, 'it')}.`
      : `${exit.message} Before that ${processes(kills)} in it had been killed: ${cause(bundle, 'they')}.`;
  return { ...exit, message, outOfMemory: true };
}

export function memoryWarning(bundle: Bundle, kills: number): string {
  return `${processes(kills)} in “${escapeControlCharacters(bundle.name)}” ${kills === 1 ? 'was' : 'were'} killed: ${cause(bundle, 'they')}.`;
}

/** A start that failed because its own programs did not fit. */
export function shortOfMemory(bundle: Bundle, error: TerrariumError): TerrariumError {
  return new TerrariumError(
    'out-of-memory',
    `${error.problem} The kernel killed one of its programs: ${cause(bundle, 'they')}.`,
    'Raise the limit in linux.resources of config.json.',
    { cause: error },
  );
}

function processes(count: number): string {
  return count === 1 ? 'one process' : `${count} processes`;
}

/** The limit in the words of config.json; without one it was a limit above, or the machine itself. */
function cause({ config }: Bundle, who: string): string {
  const limit = limitsOf(config).find(
    ({ file, value }) => file === 'memory.max' && value !== 'max',
  );
  if (!limit) return 'the machine ran out of memory';
  const shown = /^\d+$/.test(limit.value) ? bytes(Number(limit.value)) : limit.value;
  return `${who} used more memory than ${limit.path.slice(2).join('.')} (${escapeControlCharacters(shown)}) allows`;
}
