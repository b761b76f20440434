/** What a rootfs holds that its person should know before it starts. Called by launchContainer. */
import { inspectRootfs } from '../../core/bundle/inspectRootfs';

/** A start does not wait for more than a moment's looking. */
const maxEntries = 3000;

/** More lines than this would push the start sequence out of sight. */
const maxLines = 8;

/** @returns sentences, safe to show: setuid and setgid programs, and device nodes */
export async function rootfsWarnings(rootfs: string): Promise<string[]> {
  const found = await inspectRootfs(rootfs, { maxEntries });
  const lines = found
    .filter(({ kind }) => kind === 'setuid' || kind === 'setgid' || kind === 'device')
    .map(({ message }) => `${message}.`);
  const rest = lines.length - maxLines;
  return rest > 0 ? [...lines.slice(0, maxLines), `There are ${rest} more of these.`] : lines;
}
