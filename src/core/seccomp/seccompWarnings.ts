/** What `compileSeccomp` leaves out of a profile, and says. */
import { keyName } from '../config/describeIssue';
import type { ConfigWarning } from '../config/unsupported';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { knownArchitectures } from './architectures';
import { multiplexedCall } from './multiplexed';
import { profileKeys, type SeccompProfile } from './profile';
import type { Overridden } from './rules';
import { isSyscallName } from './syscallNumbers';
import { syscallTablesVersion } from './syscallTables';

/** @param overridden what `rulesOf` found to have no effect */
export function seccompWarnings(profile: SeccompProfile, overridden: Overridden): ConfigWarning[] {
  const found: ConfigWarning[] = [];
  const report = (path: readonly (string | number)[], reason: string) => {
    const place = ['linux', 'seccomp', ...path];
    found.push({ path: place, message: `${keyName(place)} ${reason}.` });
  };
  for (const key of Object.keys(profile))
    if (!profileKeys.has(key)) report([key], 'is no key of the specification, and has no effect');
  profile.architectures?.forEach((name, at) => {
    if (name === 'SCMP_ARCH_X32')
      report(
        ['architectures', at],
        'is not carried out: programs of x32 are killed at their first system call',
      );
    else if (!knownArchitectures.has(name))
      report(
        ['architectures', at],
        `is left out: the system calls of ${name} are not known here, and its programs do not run on this machine`,
      );
  });
  profile.flags?.forEach((flag, at) => {
    if (flag === 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV')
      report(['flags', at], 'is left out: it belongs to SCMP_ACT_NOTIFY alone');
  });
  profile.syscalls?.forEach(({ names }, at) => {
    const unknown = names.filter((name) => !isSyscallName(name) && !multiplexedCall(name));
    if (unknown.length > 0)
      report(
        ['syscalls', at, 'names'],
        `${unknown.length === 1 ? 'has a name that is' : 'has names that are'} no system call of Linux ${syscallTablesVersion}, left out: ${listed(unknown)}`,
      );
  });
  for (const [{ at }, names] of overridden)
    report(
      ['syscalls', at],
      `has no effect on ${listed([...names])}: another entry without "args" holds in any case`,
    );
  return found;
}

/** The first ones, safe to show. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => escapeControlCharacters(name).slice(0, 80));
  return [...shown, ...(names.length > 10 ? [`${names.length - 10} more`] : [])].join(', ');
}
