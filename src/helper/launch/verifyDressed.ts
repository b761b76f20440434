/** The last look before "go": is the waiting PID 1 really where the plan says? Called by the launcher. */
import { readFile, readlink, stat } from 'node:fs/promises';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { unescapePath } from '../../core/procfs/parseMountinfo';
import { mountTargets } from '../../core/sequence/mountTargets';
import type { StartPlan } from '../../core/sequence/step';

const namespaceFiles: Record<string, string> = {
  user: 'user',
  pid: 'pid',
  mount: 'mnt',
  uts: 'uts',
  ipc: 'ipc',
  network: 'net',
  cgroup: 'cgroup',
  time: 'time',
};

/**
 * Every mount of the plan must be in PID 1's mountinfo (proc_pid_mountinfo(5)), and, with pivot_root,
 * no other but the root; its namespaces must be new. A mount that a race has sent elsewhere, or one
 * of the host's that stayed, ends the start here.
 */
export async function verifyDressed(bundle: Bundle, plan: StartPlan, pid: number): Promise<void> {
  const mounted = new Set(
    (await readFile(`/proc/${pid}/mountinfo`, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => unescapePath(line.split(' ')[4] ?? '')),
  );
  const prefix = plan.chroot ? bundle.rootfs : '';
  for (const { destination } of plan.expectedMounts) {
    if (!mounted.has(prefix + destination))
      refuse(bundle, `its mount at ${destination} is not there`);
  }
  if (!plan.chroot) {
    // Anything of the host's would be outside what the plan mounts and masks.
    const allowed = new Set(['/', ...plan.dress.flatMap(mountTargets)]);
    const recursive = plan.dress
      .filter((step) => step.argv.includes('--rbind'))
      .flatMap(mountTargets);
    const strange = [...mounted].find(
      (place) => !allowed.has(place) && !recursive.some((top) => place.startsWith(`${top}/`)),
    );
    if (strange)
      refuse(bundle, `it would see the mount ${strange}, which config.json does not name`);
  }
  for (const { type, path: joined } of bundle.config.linux.namespaces) {
    const file = namespaceFiles[type];
    if (joined !== undefined) {
      // nsfs: one inode for each namespace (namespaces(7)).
      const [inside, wanted] = await Promise.all([stat(`/proc/${pid}/ns/${file}`), stat(joined)]);
      if (inside.ino !== wanted.ino) refuse(bundle, `its ${type} namespace is not ${joined}`);
      continue;
    }
    const [inside, outside] = await Promise.all([
      readlink(`/proc/${pid}/ns/${file}`),
      readlink(`/proc/self/ns/${file}`),
    ]);
    if (inside === outside) refuse(bundle, `its ${type} namespace is the host's`);
  }
}

function refuse(bundle: Bundle, reason: string): never {
  throw new TerrariumError(
    'not-as-planned',
    `“${bundle.name}” did not start: ${reason}.`,
    'Something changed its rootfs during the start; stop what writes there and start again.',
  );
}
