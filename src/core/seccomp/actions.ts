/** What a filter returns for the actions of `linux.seccomp`: SECCOMP_RET_… of <linux/seccomp.h>. */
import type { SeccompAction } from '../config/seccompSchema';
import { refuse } from './profile';

const returns: Readonly<Record<Exclude<SeccompAction, 'SCMP_ACT_NOTIFY'>, number>> = {
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_KILL: 0x00000000, // of the thread, as in libseccomp
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};

/** For system calls of an architecture that has no filter: SECCOMP_RET_KILL_THREAD, as in libseccomp. */
export const foreignArchitecture = 0;

const EPERM = 1;

/**
 * @param key of the object that has the action, for the message: `.syscalls[3]`
 * @throws TerrariumError `seccomp-notify`, and `seccomp-errno` where the action has no errno: the
 *   specification has a runtime fail then
 */
export function returnValue(
  action: SeccompAction,
  errno: number | undefined,
  key: string,
  names: { readonly action: string; readonly errno: string },
): number {
  if (action === 'SCMP_ACT_NOTIFY')
    refuse(
      'notify',
      `${key}.${names.action}`,
      'is SCMP_ACT_NOTIFY, and a container has no program outside that could answer',
      'Use another action, such as SCMP_ACT_ERRNO.',
    );
  if (action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE')
    return returns[action] + (errno ?? EPERM);
  if (errno !== undefined)
    refuse(
      'errno',
      `${key}.${names.errno}`,
      `has no meaning for ${action}`,
      'Remove it, or use SCMP_ACT_ERRNO or SCMP_ACT_TRACE.',
    );
  return returns[action];
}
