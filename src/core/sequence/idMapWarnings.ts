/** Who is root of this machine in a mount that maps ids, which no user namespace keeps anybody from. */
import type { Bundle } from '../bundle/loadBundle';
import { isBind, sourceOf } from '../config/mountKinds';
import type { StartWay } from '../config/startWay';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { idMapped } from './idMappedMount';
import type { HostFacts } from './hostFacts';
import type { MappedRange, Mappings } from './userNamespace';

/**
 * @param way undefined for an installed runtime
 * @param users of the container's user namespace, where it has one
 * @returns sentences, safe to show. Where root inside is root of this machine anyway, there is nothing to say
 */
export function idMapWarnings(
  bundle: Bundle,
  privilege: HostFacts['privilege'],
  way: StartWay | undefined,
  users: Pick<Mappings, 'uid' | 'gid'> | undefined,
): string[] {
  if (privilege !== 'root' || way === 'script') return [];
  return bundle.config.mounts.flatMap((mount, index) => {
    const saysIds = mount.uidMappings?.length && mount.gidMappings?.length;
    if (!isBind(mount) || !(saysIds || users)) return [];
    const mapped = idMapped(bundle, mount, privilege, users);
    const who = mapped ? rootOf(mapped.uid, users) : undefined;
    if (who === undefined || (who === 0 && !users)) return [];
    const source = escapeControlCharacters(sourceOf(bundle, mount.source));
    const readOnly = mount.options?.findLast((option) => /^r?(ro|rw)$/.test(option));
    const may = readOnly?.endsWith('ro')
      ? 'reads all that is there'
      : 'reads and changes all that is there, and a setuid program that it makes there is root’s outside too';
    const name = who === 0 ? 'root' : `user ${who}`;
    return [`mounts[${index}] makes ${name} inside root of this machine in ${source}: it ${may}.`];
  });
}

/** Who inside has the files of root, on the disk: containerID is what the disk says there (mount_setattr(2)). */
function rootOf(
  mapped: readonly MappedRange[],
  users: Pick<Mappings, 'uid'> | undefined,
): number | undefined {
  const shown = mapped.find(({ containerID, size }) => containerID === 0 && size > 0)?.hostID;
  if (shown === undefined || !users) return shown;
  const range = users.uid.find(({ hostID, size }) => shown >= hostID && shown < hostID + size);
  return range && range.containerID + shown - range.hostID;
}
