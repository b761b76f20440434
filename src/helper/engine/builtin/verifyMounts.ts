/** The last look before "go": is the waiting PID 1 really where the plan says? Called by the launcher. */
import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { isBelow } from '../../../core/fs/isBelow';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { isBind, topmostMountAt, sourceOf } from '../../../core/config/mountKinds';
import { namespaceTypes } from '../../../core/config/namespaceTypes';
import type { Mount, OciConfig } from '../../../core/config/schema';
import { mountHolding } from '../../../core/procfs/mountHolding';
import { ownMounts } from '../../../core/procfs/ownMounts';
import { type MountEntry, parseMountinfo } from '../../../core/procfs/parseMountinfo';
import { defaultDevices } from '../../../core/sequence/deviceSteps';
import { keptFlags } from '../../../core/sequence/mountFlags';
import { deviceBindOptions } from '../../../core/sequence/mountOptions';
import { mountTargets } from '../../../core/sequence/mountTargets';
import type { StartPlan } from '../../../core/sequence/step';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { endAsNotPlanned } from './notAsPlanned';
import { type PlaceInside, placesInside } from './placesInside';
import { verifyMaskedPaths } from './verifyMaskedPaths';

/**
 * Every mount of the plan must be in PID 1's mountinfo (proc_pid_mountinfo(5)), and no other but the root; what config.json masks must be masked; its namespaces must be new, and it
 * must be in its cgroup. A mount that a race has sent elsewhere, or one of the host's that stayed, ends
 * the start here.
 */
export async function verifyMounts(bundle: Bundle, plan: StartPlan, pid: number): Promise<void> {
  const entries = parseMountinfo(await readFile(`/proc/${pid}/mountinfo`));
  // The last one at a place is on top.
  const mounts = new Map(entries.map((mount) => [mount.mountPoint, mount]));
  const byId = new Map(entries.map((mount) => [mount.id, mount]));
  const root = `/proc/${pid}/root`;
  const { maskedPaths = [], readonlyPaths = [] } = bundle.config.linux;
  const targets = plan.rootfs.flatMap(mountTargets);
  const isThere = (place: string) => mounts.has(place);
  const inside = await placesInside(
    ...[root, [...targets, ...maskedPaths, ...readonlyPaths].map(normal), isThere],
  );
  const mountAt = (place: string) => mounts.get(inside(normal(place)));
  // Files too, which a second writer could have swapped for a link between make_files and mount(2).
  for (const destination of plan.rootfs.filter(({ guard }) => !guard).flatMap(mountTargets)) {
    if (!mountAt(destination))
      endAsNotPlanned(bundle, `its mount at ${escapeControlCharacters(destination)} is not there`);
  }
  await verifySources(bundle, mountAt);
  for (const [place, flags] of wantedFlags(plan, inside)) {
    const missing = flags.filter((flag) => !mountAt(place)?.options.includes(flag));
    if (missing.length)
      endAsNotPlanned(
        bundle,
        `its mount at ${escapeControlCharacters(place)} is not ${missing.join(', ')}`,
      );
  }
  // Anything of the host's would be outside what the plan mounts and masks.
  const allowed = new Set(['/', ...targets.map(inside)]);
  const recursive = plan.rootfs
    .filter((step) => step.kind === 'bind' && step.recursive && !step.guard)
    .flatMap(mountTargets)
    .map(inside);
  const strange = [...mounts.keys()].find(
    (place) => !allowed.has(place) && !recursive.some((top) => place.startsWith(`${top}/`)),
  );
  if (strange)
    endAsNotPlanned(
      bundle,
      `it would see the mount ${escapeControlCharacters(strange)}, which config.json does not name`,
    );
  await Promise.all([
    verifyCgroup(bundle, plan, pid),
    verifyDevices(bundle, plan, root),
    verifyMaskedPaths(bundle, root, inside, mountAt, (id) => byId.get(id)),
    ...bundle.config.linux.namespaces.map((namespace) => verifyNamespace(bundle, namespace, pid)),
  ]);
}

function normal(place: string): string {
  return path.posix.resolve('/', place);
}

/** A bind of something in the bundle: a second writer could have put a symlink in its way meanwhile. */
async function verifySources(
  bundle: Bundle,
  mountAt: (place: string) => MountEntry | undefined,
): Promise<void> {
  const { mounts } = bundle.config;
  const placeOf = ({ destination }: Mount) => path.posix.resolve('/', destination);
  const binds = mounts.filter(
    (mount, index) =>
      isBind(mount) &&
      isBelow(sourceOf(bundle, mount.source), bundle.path) &&
      !mounts.slice(index + 1).some((later) => placeOf(later) === placeOf(mount)), // and covers it
  );
  if (binds.length === 0) return;
  const own = await ownMounts();
  for (const bind of binds) {
    const source = sourceOf(bundle, bind.source);
    const inside = `/${path.posix.relative(bundle.rootfs, source)}`;
    // What was mounted in the rootfs by then is what it shows of it.
    const earlier = isBelow(source, bundle.rootfs)
      ? topmostMountAt({ mounts: mounts.slice(0, mounts.indexOf(bind)) }, inside)
      : undefined;
    const holding = earlier ? mountAt(placeOf(earlier)) : mountHolding(own, source);
    const mount = mountAt(placeOf(bind));
    if (!mount || !holding) continue;
    const below = earlier
      ? path.posix.relative(placeOf(earlier), inside)
      : path.posix.relative(holding.mountPoint, source);
    if (mount.device !== holding.device || mount.root !== path.posix.join(holding.root, below))
      endAsNotPlanned(
        bundle,
        `its mount at ${escapeControlCharacters(placeOf(bind))} shows something else than ${escapeControlCharacters(source)}`,
      );
  }
}

/** Of each place what the last mount there was told; masks are looked at by themselves. */
function wantedFlags({ rootfs }: StartPlan, inside: PlaceInside): Map<string, string[]> {
  const wanted = new Map<string, string[]>();
  for (const step of rootfs) {
    if (step.guard || step.kind === 'propagation') continue;
    const options =
      step.kind === 'bindEach' ? deviceBindOptions : 'options' in step ? step.options : [];
    const flags = keptFlags(options);
    for (const place of mountTargets(step)) wanted.set(inside(place), flags);
  }
  return wanted;
}

async function verifyCgroup(bundle: Bundle, { cgroup }: StartPlan, pid: number): Promise<void> {
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
  const [inside, outside] = await Promise.all([
    readlink(`/proc/${pid}/ns/${file}`),
    readlink(`/proc/self/ns/${file}`),
  ]);
  if (inside === outside) endAsNotPlanned(bundle, `its ${type} namespace is the host's`);
}

/** What cp(1) made of the machine's devices: a plain file in the place of one would be written to disk. */
async function verifyDevices(bundle: Bundle, { rootfs }: StartPlan, root: string): Promise<void> {
  const made = rootfs.flatMap((step) => (step.kind === 'copy' ? step.sources : []));
  await Promise.all(
    defaultDevices
      .map((name) => `/dev/${name}`)
      .filter((file) => made.includes(file))
      .map(async (file) => {
        const [inside, outside] = await Promise.all([
          lstat(root + file).catch(() => undefined),
          stat(file),
        ]);
        if (!inside?.isCharacterDevice() || inside.rdev !== outside.rdev)
          endAsNotPlanned(bundle, `its ${file} is not that device`);
      }),
  );
}
