/** The procfs of a running container, from which its processes are listed. Called by ManagedContainer.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { mountsProcfs } from '../../core/config/mountKinds';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LaunchedContainer } from '../engine/shared/Engine';

/** @throws TerrariumError `no-procfs` */
export function requireProcfs(
  { name, config }: Bundle,
  { procfs }: Pick<LaunchedContainer, 'procfs'>,
): number {
  if (procfs !== undefined) return procfs;
  if (mountsProcfs(config)) {
    throw new TerrariumError(
      'no-procfs',
      `“${escapeControlCharacters(name)}” had no procfs at /proc that could be opened once it ran, so its processes cannot be listed.`,
      'Start it again; if it mounts something else there itself, use the built-in engine, which looks before it runs.',
    );
  }
  throw new TerrariumError(
    'no-procfs',
    `“${escapeControlCharacters(name)}” mounts no /proc, so its processes cannot be listed.`,
    'Add a mount of type proc at /proc to its config.json.',
  );
}
