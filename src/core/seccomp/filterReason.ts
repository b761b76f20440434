/** What a filter of system calls is for, in a sentence: why the step that loads it is there. Called by `planStart`. */
import type { SeccompProfile } from './profile';

/** What people know best of the calls that profiles are about. The names in config.json may be any text. */
const known = ['mount', 'setns', 'unshare', 'bpf', 'reboot', 'keyctl', 'ptrace', 'init_module'];

/** How many calls it names. */
const maxNamed = 3;

/** @param instructions of the program */
export function filterReason(profile: SeccompProfile, instructions: number): string {
  const { defaultAction, syscalls = [] } = profile;
  const names = new Set(
    syscalls.flatMap((entry) => (entry.action === defaultAction ? [] : entry.names)),
  );
  const examples = known.filter((name) => names.has(name)).slice(0, maxNamed);
  const calls = `${names.size} system call${names.size === 1 ? '' : 's'}`;
  const such = examples.length > 0 ? ` (${examples.join(', ')} …)` : '';
  const list = `"linux.seccomp" of config.json lists them; ${instructions} instructions`;
  return defaultAction === 'SCMP_ACT_ALLOW' || defaultAction === 'SCMP_ACT_LOG'
    ? `Filter system calls: ${calls}${such} refused, always or with some arguments. ${list}`
    : `Filter system calls: all refused but ${calls}. ${list}`;
}
