/** Warnings about a rootfs before its start. Called by both engines. */
import { lstat, stat } from '../../../core/fs/files';
import path from 'node:path';
import { type RootfsFinding, inspectRootfs, stillFound } from '../../../core/bundle/inspectRootfs';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { kindOf } from '../../../core/bundle/loadBundleOrFolder';
import { mayMount } from '../../../core/config/boundingSet';
import type { OciConfig } from '../../../core/config/schema';
import { keepLatest } from '../../../core/keepLatest';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { machineCheck } from '../../../core/text/remedies';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { LatestWarnings } from './StartLooks';
import { type PlacedFolder, fitFor, mountBelow } from '../../host/workspace';

/** Limit for the walk: the first start of a rootfs waits for it. */
const maxEntries = 3000;

/** How many names a sentence lists. */
const maxNames = 8;

/** What was found last in each rootfs that this process has looked through. */
const known = new Map<string, readonly RootfsFinding[]>();

/** How many are kept. */
const mostKnown = 32;

/** @returns sentences, safe to show: setuid and setgid programs, device nodes, and how more could be made */
export async function rootfsWarnings(
  bundle: Bundle,
  { mounts }: Pick<HostFacts, 'mounts'>,
): Promise<string[]> {
  const found = await inspectRootfs(bundle.rootfs, { maxEntries });
  keepLatest(known, bundle.rootfs, found, mostKnown);
  return sentences(bundle, found, mounts);
}

/**
 * The same, but of a rootfs that was looked through before without what has come since then: a start does not wait for a
 * whole tree each time.
 */
export async function latestWarnings(
  bundle: Bundle,
  facts: Pick<HostFacts, 'mounts'>,
): Promise<LatestWarnings> {
  const earlier = known.get(bundle.rootfs);
  if (!earlier) return { warnings: await rootfsWarnings(bundle, facts), areAll: true };
  const found = await stillFound(bundle.rootfs, earlier);
  return { warnings: await sentences(bundle, found, facts.mounts), areAll: false };
}

async function sentences(
  bundle: Bundle,
  found: readonly RootfsFinding[],
  mounts: HostFacts['mounts'],
): Promise<string[]> {
  const place = await mountBelow(bundle.rootfs, mounts);
  return [
    ...(await unreadConfig(bundle)),
    ...whereItLies(place),
    ...programsIn(found),
    ...devicesIn(found),
    ...(await whatStays(bundle, place)),
  ];
}

/** A config.json in the tree may look as if it were used. */
async function unreadConfig(bundle: Bundle): Promise<string[]> {
  if (kindOf(bundle) === 'bundle') return [];
  const file = path.join(bundle.rootfs, 'config.json');
  if (!(await lstat(file).catch(() => undefined))) return [];
  return [
    `${escapeControlCharacters(file)} is not read: it lies in the root filesystem itself, where the container may write it. The default configuration starts this folder.`,
  ];
}

/** One sentence: a distribution's tree has a dozen of them. */
function programsIn(found: readonly RootfsFinding[]): string[] {
  const programs = new Set(
    found.filter(({ kind }) => kind === 'setuid' || kind === 'setgid').map((one) => one.path),
  );
  if (programs.size === 0) return [];
  return [
    `Setuid and setgid programs in the rootfs, which run as their owner or group: ${naming([...programs])}.`,
  ];
}

/** One sentence: a tree unpacked as root has a dozen of them. */
function devicesIn(found: readonly RootfsFinding[]): string[] {
  const devices = found.filter(({ kind }) => kind === 'device').map((one) => one.path);
  if (devices.length === 0) return [];
  return [
    `Device nodes in the rootfs: ${naming(devices)}. They came with it, or root in the container made them; the container has its own /dev, so delete those that you do not need.`,
  ];
}

function naming(paths: readonly string[]): string {
  const rest = paths.length - maxNames;
  const names = paths.toSorted().slice(0, maxNames).map(escapeControlCharacters).join(', ');
  return names + (rest > 0 ? ` and ${rest} more` : '');
}

/** In the doctor's words: the errors of programs there do not name the mount. */
function whereItLies(place: PlacedFolder): string[] {
  const { code, verdict, found, remedy } = fitFor(place);
  if (verdict !== 'failed') return [];
  return [`${found} ${remedy} ${machineCheck('says so too', code)}.`];
}

/** Where root inside is the machine's root, only a folder without access for others protects its files. */
async function whatStays({ config }: Bundle, { real, mount }: PlacedFolder): Promise<string[]> {
  if (process.geteuid!() !== 0 || !mayLeaveRoots(config)) return [];
  const worksForNobody = ['nosuid', 'nodev'].every((option) => mount?.options.includes(option));
  if (worksForNobody || !(await othersReach(real))) return [];
  return [
    'Root inside is root of this machine: a setuid program or a device node that it makes stays in the rootfs and works for everybody who reaches that folder. Give it users of its own ({ "type": "user" } in linux.namespaces, as “Safe” has), start it rootless as a user other than root, or close a folder above it (chmod 700).',
  ];
}

/** Whether a process inside can be this machine's root and write to the rootfs. */
export function mayLeaveRoots(config: OciConfig): boolean {
  const { linux, root } = config;
  const { user, capabilities, noNewPrivileges } = config.process;
  if (linux.namespaces.some(({ type }) => type === 'user')) return false;
  const staysAnother = user.uid !== 0 && noNewPrivileges && !capabilities?.ambient?.length;
  return !staysAnother && (root.readonly !== true || mayMount(config));
}

/** Every folder of the path must be searchable (path_resolution(7)). */
async function othersReach(real: string): Promise<boolean> {
  for (let folder = real; folder !== '/'; folder = path.dirname(folder))
    if ((((await stat(folder).catch(() => undefined))?.mode ?? 0) & 0o001) === 0) return false;
  return true;
}
