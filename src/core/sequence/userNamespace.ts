/** Who is who between a user namespace and the host (user_namespaces(7)). Used by `planStart`. */
import type { Bundle } from '../bundle/loadBundle';
import { keyName } from '../config/describeIssue';
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import { visible } from '../text/visible';
import type { HostFacts } from './hostFacts';

/** One line of /proc/PID/uid_map, in the words of the OCI runtime-spec. */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** The mappings of a container; `byUnshare` where `unshare --map-root-user` is all that can be had. */
export interface Mappings {
  readonly uid: IdMapping[];
  readonly gid: IdMapping[];
  readonly byUnshare: boolean;
}

/**
 * What config.json says; where it says nothing, container root is the person, and their subordinate
 * range follows from 1 on.
 */
export function mappingsFor(config: OciConfig, facts: HostFacts): Mappings {
  const { uidMappings, gidMappings } = config.linux ?? {};
  if (uidMappings?.length && gidMappings?.length) {
    return { uid: uidMappings, gid: gidMappings, byUnshare: false };
  }
  const range = (hostID: number, sub: HostFacts['subuid']): IdMapping[] => [
    { containerID: 0, hostID, size: 1 },
    ...(sub ? [{ containerID: 1, hostID: sub.start, size: sub.count }] : []),
  ];
  const both = facts.subuid && facts.subgid;
  return {
    uid: range(facts.uid, both ? facts.subuid : undefined),
    gid: range(facts.gid, both ? facts.subgid : undefined),
    byUnshare: facts.privilege === 'rootless' && !both,
  };
}

/**
 * Whether setgroups(2) fails in it for whoever is no root outside: unshare(1) denies it, and so does
 * newgidmap(1) where all that is mapped is the person's own group (user_namespaces(7)).
 */
export function deniesGroups(
  { gid, byUnshare }: Mappings,
  person: { readonly gid: number },
): boolean {
  return byUnshare || gid.every(({ hostID, size }) => size === 1 && hostID === person.gid);
}

/** @throws TerrariumError `id-unmapped`: setuid(2) could only say "Invalid argument" */
export function requireMapped({ name, config }: Bundle, mappings: Mappings): void {
  const [unmapped] = unmappedIds(config, mappings);
  if (!unmapped) return;
  throw new TerrariumError(
    'id-unmapped',
    `“${visible(name)}”: ${keyName(unmapped.path)} is ${unmapped.id}, which its user namespace does not map: nobody is that inside.`,
    'Map it with linux.uidMappings and linux.gidMappings, or get a range of ids of your own: “Terrarium: Check This Machine” says how (subordinate-ids).',
  );
}

/** Ids of `process.user` that the mappings leave out, with their places in the file. */
export function unmappedIds(
  { process: { user } }: OciConfig,
  { uid, gid }: Mappings,
): { path: (string | number)[]; id: number }[] {
  const isMapped = (id: number, mappings: readonly IdMapping[]) =>
    mappings.some((m) => id >= m.containerID && id < m.containerID + m.size);
  const place = ['process', 'user'];
  return [
    { path: [...place, 'uid'], id: user.uid, mappings: uid },
    { path: [...place, 'gid'], id: user.gid, mappings: gid },
    ...(user.additionalGids ?? []).map((id, index) => ({
      ...{ path: [...place, 'additionalGids', index], id, mappings: gid },
    })),
  ]
    .filter(({ id, mappings }) => !isMapped(id, mappings))
    .map(({ path, id }) => ({ path, id }));
}

/** The text that is written to uid_map or gid_map in one write(2). */
export function idMapText(mappings: readonly IdMapping[]): string {
  return mappings.map((m) => `${m.containerID} ${m.hostID} ${m.size}`).join('\n');
}
