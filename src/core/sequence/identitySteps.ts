/** Who is who in a user namespace: the map that is written from outside, and whose namespace it becomes. */
import type { RuntimeName } from '../config/engine';
import { TerrariumError } from '../errors';
import { machineCheck, makeYours } from '../text/remedies';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { HostFacts } from './hostFacts';
import { type StartPlan, type Step, type StepOf, pidPlaceholder } from './step';
import { type MappedRange, type Mappings, idMapText } from './userNamespace';

function becomeStep(uid: number, gid: number): StepOf<'switchUser'> {
  return {
    id: 'become-person',
    where: 'host',
    ...{ kind: 'switchUser', uid, gid },
    why: 'Switch to your user and group, so that you own the user namespace and the files it creates',
  };
}

export function idMapSteps(mappings: Mappings, facts: HostFacts): Step[] {
  return (['uid', 'gid'] as const).map((kind) => ({
    id: `map-${kind}`,
    where: 'host',
    group: 'ids',
    ...(facts.privilege === 'root'
      ? {
          kind: 'write',
          text: idMapText(mappings[kind]),
          file: `/proc/${pidPlaceholder}/${kind}_map`,
        }
      : {
          kind: 'idMap',
          tool: facts.idMapTools?.[kind] ?? `new${kind}map`,
          mappings: mappings[kind],
        }),
    why:
      `Map the ${kind === 'uid' ? 'users' : 'groups'}: first ID inside, first ID outside, count` +
      (mappings.ofRange && kind === 'uid'
        ? '; root inside is the first of your range, to which the rootfs belongs'
        : ''),
  }));
}

/** @throws TerrariumError where nobody would be root inside */
export function switchUserStep(
  mappings: Mappings | undefined,
  facts: HostFacts,
): Pick<StartPlan, 'switchUser'> {
  if (!mappings) return {};
  const [uid, gid] = [rootOutside(mappings.uid), rootOutside(mappings.gid)];
  if (uid === undefined || gid === undefined) {
    throw new TerrariumError(
      'mapping-without-root',
      'linux.uidMappings and gidMappings in config.json leave out id 0, which the start sequence needs inside.',
      'Add a mapping with "containerID": 0.',
    );
  }
  // An ordinary person is who they are already.
  if (facts.privilege !== 'root') return {};
  return uid === 0 && gid === 0 ? {} : { switchUser: becomeStep(uid, gid) };
}

function rootOutside(mappings: readonly MappedRange[]): number | undefined {
  const found = mappings.find((m) => m.containerID <= 0 && m.containerID + m.size > 0);
  return found?.hostID;
}

/**
 * Becomes root in a user namespace whose root the person is not: until then PID 1 has its capabilities
 * from `unshare --keep-caps`, over execve(2) too.
 */
export const rootInside: StepOf<'switchUser'> = {
  id: 'become-root',
  where: 'namespaces',
  ...{ kind: 'switchUser', uid: 0, gid: 0, dropsCapabilities: true },
  why: 'Become root of the user namespace: another ID outside than yours',
};

/**
 * A tree of a user namespace that starts in another one, or in none: its root is another user there.
 * @param mappings undefined where the container shares the machine's users
 */
export function ownerWarnings(
  mappings: Mappings | undefined,
  {
    rootfsOwner,
    rootfsRangeOf: owner,
    privilege,
  }: Pick<HostFacts, 'rootfsOwner' | 'rootfsRangeOf' | 'privilege'>,
  runtime?: RuntimeName,
): string[] {
  if (
    !rootfsOwner ||
    mappings?.ofMachine ||
    (mappings && rootOutside(mappings.uid) === rootfsOwner.uid)
  )
    return [];
  if (owner === undefined) return mappings ? [foreignOwnerWarning(rootfsOwner.uid, privilege)] : [];
  const remedy =
    runtime === 'runc'
      ? 'Under runc, root inside is the user who starts it: use crun or the built-in engine, as that user.'
      : !mappings
        ? 'Start it as that user, rootless, or with sudo and a user namespace ({ "type": "user" } in linux.namespaces, as “Safe” has).'
        : mappings.lacksRange
          ? 'Start it as that user, where further ids can be mapped.'
          : 'Start it as that user, with the mappings of the user who starts it ("dev.terrarium.idMappings": "own" in annotations of config.json).';
  return [
    `Root inside does not own this rootfs, so su, sudo and other setuid programs make nobody root: it belongs to ${rootfsOwner.uid}, the first subordinate id of “${escapeControlCharacters(owner)}”, as a tree does that mmdebstrap made without root. ${remedy}`,
  ];
}

/** A tree that sudo made, mostly: to a user namespace whose root is another user it is read-only. */
function foreignOwnerWarning(uid: number, privilege: HostFacts['privilege']): string {
  const whose = uid === 0 ? 'root of this machine' : `the user ${uid} of this machine`;
  const elsewhere =
    privilege === 'root'
      ? 'Leave the user namespace out of linux.namespaces'
      : uid === 0
        ? 'Start it with sudo (“Terrarium: Choose Privilege…” in the editor)'
        : 'Start it as that user';
  return `Root inside does not own this rootfs, so it cannot change its files, and programs that do (apt, su, passwd) fail: it belongs to ${whose}. ${elsewhere}, ${makeYours}, or make the tree without sudo, as mmdebstrap can.`;
}

export function mappingWarnings({ uid, lacksRange, ofMachine }: Mappings): string[] {
  if (ofMachine) return [];
  return [
    ...(lacksRange
      ? [
          `Only root exists inside: no range of further ids can be mapped. ${machineCheck('says how to get one', 'subordinate-ids')}.`,
        ]
      : []),
    ...(uid.some(({ hostID }) => hostID === 0)
      ? [
          'Its user namespace maps root inside to root of this machine, so a setuid program made inside is root’s outside too: start it as a user other than root, or set linux.uidMappings.',
        ]
      : []),
  ];
}
