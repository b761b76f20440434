/** Who is who between a user namespace and the host (user_namespaces(7)). Used by `planStart`. */
import type { Bundle } from '../bundle/loadBundle';
import { keyName } from '../config/describeIssue';
import type { RuntimeName } from '../config/engine';
import { isBind } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import type { IdRange } from '../config/subordinateRange';
import { TerrariumError } from '../errors';
import { machineCheck } from '../text/remedies';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { HostFacts } from './hostFacts';

/** One line of /proc/PID/uid_map, in the words of the OCI runtime-spec. */
export interface MappedRange {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** The mappings of a container. */
export interface Mappings {
  readonly uid: MappedRange[];
  readonly gid: MappedRange[];
  /** `unshare --map-root-user` makes them: root inside is the person, and there is nobody else. */
  readonly byUnshare: boolean;
  /** There is nobody else because the person has no range, and not because config.json says so. */
  readonly lacksRange: boolean;
  /** Root inside is the first id of the person's range, and not the person. */
  readonly ofRange: boolean;
  /** Everybody is who they are on the machine: root has asked for no users of its own. */
  readonly ofMachine?: true;
}

type MappedConfig = Partial<Pick<OciConfig, 'annotations' | 'linux'>>;
type MappedFacts = Pick<
  HostFacts,
  'privilege' | 'uid' | 'gid' | 'subuid' | 'subgid' | 'rootfsOwner'
>;

/** The person inside, where root is the first id of their range: beyond all 16 bit ids. */
const personInside = 65_536;

/**
 * What config.json says, unless it leaves it to whoever starts it. Where it says nothing, container root
 * is the person, and their subordinate range follows from 1 on; where the rootfs belongs to the first id
 * of that range (mmdebstrap and podman make such trees), that id is container root.
 */
export function mappingsFor(config: MappedConfig, facts: MappedFacts): Mappings {
  const rootless = facts.privilege === 'rootless';
  const usual = { byUnshare: false, lacksRange: false, ofRange: false };
  const written = config.linux && writtenMappings(config.linux);
  if (written && !mapsStarter(config)) {
    const isAlone = ([first, ...more]: MappedRange[], own: number) =>
      more.length === 0 && first?.containerID === 0 && first.hostID === own && first.size === 1;
    const alone = isAlone(written.uid, facts.uid) && isAlone(written.gid, facts.gid);
    // Everybody may map that much without newuidmap(1).
    return { ...usual, ...written, byUnshare: rootless && alone };
  }
  const { subuid, subgid, rootfsOwner: owner } = facts;
  if (subuid && subgid && owner?.uid === subuid.start && owner.gid === subgid.start) {
    // The person too: only so may root inside pass the folders above the rootfs (capabilities(7)).
    const shifted = (own: number, { start, count }: IdRange): MappedRange[] => [
      { containerID: 0, hostID: start, size: Math.min(count, personInside) },
      { containerID: personInside, hostID: own, size: 1 },
    ];
    return {
      ...{ ...usual, ofRange: true },
      ...{ uid: shifted(facts.uid, subuid), gid: shifted(facts.gid, subgid) },
    };
  }
  const range = (hostID: number, sub: HostFacts['subuid']): MappedRange[] => [
    { containerID: 0, hostID, size: 1 },
    ...(sub ? [{ containerID: 1, hostID: sub.start, size: sub.count }] : []),
  ];
  const both = facts.subuid && facts.subgid;
  return {
    uid: range(facts.uid, both ? facts.subuid : undefined),
    gid: range(facts.gid, both ? facts.subgid : undefined),
    ...{ byUnshare: rootless && !both, lacksRange: rootless && !both, ofRange: false },
  };
}

/**
 * Those that an installed runtime is given. runc 1.1 gives its own descriptors to root inside, and fails
 * where that is not the person (fchown: EPERM), whoever the rootfs belongs to.
 */
export function runtimeMappings(
  runtime: RuntimeName | undefined,
  config: MappedConfig,
  facts: MappedFacts,
): Mappings {
  const { rootfsOwner, ...others } = facts;
  return mappingsFor(
    config,
    runtime === 'runc' || rootfsOwner === undefined ? others : { ...others, rootfsOwner },
  );
}

/** Whether it has users of its own: one that is asked for, or the one that a start without root needs. */
export function hasUserNamespace(
  { linux }: Pick<OciConfig, 'linux'>,
  privilege: HostFacts['privilege'],
): boolean {
  return privilege === 'rootless' || linux.namespaces.some(({ type }) => type === 'user');
}

/** `dev.terrarium.idMappings`: the mappings in the file are for other runtimes. */
export function mapsStarter({ annotations }: MappedConfig): boolean {
  return annotations?.['dev.terrarium.idMappings'] === 'own';
}

/** Both, or none. */
export function writtenMappings({
  uidMappings: uid,
  gidMappings: gid,
}: OciConfig['linux']): Pick<Mappings, 'uid' | 'gid'> | undefined {
  return uid?.length && gid?.length ? { uid, gid } : undefined;
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
  const { problem, isOption } = unmapped;
  const remove = 'Remove that option, and root inside has what is mounted; or map the id';
  throw new TerrariumError(
    'id-unmapped',
    `“${escapeControlCharacters(name)}”: ${problem}`,
    `${isOption ? remove : 'Map it'} with linux.uidMappings and linux.gidMappings, or get a range of ids of your own: ${machineCheck('says how', 'subordinate-ids')}.`,
  );
}

export interface UnmappedId {
  readonly path: readonly (string | number)[];
  /** A sentence. */
  readonly problem: string;
  /** Of a mount: the kernel refuses it with "Invalid argument", and mount(8) says "wrong fs type, bad option". */
  readonly isOption: boolean;
}

/** Ids of `process.user` and of mounts (`gid=5`) that the mappings leave out, with their places in the file. */
export function unmappedIds(
  { process: { user }, mounts }: OciConfig,
  { uid, gid }: Mappings,
): UnmappedId[] {
  const isMapped = (id: number, mappings: readonly MappedRange[]) =>
    mappings.some((m) => id >= m.containerID && id < m.containerID + m.size);
  const place = ['process', 'user'];
  const noneInside = 'which the user namespace does not map';
  const ofUser = [
    { path: [...place, 'uid'], id: user.uid, mappings: uid },
    { path: [...place, 'gid'], id: user.gid, mappings: gid },
    ...(user.additionalGids ?? []).map((id, index) => ({
      ...{ path: [...place, 'additionalGids', index], id, mappings: gid },
    })),
  ]
    .filter(({ id, mappings }) => !isMapped(id, mappings))
    .map(({ path, id }) => ({
      ...{ path, isOption: false },
      problem: `${keyName(path)} is ${id}, ${noneInside}.`,
    }));
  const ofMounts = mounts.flatMap((mount, index) =>
    isBind(mount)
      ? []
      : (mount.options ?? []).flatMap((option, at) => {
          const [, kind, digits] = /^(uid|gid)=(\d{1,10})$/.exec(option) ?? [];
          if (digits === undefined || isMapped(Number(digits), kind === 'uid' ? uid : gid))
            return [];
          const path = ['mounts', index, 'options', at];
          const who = `the ${kind === 'uid' ? 'user' : 'group'} ${Number(digits)}`;
          const problem = `${keyName(path)} ("${option}") names ${who}, ${noneInside}: the kernel refuses that mount.`;
          return [{ path, isOption: true, problem }];
        }),
  );
  return [...ofUser, ...ofMounts];
}

/** The text that is written to uid_map or gid_map in one write(2). */
export function idMapText(mappings: readonly MappedRange[]): string {
  return mappings.map((m) => `${m.containerID} ${m.hostID} ${m.size}`).join('\n');
}
