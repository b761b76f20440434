/** The message for an OOM kill (cgroup-v2.rst, memory.events). */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { bytes, limitsOf } from '../../../core/sequence/cgroupLimits';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { ContainerExit } from '../../../protocol/container';

/** @param byUs the helper sent SIGKILL to PID 1: then the signal is no sign of an OOM kill */
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

/** A start that failed because its own programs exceeded the limit. */
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

/** The limit of config.json; without one it was a parent cgroup's, or the machine's memory. */
function cause({ config }: Bundle, who: string): string {
  const limit = limitsOf(config).find(
    ({ file, value }) => file === 'memory.max' && value !== 'max',
  );
  if (!limit) return 'the machine ran out of memory';
  const shown = /^\d+$/.test(limit.value) ? bytes(Number(limit.value)) : limit.value;
  return `${who} used more memory than ${limit.path.slice(2).join('.')} (${escapeControlCharacters(shown)}) allows`;
}
