/**
 * Whether PID 1 is to be the init of a whole system, which starts gettys and at its end takes file
 * systems away. For `planStart` and for what is said before a start.
 */
import path from 'node:path';
import { mayMount } from './boundingSet';
import type { CgroupLayout } from '../cgroup/cgroupFacts';
import type { OciConfig } from './schema';

/** By their file names; an init that waits for one command only (tini, catatonit) is none of these. */
const systemInits = new Set([
  ...['init', 'linuxrc', 'systemd', 'openrc-init', 'runit', 'runit-init', 'dinit', 'finit'],
  ...['s6-linux-init', 'sinit', 'nosh', 'shepherd'],
]);

/** `/init` at the root is a script of an image that runs one command (s6-overlay), or of an initramfs. */
export function isSystemInit({ process: { args } }: Pick<OciConfig, 'process'>): boolean {
  const [program, first] = args;
  if (path.posix.normalize(program) === '/init') return false;
  const name = path.posix.basename(program);
  return systemInits.has(name) || (name === 'busybox' && first === 'init');
}

/**
 * Without a user namespace a remount acts on the file system itself, which is this machine's (mount(2),
 * MS_REMOUNT): `umount -a -r` of BusyBox's init and systemd's shutdown do that. Of cgroups a container
 * has its own of version 2 alone (planCgroup.ts).
 * @param isRefused whether a filter refuses it (remountFilter.ts)
 * @param cgroups how this machine has them; of those that runc and crun make they remove all
 */
export function shutdownWarnings(
  config: Pick<OciConfig, 'process' | 'annotations'>,
  isRefused: boolean,
  cgroups?: CgroupLayout,
): string[] {
  if (!isSystemInit(config) || !mayMount(config)) return [];
  const warnings = [];
  if (!isRefused)
    warnings.push(
      'PID 1 is an init, and its root is root of this machine: when it shuts down it may make read-only, for this machine too, the file system on which this container lies. Add { "type": "user" } to linux.namespaces, or start it rootless.',
    );
  if (cgroups === 'hybrid' || cgroups === 'v1')
    warnings.push(
      'PID 1 is an init, and this machine has cgroup v1: what systemd makes there (init.scope, system.slice) stays when the container has ended. Add { "type": "user" } to linux.namespaces, or boot this machine with systemd.unified_cgroup_hierarchy=1.',
    );
  return warnings;
}
