/** nsenter(1) into a running container, and whom a user of it is outside. Used for its sessions. */
import {
  type NamespaceType,
  namespaceFlagOrder,
  namespaceTypes,
} from '../../../core/config/namespaceTypes';
import { idOutside, parseIdMap } from '../../../core/procfs/parseIdMap';
import { readUserFile } from '../../../core/procfs/userFiles';
import { findTool } from '../../host/hostTools';

/**
 * @param becomesRoot root inside is not the person who enters
 * @returns nsenter(1)'s words
 */
export function enterNamespaces(
  hostPid: number,
  types: readonly NamespaceType[],
  becomesRoot: boolean,
): string[] {
  const rootless = process.geteuid!() !== 0;
  return [
    ...[findTool('nsenter')!, `--target=${hostPid}`],
    ...namespaceFlagOrder.flatMap((type) =>
      types.includes(type) ? [namespaceTypes[type].flag] : [],
    ),
    ...(types.includes('user') && rootless && !becomesRoot ? ['--preserve-credentials'] : []),
  ];
}

/** The id of the machine's that a user of the container is. */
export async function outsideOf(hostPid: number, uid: number): Promise<number> {
  return idOutside(parseIdMap(await readUserFile('uid_map', hostPid)), uid) ?? 0;
}
