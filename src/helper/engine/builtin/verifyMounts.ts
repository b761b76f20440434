/** The last look before "go": is the waiting PID 1 really where the plan says? Called by the launcher. */
import { readFile, stat } from '../../../core/fs/files';
import path from 'node:path';
import { isBelow } from '../../../core/fs/isBelow';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { namespaceTypes } from '../../../core/config/namespaceTypes';
import type { OciConfig } from '../../../core/config/schema';
import { mountHolding } from '../../../core/procfs/mountHolding';
import { ownMounts } from '../../../core/procfs/ownMounts';
import { type MountEntry, parseMountinfo } from '../../../core/procfs/parseMountinfo';
import { mountTargets } from '../../../core/sequence/mountTargets';
import type { PlannedMounts } from '../../../core/sequence/step';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { namespaceInode, ownNamespaceInode } from '../../processes/namespaceInode';
import { endAsNotPlanned } from './notAsPlanned';
import { type MadeMount, type MountsMade, mountsMade } from './mountsMade';
import { placesInside } from './placesInside';
import { verifyMaskedPaths } from './verifyMaskedPaths';

/**
 * Every mount of the plan must be in PID 1's mountinfo (proc_pid_mountinfo(5)), and
 * no other but the root; what config.json masks must be masked; its namespaces must be new, and it must be
 * in its cgroup. A mount that a race has sent elsewhere, or one of the host's that stayed, ends
 * the start here.
 */
export async function verifyMounts(
  bundle: Bundle,
  plan: PlannedMounts,
  pid: number,
): Promise<void> {
  const entries = parseMountinfo(await readFile(`/proc/${pid}/mountinfo`));
  // The last one at a place is on top.
  const mounts = new Map(entries.map((mount) => [mount.mountPoint, mount]));
  const byId = new Map(entries.map((mount) => [mount.id, mount]));
  const root = `/proc/${pid}/root`;
  const { maskedPaths = [], readonlyPaths = [] } = bundle.config.linux;
  const targets = plan.rootfs.flatMap(mountTargets).map(normal);
  const places = [...targets, ...maskedPaths.map(normal), ...readonlyPaths.map(normal)];
  const inside = await placesInside(root, places, (place) => mounts.has(place));
  const look = (placesOf: (place: string) => string[]) => {
    const found = mountsMade(plan, entries, placesOf);
    return { ...found, problem: problemOf(found, entries, targets.flatMap(placesOf)) };
  };
  let found = look((place) => [inside(normal(place))]);
  if (found.problem !== undefined) {
    // A later mount or a mask may cover a link that led to one: the rootfs itself still has it.
    const outside = await placesInside(bundle.rootfs, targets, () => false);
    found = look((place) => [inside(normal(place)), outside(normal(place))]);
  }
  if (found.problem !== undefined) endAsNotPlanned(bundle, found.problem);
  const hasLayer = plan.rootfs.some(({ kind }) => kind === 'overlay');
  if (hasLayer && mounts.get('/')?.type !== 'overlay')
    endAsNotPlanned(bundle, 'its root is no overlay');
  await verifySources(bundle, found.made);
  for (const { step, place, entry, flags } of found.made) {
    const missing = step.guard ? [] : flags.filter((flag) => !entry.options.includes(flag));
    if (missing.length)
      endAsNotPlanned(
        bundle,
        `its mount at ${escapeControlCharacters(place)} is not ${missing.join(', ')}`,
      );
  }
  const mountAt = (place: string) => mounts.get(inside(normal(place)));
  await Promise.all([
    verifyCgroup(bundle, plan, pid),
    verifyMaskedPaths(bundle, root, inside, mountAt, (id) => byId.get(id)),
    ...bundle.config.linux.namespaces.map((namespace) => verifyNamespace(bundle, namespace, pid)),
  ]);
}

function normal(place: string): string {
  return path.posix.resolve('/', place);
}

/** @returns what is not there, or is there and of the host: outside what the plan mounts and masks */
function problemOf(
  { made, missing }: MountsMade,
  entries: readonly MountEntry[],
  places: readonly string[],
): string | undefined {
  // Files too, which a second writer could have swapped for a link between make_files and mount(2).
  if (missing[0] !== undefined)
    return `its mount at ${escapeControlCharacters(missing[0])} is not there`;
  const allowed = new Set(['/', ...places]);
  const recursive = made.flatMap(({ step, place }) =>
    step.kind === 'bind' && step.recursive && !step.guard ? [place] : [],
  );
  const strange = entries.find(
    ({ mountPoint }) =>
      !allowed.has(mountPoint) && !recursive.some((top) => mountPoint.startsWith(`${top}/`)),
  );
  return (
    strange &&
    `it would see the mount ${escapeControlCharacters(strange.mountPoint)}, which config.json does not name`
  );
}

/** A bind of something in the bundle: a second writer could have put a symlink in its way meanwhile. */
async function verifySources(bundle: Bundle, made: readonly MadeMount[]): Promise<void> {
  let own: readonly MountEntry[] | undefined;
  for (const [index, { step, place, entry }] of made.entries()) {
    if (step.kind !== 'bind' || step.guard || step.source === step.name) continue;
    if (![bundle.path, bundle.rootfs].some((one) => isBelow(step.source, one))) continue;
    const inside = `/${path.posix.relative(bundle.rootfs, step.source)}`;
    // What was mounted in the rootfs by then is what it shows of it.
    const earlier = isBelow(step.source, bundle.rootfs)
      ? made.slice(0, index).findLast((one) => isBelow(inside, one.place))
      : undefined;
    const holding = earlier?.entry ?? mountHolding((own ??= await ownMounts()), step.source);
    if (!holding) continue;
    const below = earlier
      ? path.posix.relative(earlier.place, inside)
      : path.posix.relative(holding.mountPoint, step.source);
    if (entry.device !== holding.device || entry.root !== path.posix.join(holding.root, below))
      endAsNotPlanned(
        bundle,
        `its mount at ${escapeControlCharacters(place)} shows something else than ${escapeControlCharacters(step.source)}`,
      );
  }
}

async function verifyCgroup(bundle: Bundle, { cgroup }: PlannedMounts, pid: number): Promise<void> {
  if (!cgroup) return;
  const procs = await readFile(`${cgroup.folder}/cgroup.procs`, 'utf8');
  if (!procs.split('\n').includes(String(pid))) endAsNotPlanned(bundle, 'it is not in its cgroup');
}

async function verifyNamespace(
  bundle: Bundle,
  { type, path: joined }: OciConfig['linux']['namespaces'][number],
  pid: number,
): Promise<void> {
  const file = namespaceTypes[type].file;
  if (joined !== undefined) {
    // nsfs: one inode for each namespace (namespaces(7)).
    const [inside, wanted] = await Promise.all([stat(`/proc/${pid}/ns/${file}`), stat(joined)]);
    if (inside.ino !== wanted.ino)
      endAsNotPlanned(bundle, `its ${type} namespace is not ${joined}`);
    return;
  }
  if (namespaceInode(pid, file) === ownNamespaceInode(file))
    endAsNotPlanned(bundle, `its ${type} namespace is the host's`);
}
