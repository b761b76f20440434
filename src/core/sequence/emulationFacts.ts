/** What a plan must know of a bundle for another processor. Used by whoever gathers facts for `planStart`. */
import { type CheckedCommand, checkCommand } from '../bundle/checkCommand';
import type { Bundle } from '../bundle/loadBundle';
import { TerrariumError } from '../errors';
import { parseIdMap } from '../procfs/parseIdMap';
import { readUserFile } from '../procfs/userFiles';
import type { EmulationFacts, HostFacts } from './hostFacts';
import type { MappedRange } from './userNamespace';

/**
 * @param checked what `checkCommand` says of its program
 * @param privilege with which it starts
 */
export async function emulationFacts(
  bundle: Pick<Bundle, 'rootfs' | 'config'>,
  checked: CheckedCommand | undefined,
  privilege: HostFacts['privilege'],
): Promise<EmulationFacts> {
  const { emulation } = checked ?? (await shellOf(bundle)) ?? {};
  if (!emulation) return {};
  if (!emulation.own || privilege !== 'root') return { emulation };
  const [uid, gid] = await Promise.all([ownIds('uid_map'), ownIds('gid_map')]);
  return { emulation, machineIds: { uid, gid } };
}

/** The same for who has not checked the program: what is wrong with it is said elsewhere. */
export async function emulationFactsOf(
  bundle: Pick<Bundle, 'path' | 'rootfs' | 'config'>,
  privilege: HostFacts['privilege'],
): Promise<EmulationFacts> {
  return emulationFacts(bundle, await checkCommand(bundle).catch(unlessUnfit), privilege);
}

/** Where a mount hides the program, the rootfs tells of its processor. */
async function shellOf({ rootfs, config }: Pick<Bundle, 'rootfs' | 'config'>) {
  const process: typeof config.process = { ...config.process, args: ['/bin/sh'] };
  return checkCommand({ rootfs, config: { ...config, process } }).catch(unlessUnfit);
}

function unlessUnfit(error: unknown): undefined {
  if (!(error instanceof TerrariumError)) throw error;
  return undefined;
}

/** The ids that this process knows, each as itself. */
async function ownIds(file: 'uid_map' | 'gid_map'): Promise<MappedRange[]> {
  return parseIdMap(await readUserFile(file, 'self')).map(({ inside, count }) => ({
    ...{ containerID: inside, hostID: inside, size: count },
  }));
}
