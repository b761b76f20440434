/** What a start by hand looks at in the rootfs: before its first command, and before the program starts. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { topmostMountAt } from '../../../core/config/mountKinds';
import { namespaceTypes } from '../../../core/config/namespaceTypes';
import { TerrariumError } from '../../../core/errors';
import { statInside, withInside } from '../../../core/fs/openInside';
import { parseMountinfo } from '../../../core/procfs/parseMountinfo';
import type { StartPlan } from '../../../core/sequence/step';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { namespaceInode, ownNamespaceInode } from '../../processes/namespaceInode';
import { endAsNotPlanned } from './notAsPlanned';

/**
 * mount(8) makes no mount point, and follows symbolic links on this machine's own root.
 * @throws TerrariumError `mount-point-missing`, `mount-point-symlink`
 */
export async function requirePlaces({ name, rootfs, config }: Bundle): Promise<void> {
  for (const [index, { destination }] of config.mounts.entries()) {
    const place = path.posix.resolve('/', destination);
    // What lies below an earlier mount is there when that is made.
    if (topmostMountAt({ mounts: config.mounts.slice(0, index) }, place)) continue;
    const inside = await withInside(rootfs, place, (found) => found.inside);
    if (inside === place) continue;
    const [shown, problem] = [
      escapeControlCharacters(place),
      inside === undefined ? 'missing' : 'symlink',
    ];
    const what =
      inside === undefined ? 'is not in its rootfs' : 'in its rootfs is a symlink, or below one';
    throw new TerrariumError(
      `mount-point-${problem}`,
      `“${escapeControlCharacters(name)}” did not start: ${shown} ${what}, and a mount by hand goes where a path leads on this machine.`,
      `Make ${shown} a plain folder in the rootfs (mkdir), or correct "destination" in config.json.`,
    );
  }
}

/** @throws TerrariumError `not-as-planned` */
export async function verifyByHand(bundle: Bundle, plan: StartPlan, pid: number): Promise<void> {
  const made = parseMountinfo(await readFile(`/proc/${pid}/mountinfo`));
  for (const step of plan.rootfs) {
    if (step.kind !== 'mount' && step.kind !== 'bind') continue;
    if (!made.some(({ mountPoint }) => mountPoint === step.name))
      endAsNotPlanned(bundle, `its mount at ${escapeControlCharacters(step.name)} is not there`);
  }
  for (const type of plan.unshare.types) {
    const { file } = namespaceTypes[type];
    if (namespaceInode(pid, file) === ownNamespaceInode(file))
      endAsNotPlanned(bundle, `its ${type} namespace is the host's`);
  }
}

/** @returns what is to be known before anything inside writes to /dev/null; undefined where it is there */
export async function lackOfDevices({ rootfs, config }: Bundle): Promise<string | undefined> {
  if (topmostMountAt(config, '/dev/null')) return undefined;
  const node = await statInside(rootfs, '/dev/null');
  return node?.isCharacterDevice()
    ? undefined
    : 'It has no /dev/null, /dev/zero, /dev/random or /dev/tty: by hand nobody makes them, and “> /dev/null” inside makes a plain file in the rootfs. “A root of its own” has them: remove the annotation dev.terrarium.root from config.json.';
}
