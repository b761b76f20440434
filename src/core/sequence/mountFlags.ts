/**
 * What a remount must say again: it replaces all flags of a mount, and those that a mount had outside a
 * user namespace are locked in it (mount_namespaces(7), "Restrictions on mount namespaces").
 */
import type { Bundle } from '../bundle/loadBundle';
import { isBind, topmostMountAt, sourceOf } from '../config/mountKinds';

/** Flags by the folder or file of the host: how the mount that it lies on is mounted. */
export type HostFlags = ReadonlyMap<string, readonly string[]>;

const flags = ['ro', 'nosuid', 'nodev', 'noexec'];

const opposites: Readonly<Record<string, string>> = {
  ...{ ro: 'rw', nosuid: 'suid', nodev: 'dev', noexec: 'exec' },
};

/**
 * Those that matter here, of a line of mountinfo or of config.json: there also "rro", for all mounts below too,
 * and of two opposites the last one holds.
 */
export function keptFlags(options: readonly string[]): string[] {
  const last = (name: string) =>
    Math.max(options.lastIndexOf(name), options.lastIndexOf(`r${name}`));
  return flags.filter((flag) => last(flag) > last(opposites[flag]!));
}

/** @returns `options` with what has to be repeated, unless they ask for the opposite */
export function withFlags(options: readonly string[], kept: readonly string[] = []): string[] {
  const more = kept.filter(
    (flag) => !options.includes(flag) && !options.includes(opposites[flag]!),
  );
  return [...options, ...more];
}

/**
 * @param place inside
 * @returns the flags of what is there before it is mounted on itself
 */
export function flagsAt(bundle: Bundle, place: string, host: HostFlags): string[] {
  const top = topmostMountAt(bundle.config, place);
  if (!top) return [...(host.get(bundle.rootfs) ?? [])];
  const own = keptFlags(top.options ?? []);
  return isBind(top) ? withFlags(own, host.get(sourceOf(bundle, top.source))) : own;
}
