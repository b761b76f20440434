/**
 * Which mounts of the start sequence one mount(8) can make: an exec costs more than ten mounts.
 * Used by `encodeSteps`; what people see stays one command per mount.
 */
import path from 'node:path';
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
  | { readonly kind: 'defer'; readonly slot: number; readonly fstab: FstabMount };

/** Descriptors for folders; dash knows no number above 9, and 0 to 7 have their uses (see steps.sh). */
const slots = [8, 9];

/** What `mount --all` leaves out or treats in a way of its own. */
const special = /^(remount|move|noauto|user|users|owner|group|loop.*|X-.*|x-.*|_netdev|nofail)$/;

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
  let pending: number[] = [];
  let covered: string[] = [];
  let folders = new Map<string, number>();
  const flush = (before: number) => {
    // One mount alone is quicker as its own command, and fails with its own words.
    if (pending.length === 1) roles[pending[0]!] = { kind: 'now' };
    else if (pending.length > 1) flushBefore.add(before);
    pending = [];
    covered = [];
    folders = new Map<string, number>();
  };
  steps.forEach((step, index) => {
    const folder = step.cwd === undefined ? undefined : path.posix.normalize(step.cwd);
    if (folder !== undefined && covered.some((place) => isBelow(folder, place))) flush(index);
    const fstab = fstabOf(step);
    if (!fstab || folder === undefined) {
      // A plain command in a folder of its own may stand between mounts; others wait for them.
      if (folder === undefined) flush(index);
      roles.push({ kind: 'now' });
      return;
    }
    if (!folders.has(folder) && folders.size === slots.length) flush(index);
    const slot = folders.get(folder) ?? slots[folders.size]!;
    folders.set(folder, slot);
    pending.push(index);
    covered.push(path.posix.join(folder, fstab.target));
    roles.push({ kind: 'defer', slot, fstab });
  });
  flush(steps.length);
  // Turning a lone mount back leaves its neighbours as they were: the order is that of the steps.
  return { roles, flushBefore };
}

/**
 * SOURCE FROM TARGET TYPE-AND-OPTIONS for steps.sh, escaped: TARGET (and where SOURCE is empty FROM)
 * is appended to the name of the open folder.
 */
export function fstabWords({ source, target, type, options }: FstabMount): string[] {
  const isHere = /^\.(\/|$)/.test(source);
  return [
    isHere ? '' : escapeField(source),
    isHere ? escapeField(source.slice(1)) : '',
    escapeField(target.slice(1)),
    `${escapeField(type)} ${options.length ? options.map(escapeField).join(',') : 'defaults'}`,
  ];
}

function fstabOf(step: Step): FstabMount | undefined {
  const [program, ...words] = step.argv;
  if (program !== 'mount') return undefined;
  let type = 'none';
  const options: string[] = [];
  const places: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '-t') type = words[++index]!;
    else if (word === '-o') options.push(...words[++index]!.split(','));
    else if (word === '--bind' || word === '--rbind') options.push(word.slice(2));
    else if (!word.startsWith('-')) places.push(word);
    else if (word !== '-c' && word !== '--') return undefined;
  }
  const [source, target] = places;
  if (source === undefined || target === undefined || places.length > 2) return undefined;
  if (options.some((option) => special.test(option))) return undefined;
  if (target !== '.' && !/^\.\/[^/]+$/.test(target)) return undefined;
  return { source, target, type, options };
}

/** fstab(5): white space and backslash in octal, and no line that begins like a comment. */
function escapeField(text: string): string {
  return text.replace(
    /[\s\\#]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function isBelow(place: string, top: string): boolean {
  return top === '/' || place === top || place.startsWith(`${top}/`);
}
