/**
 * What runc and crun make of the mount options for all mounts below (`rnoatime`), for what is said before a
 * start under them, and by the built-in engine, which refers to them.
 *
 * mount_setattr(2) has numbers of its own. crun hands it those of mount(2): for "rrelatime" that is
 * MOUNT_ATTR_NOSYMFOLLOW, for others it is none (EINVAL). Measured with 1.8.1, and later tables have the same
 * numbers; findings/recursive-mount-attributes-of-crun.sh shows it. runc cleared a part of the access time
 * settings, which can only be cleared as a whole (opencontainers/runc#5095).
 */
import type { RuntimeName } from './engine';

const failsInCrun = /^r(no)?(atime|diratime|strictatime)$/;
const failsInRunc = /^r(atime|nostrictatime)$/;
const runcClears = '1.4.1';

export interface WrongAttribute {
  readonly fails: boolean;
  /** Goes on after the name of the engine. */
  readonly does: string;
  readonly remedy: string;
}

/** @returns undefined where the engine does what the option says, or drops it */
export function wrongAttribute(
  name: RuntimeName,
  option: string,
  isBefore: (version: string) => boolean,
): WrongAttribute | undefined {
  const fails =
    name === 'crun' ? failsInCrun.test(option) : failsInRunc.test(option) && isBefore(runcClears);
  const remedy = `Remove the option, or use ${engineFor(option) ?? 'runc'}.`;
  if (fails) return { fails, does: `sets "${option}" in a way that the kernel refuses`, remedy };
  if (name !== 'crun' || option !== 'rrelatime') return undefined;
  return { fails, does: `sets "rnosymfollow" for "${option}", so no symlink there works`, remedy };
}

/** Which of the two carries it out; undefined where both do. */
export function engineFor(option: string): string | undefined {
  if (failsInRunc.test(option)) return `runc ${runcClears} or later`;
  return failsInCrun.test(option) || /^r(relatime|(no)?symfollow)$/.test(option)
    ? 'runc'
    : undefined;
}
