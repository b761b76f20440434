/**
 * Which line of mountinfo each mount of a plan has become. Several may lie at one place: later ones, masks, copies
 * that a recursive bind has brought. For verifyMounts.ts.
 */
import path from 'node:path';
import type { MountEntry } from '../../../core/procfs/parseMountinfo';
import { keptFlags } from '../../../core/sequence/mountFlags';
import { deviceBindOptions } from '../../../core/sequence/mountOptions';
import { mountTargets } from '../../../core/sequence/mountTargets';
import type { StartPlan, Step, StepOf } from '../../../core/sequence/step';

export type MountStep = StepOf<'mount' | 'bind' | 'bindEach'>;

export interface MadeMount {
  readonly step: MountStep;
  /** Without links on the way. */
  readonly place: string;
  readonly entry: MountEntry;
  /** Those that it was told last: a later step may have changed them. */
  flags: string[];
}

export interface MountsMade {
  /** In the order of the plan. */
  readonly made: readonly MadeMount[];
  /** Destinations of mounts that are not there. */
  readonly missing: readonly string[];
}

/**
 * Goes backwards: mountinfo has mounts in the order in which they were made, so the last one at a place is that of the
 * last step there, and what a recursive bind has brought below it comes after the bind itself.
 * @param placesOf where a destination may be, the likeliest first
 */
export function mountsMade(
  { rootfs }: Pick<StartPlan, 'rootfs'>,
  entries: readonly MountEntry[],
  placesOf: (destination: string) => readonly string[],
): MountsMade {
  const left = new Map<string, number[]>();
  for (const [index, { mountPoint }] of entries.entries()) {
    const there = left.get(mountPoint);
    if (there) there.push(index);
    else left.set(mountPoint, [index]);
  }
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const before = new Map<string, number>();
  const last = (place: string) => {
    const limit = Math.min(...upwards(place).map((above) => before.get(above) ?? Infinity));
    return left.get(place)?.findLast((index) => index < limit);
  };
  const known = rootfs.filter(({ guard }) => !guard).flatMap(mountTargets);
  const sure = new Set(known.flatMap(placesOf));
  const masks = new Map<string, number>();
  for (const [index, step] of rootfs.entries())
    if (isMask(step))
      for (const place of mountTargets(step)) masks.set(place, masks.get(place) ?? index);
  const taken = new Set<string>();
  const [made, missing]: [MadeMount[], string[]] = [[], []];
  for (const [at, step] of [...rootfs.entries()].reverse()) {
    if (!isMount(step)) continue;
    const guarded = step.guard !== undefined;
    const group = step.id.replace(/:if-(file|directory)$/, '');
    for (const destination of mountTargets(step).reverse()) {
      // A mask above it was there before: then there was nothing to be mounted on.
      const isHidden = () =>
        upwards(destination)
          .slice(1)
          .some((above) => (masks.get(above) ?? at) < at);
      if (guarded && (taken.has(group) || isHidden())) continue;
      const fits = (place: string) => {
        const index = last(place);
        if (index === undefined) return false;
        return !guarded || isGuarded(step, entries[index]!, byId, sure.has(place));
      };
      const place = placesOf(destination).find(fits);
      if (place === undefined) {
        if (!guarded) missing.push(destination);
        continue;
      }
      const index = last(place)!;
      before.set(place, index);
      taken.add(group);
      made.push({ step, place, entry: entries[index]!, flags: flagsOf(step) });
    }
  }
  return { made: withChanges(rootfs, made.reverse()), missing: missing.reverse() };
}

/** Of each place the last mount before a remount is the one that it changes. */
function withChanges(rootfs: readonly Step[], made: readonly MadeMount[]): readonly MadeMount[] {
  const order = new Map(rootfs.map((step, index) => [step, index]));
  for (const [index, step] of rootfs.entries()) {
    if (step.kind !== 'remount' || step.guard) continue;
    const [destination] = mountTargets(step);
    const changed = made.findLast(
      (one) => order.get(one.step)! < index && mountTargets(one.step).includes(destination!),
    );
    if (changed) changed.flags = keptFlags(step.options);
  }
  return made;
}

function isMount(step: Step): step is MountStep {
  return (
    (step.kind === 'mount' || step.kind === 'bind' || step.kind === 'bindEach') &&
    step.cwd !== undefined
  );
}

function isMask(step: Step): boolean {
  return isMount(step) && step.guard !== undefined && !bindsItself(step);
}

/** As a read-only path is made. */
function bindsItself(step: MountStep): boolean {
  return step.kind === 'bind' && step.source === step.name && step.guard !== undefined;
}

/** Whether it is what a step with a guard makes, which has nothing to do where its place is not there. */
function isGuarded(
  step: MountStep,
  entry: MountEntry,
  byId: ReadonlyMap<number, MountEntry>,
  isMountPoint: boolean,
): boolean {
  if (bindsItself(step))
    return !isMountPoint || byId.get(entry.parentId)?.mountPoint === entry.mountPoint;
  if (step.kind === 'mount')
    return entry.type === 'tmpfs' && entry.root === '/' && entry.options.includes('ro');
  return path.posix.basename(entry.root) === 'null';
}

function flagsOf(step: MountStep): string[] {
  return keptFlags(step.kind === 'bindEach' ? deviceBindOptions : step.options);
}

/** The place itself, and each folder above it. */
function upwards(place: string): string[] {
  const all = [place];
  for (let here = place; here !== '/'; all.push(here)) here = path.posix.dirname(here);
  return all;
}
