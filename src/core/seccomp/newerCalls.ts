/**
 * System calls that are newer than a profile: it names none of them, and could not. A program that tries one is to
 * hear ENOSYS, as from a kernel that has none, and goes on with an older one; EPERM it takes for an answer. So it is
 * under runc (libcontainer/seccomp/patchbpf), which takes for newer what is above the largest number that is named.
 */
import type { Architecture } from './architectures';
import { multiplexedCall } from './multiplexed';
import type { SeccompProfile } from './profile';
import { syscallNumbers } from './syscallNumbers';

/** SECCOMP_RET_ERRNO with ENOSYS. */
export const noSuchCall = 0x00050000 + 38;

/** A tracer knows by itself what it does with them. */
const permissive = /^SCMP_ACT_(ALLOW|LOG|TRACE)$/;

/** @returns the first number above all that the profile names; undefined where the default action holds for all */
export function firstNewer(profile: SeccompProfile, { table }: Architecture): number | undefined {
  if (permissive.test(profile.defaultAction)) return undefined;
  const numbers = syscallNumbers(table);
  const carrier = (name: string) => (table === 'x86' ? multiplexedCall(name)?.name : undefined);
  const named = (profile.syscalls ?? []).flatMap(({ names }) =>
    names.flatMap((name) => [name, carrier(name) ?? name].flatMap((one) => numbers.get(one) ?? [])),
  );
  return named.length ? named.reduce((one, other) => Math.max(one, other)) + 1 : undefined;
}
