/**
 * The capabilities of files (capabilities(7), `security.capability`). Node reads no extended attributes, so
 * it is done by getfattr and setfattr, which are handed descriptors of ours and no paths.
 */
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { findTool } from '../host/hostTools';
import { runTool } from '../../core/fs/runTool';

export function canKeepCapabilities(): boolean {
  return findTool('getfattr') !== undefined && findTool('setfattr') !== undefined;
}

/**
 * @param files descriptors of regular files; as many as fit into one command line
 * @returns base64 by descriptor, of those that have some
 * @throws TerrariumError `capabilities-unreadable`
 */
export async function readCapabilities(files: readonly number[]): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const getfattr = findTool('getfattr');
  if (!getfattr || files.length === 0) return found;
  const { said } = await runTool(getfattr, [
    ...['--absolute-names', '-m', '^security\\.capability$', '-d', '-e', 'base64', '--'],
    ...files.map(heldPath),
  ]);
  let fd: number | undefined;
  for (const line of said.split('\n')) {
    const file = /^# file: \/proc\/\d+\/fd\/(\d+)$/.exec(line);
    const value = /^security\.capability=0s([A-Za-z0-9+/=]+)$/.exec(line);
    if (file) fd = Number(file[1]);
    else if (value && fd !== undefined) found.set(fd, value[1]!);
    // A file system without such attributes has no capabilities either.
    else if (line !== '' && !line.endsWith(': Operation not supported')) throw unreadable(line);
  }
  return found;
}

/** @throws TerrariumError `capabilities-unwritable` */
export async function writeCapability(file: number, base64: string): Promise<void> {
  const setfattr = findTool('setfattr');
  const result = setfattr
    ? await runTool(setfattr, [
        ...['-n', 'security.capability', '-v', `0s${base64}`],
        ...['--', heldPath(file)],
      ])
    : { failed: true, said: 'setfattr is missing (package attr)' };
  if (!result.failed) return;
  throw new TerrariumError(
    'capabilities-unwritable',
    `The capabilities of a file could not be put back: ${escapeControlCharacters(result.said.split('\n')[0] ?? '')}.`,
    'See that the file system keeps extended attributes and that the package attr is installed.',
  );
}

/** As another process of ours sees it. */
function heldPath(fd: number): string {
  return `/proc/${process.pid}/fd/${fd}`;
}

function unreadable(line: string): TerrariumError {
  return new TerrariumError(
    'capabilities-unreadable',
    `The capabilities of a file could not be read: ${escapeControlCharacters(line)}.`,
    'Try it with sudo, which may read them all.',
  );
}
