/**
 * Reads files of a running container, with a timeout. A FUSE mounted in it may never answer: the system call
 * then blocks one of libuv's few threads. So each container has one read at a time. Called by
 * sessionCommand.ts and Session.ts.
 */
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { SessionTarget } from './Engine';

/** In milliseconds; a read takes one or two. */
const answersWithin = 4000;

/** How many containers may block a thread; less than `threads` (libuvThreads.ts). */
const mostSilent = 8;

/** Containers with a read that is overdue and still blocked. */
const silentOnes = new Set<SessionTarget>();

/** The last read of each container. While it blocks, no other begins. */
const last = new WeakMap<SessionTarget, Promise<void>>();

/**
 * @param within milliseconds; a test waits for less
 * @throws TerrariumError `container-silent`, and what `look` throws
 */
export async function withContainerFsTimeout<T>(
  container: SessionTarget,
  look: () => Promise<T>,
  within = answersWithin,
): Promise<T> {
  if (silentOnes.size >= mostSilent) throw tooManySilent(container);
  const turn = (last.get(container) ?? Promise.resolve()).then(look);
  const settled: Promise<void> = turn.then(
    () => undefined,
    () => undefined, // reported to the caller
  );
  last.set(container, settled);
  void settled.then(() => {
    if (last.get(container) === settled) silentOnes.delete(container);
  });
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      silentOnes.add(container);
      reject(noAnswer(container));
    }, within);
  });
  try {
    return await Promise.race([turn, silent]);
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer({ bundle }: SessionTarget): TerrariumError {
  return new TerrariumError(
    'container-silent',
    `“${escapeControlCharacters(bundle.name)}” does not answer: a file system that is mounted in it (FUSE) keeps everybody waiting who looks at its files.`,
    'Stop the container, or have that unmounted in a shell that is open already.',
  );
}

function tooManySilent({ bundle }: SessionTarget): TerrariumError {
  const names = [...silentOnes]
    .map((one) => `“${escapeControlCharacters(one.bundle.name)}”`)
    .join(', ');
  return new TerrariumError(
    'container-silent',
    `“${escapeControlCharacters(bundle.name)}” is not looked into: file systems that are mounted in ${names} (FUSE) keep everybody waiting who looks at their files.`,
    'Stop one of those.',
  );
}
