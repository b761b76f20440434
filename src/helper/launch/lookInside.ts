/**
 * Looks at files of a running container. What is mounted in it may be a process of its own (FUSE) that
 * never answers, and whoever asks waits in the kernel, with one of the few threads that read for the
 * whole helper. So there is one look at a time, and nobody waits for ever. Called by sessionArgv.ts.
 */
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import type { LaunchedContainer } from './launchContainer';

/** In milliseconds; a look takes one or two. */
const answersWithin = 4000;

/** The last look at each, also one that is still waiting: then no other begins. */
const last = new WeakMap<LaunchedContainer, Promise<void>>();

/** @throws TerrariumError `container-silent`, and what `look` throws */
export async function lookInside<T>(
  container: LaunchedContainer,
  look: () => Promise<T>,
): Promise<T> {
  const turn = (last.get(container) ?? Promise.resolve()).then(look);
  last.set(
    container,
    turn.then(
      () => undefined,
      () => undefined, // it is told to who asked
    ),
  );
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(container)), answersWithin);
  });
  try {
    return await Promise.race([turn, silent]);
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer({ bundle }: LaunchedContainer): TerrariumError {
  return new TerrariumError(
    'container-silent',
    `“${visible(bundle.name)}” does not answer: a file system that is mounted in it (FUSE) keeps everybody waiting who looks at its files.`,
    'Stop the container, or have that unmounted in a shell that is open already.',
  );
}
