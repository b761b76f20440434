/** A profile of the size and kind of Docker's default: it lists what is allowed, some of it by arguments. */
import { safeSeccomp } from '../../../../src/core/config/safeSeccomp';
import type { SeccompProfile, SyscallEntry } from '../../../../src/core/seccomp/profile';
import { syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';

const special = ['clone', 'clone3', 'personality', 'socket'];
const others = ['unshare', 'chroot', 'kcmp', 'mbind', 'move_pages', 'pidfd_getfd', 'sethostname'];
const denied = new Set([...safeSeccomp.syscalls[0]!.names, ...special, ...others]);

const allowedWith = (
  name: string,
  op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_MASKED_EQ',
  value: number,
): SyscallEntry => ({
  ...{ names: [name], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value, valueTwo: 0, op }] },
});

/** @param isKnown which of the names it lists */
export const dockerLike = (isKnown: (name: string) => boolean): SeccompProfile => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  syscalls: [
    {
      names: [...syscallNumbers('x86_64').keys(), ...syscallNumbers('x86').keys()].filter(
        (name, at, all) => all.indexOf(name) === at && !denied.has(name) && isKnown(name),
      ),
      action: 'SCMP_ACT_ALLOW',
    },
    allowedWith('clone', 'SCMP_CMP_MASKED_EQ', 0x7e020000), // no new namespace
    allowedWith('socket', 'SCMP_CMP_NE', 40), // AF_VSOCK
    ...[0, 8, 0x20000, 0x20008, 0xffffffff].map((value) =>
      allowedWith('personality', 'SCMP_CMP_EQ', value),
    ),
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
  ],
});
