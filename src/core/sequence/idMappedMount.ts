/** Whose files a mount shows: `uidMappings`, `gidMappings` and the options `idmap` and `ridmap`. Used by `mountSteps`. */
import type { Bundle } from '../bundle/loadBundle';
import type { Mount } from '../config/schema';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { HostFacts } from './hostFacts';
import type { IdMapped } from './operation';
import type { Mappings } from './userNamespace';

/**
 * @param users those of the container's user namespace, which "idmap" alone means
 * @throws TerrariumError `idmap-root`, `idmap-ids`: the specification wants no start without the mapping
 */
export function idMapped(
  { name }: Bundle,
  { destination, options = [], uidMappings, gidMappings }: Mount,
  privilege: HostFacts['privilege'],
  users: Pick<Mappings, 'uid' | 'gid'> | undefined,
): IdMapped | undefined {
  const asks = options.find((option) => /^r?idmap$/.test(option));
  const written = uidMappings?.length && gidMappings?.length;
  if (asks === undefined && !written) return undefined;
  const where = `“${escapeControlCharacters(name)}”: the mount at ${escapeControlCharacters(destination)}`;
  if (privilege !== 'root')
    throw new TerrariumError(
      'idmap-root',
      `${where} maps ids, which the kernel allows root of this machine alone (mount_setattr(2)).`,
      'Start it with sudo, or remove "idmap", "uidMappings" and "gidMappings" from that mount.',
    );
  const [uid, gid] = written ? [uidMappings, gidMappings] : [users?.uid, users?.gid];
  if (!uid || !gid)
    throw new TerrariumError(
      'idmap-ids',
      `${where} has "${asks}" and says no ids, and there is no user namespace whose ids could be meant.`,
      'Add "uidMappings" and "gidMappings" to that mount, or { "type": "user" } to linux.namespaces.',
    );
  return { uid, gid, below: asks === 'ridmap' };
}
