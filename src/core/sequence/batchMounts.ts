/**
 * Which mounts of the start sequence one mount(8) can make: an exec costs more than ten mounts.
 * Used by `encodeSteps`; what people see stays one command per mount.
 */
import path from 'node:path';
import { isBelow } from '../fs/isBelow';
import { isOwnType } from '../config/mountKinds';
import { bindsOf, mountTargets } from './mountTargets';
import type { Operation } from './operation';
import type { Step } from './step';

/** A mount as an fstab(5) line has it, its places still relative to the step's folder. */
export interface FstabMount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** How a step takes part: into the folder open on which descriptor, and after which of the earlier ones. */
export type BatchRole =
  | { readonly kind: 'now' }
  | {
      readonly kind: 'defer';
      readonly slot: number;
      readonly folder: string;
      readonly mounts: readonly FstabMount[];
    };

/** Descriptors for folders; dash knows no number above 9, and the others have their uses (see steps.sh). */
const slots = [5, 8, 9];

/** What `mount --all` leaves out or treats in a way of its own. */
const special = /^(remount|move)$/;

/**
 * @returns for each step its role, and the numbers of the steps before which the deferred mounts
 *   must be made: whatever happens in or below a folder that one of them covers comes after it
 */
export function batchMounts(steps: readonly Step[]): {
  readonly roles: BatchRole[];
  readonly flushBefore: ReadonlySet<number>;
} {
  const roles: BatchRole[] = [];
  const flushBefore = new Set<number>();
  const own = new OwnFilesystems();
  let pending: number[] = [];
  let covered: string[] = [];
  let folders = new Map<string, number>();
  const flush = (before: number) => {
    // One mount alone is quicker as its own command, and fails with its own words.
    const alone = pending.length === 1 ? roles[pending[0]!] : undefined;
    if (alone?.kind === 'defer' && alone.mounts.length === 1) roles[pending[0]!] = { kind: 'now' };
    else if (pending.length > 0) flushBefore.add(before);
    pending = [];
    covered = [];
    folders = new Map<string, number>();
  };
  steps.forEach((step, index) => {
    const cwd = step.cwd === undefined ? undefined : path.posix.normalize(step.cwd);
    const made = cwd === undefined ? [] : fstabMounts(step);
    // One more line finds by its name what the lines before it mount there; a command does not.
    const places = [cwd ?? '/', ...(made.length === 0 ? mountTargets(step) : [])];
    const isCovered = places.some((one) => covered.some((place) => isBelow(one, place)));
    if (cwd === undefined || isCovered) flush(index);
    // A plain command in a folder of its own may stand between mounts; others wait for them.
    if (cwd === undefined || made.length === 0) {
      roles.push({ kind: 'now' });
      return;
    }
    const { folder, mounts } = own.fromParent(cwd, made);
    if (!folders.has(folder) && folders.size === slots.length) flush(index);
    const slot = folders.get(folder) ?? slots[folders.size]!;
    folders.set(folder, slot);
    pending.push(index);
    for (const mount of mounts) {
      const place = path.posix.join(folder, mount.target);
      covered.push(place);
      own.mounted(place, mount);
    }
    roles.push({ kind: 'defer', slot, folder, mounts });
  });
  flush(steps.length);
  // Turning a lone mount back leaves its neighbours as they were: the order is that of the steps.
  return { roles, flushBefore };
}

/**
 * The order in which the steps then happen, so that what is planned, shown and exported is what is done:
 * a command that waits for none of the deferred mounts comes before them.
 */
export function executionOrder(steps: readonly Step[]): Step[] {
  const { roles, flushBefore } = batchMounts(steps);
  const made: Step[] = [];
  let deferred: Step[] = [];
  for (const [index, step] of steps.entries()) {
    if (flushBefore.has(index)) {
      made.push(...deferred);
      deferred = [];
    }
    (roles[index]!.kind === 'defer' ? deferred : made).push(step);
  }
  return [...made, ...deferred];
}

/**
 * SOURCE FROM TARGET TYPE-AND-OPTIONS for steps.sh, escaped: TARGET (and where SOURCE is empty FROM)
 * is appended to the name of the open folder.
 */
export function fstabFields({ source, target, type, options }: FstabMount): string[] {
  const isHere = /^\.(\/|$)/.test(source);
  return [
    isHere ? '' : escapeField(source),
    isHere ? escapeField(source.slice(1)) : '',
    escapeField(target.slice(1)),
    `${escapeField(type)} ${options.length ? options.map(escapeField).join(',') : 'defaults'}`,
  ];
}

/** Filesystems that the sequence itself has made: nobody else can reach in and bend a name there. */
class OwnFilesystems {
  private readonly tops = new Set<string>();

  mounted(place: string, { type }: FstabMount): void {
    for (const top of this.tops) if (isBelow(top, place)) this.tops.delete(top);
    // In a procfs some names are links of the kernel's own, such as self.
    if (isOwnType(type) && type !== 'proc') this.tops.add(place);
  }

  /** A mount on a folder right below one of them can do with the one above: a descriptor less. */
  fromParent(
    cwd: string,
    mounts: readonly FstabMount[],
  ): { folder: string; mounts: readonly FstabMount[] } {
    const parent = path.posix.dirname(cwd);
    const [mount] = mounts;
    const isHere = mounts.length === 1 && mount?.target === '.' && !mount.source.startsWith('.');
    if (!isHere || !this.tops.has(parent)) return { folder: cwd, mounts };
    const options = [...mount.options, 'X-mount.mkdir=0755'];
    const target = `./${path.posix.basename(cwd)}`;
    return { folder: parent, mounts: [{ ...mount, target, options }] };
  }
}

/** The mounts that a step makes; none where it is something else, or needs its own mount(8). */
function fstabMounts(step: Operation): FstabMount[] {
  switch (step.kind) {
    case 'bindEach':
      return bindsOf(step).flatMap(fstabMounts);
    case 'bind': {
      if (step.pinned) return [];
      const options = [step.recursive ? 'rbind' : 'bind', ...step.options];
      return fstabMount({ source: step.source, target: step.name, type: 'none', options });
    }
    case 'mount': {
      const { source, name, type, options } = step;
      return fstabMount({ source, target: name, type, options });
    }
    default:
      return [];
  }
}

function fstabMount(mount: FstabMount): FstabMount[] {
  if (mount.options.some((option) => special.test(option))) return [];
  return /^\.(\/[^/]+)?$/.test(mount.target) ? [mount] : [];
}

/** fstab(5): white space and backslash in octal, and no line that begins like a comment. */
function escapeField(text: string): string {
  return text.replace(
    /[ \t\n\r\v\f\\#]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
