/** Removes the socket file that a killed helper left. Called by HelperServer.ts. */
import { lstat, rm } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { refusesConnections } from '../host/refusesConnections';

/** @throws TerrariumError `helper-running`, `socket-taken` */
export async function removeStaleSocket(file: string): Promise<void> {
  const stat = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!stat) return;
  if (!stat.isSocket()) {
    throw new TerrariumError(
      'socket-taken',
      `${escapeControlCharacters(file)} is in the way and is no socket.`,
      'Remove it and try again.',
    );
  }
  if (!(await refusesConnections(file))) {
    throw new TerrariumError(
      'helper-running',
      `A helper listens at ${escapeControlCharacters(file)} already.`,
      'Use that one, or stop its containers and wait a minute: it ends by itself.',
    );
  }
  await rm(file, { force: true });
}
