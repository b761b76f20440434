/** A step as operations of terrarium-init: its kind and words, as `encodeProgram` sends them. */
import { usualDevices } from '../config/usualDevices';
import { capabilityNames } from '../procfs/capabilities';
import type { Privileges } from './operation';
import { ioPriorityValue, personalityValue, schedulerWords } from './executionSteps';
import type { Step, StepOf } from './step';
import { idMapText } from './userNamespace';

export interface ProgramOperation {
  readonly kind: string;
  readonly words: readonly string[];
}

/** @returns none for what the program does without being told: namespaces, the root, the ids */
export function programOperation(step: Step): ProgramOperation[] {
  const one = (kind: string, ...words: readonly (string | number)[]) => [
    { kind, words: words.map(String) },
  ];
  switch (step.kind) {
    case 'mount':
      return one('mount', step.type, step.source, step.name, ...step.options);
    case 'bind':
      if (step.id === 'bind-rootfs') return [];
      return one('bind', ...bindWords(step), ...step.options);
    case 'bindEach':
      return one('bindEach', step.folder, ...step.names.map((name) => `./${name}`));
    case 'remount':
      return one('remount', step.name, ...step.options);
    case 'propagation':
      return one('propagation', step.name, ...step.changes);
    case 'write':
      return one('write', step.file, step.text);
    case 'register':
      return one('register', step.name, step.text);
    case 'deviceFilter':
      return one('deviceFilter', step.folder, attachFlags(step), step.program);
    case 'createFiles':
      return one('createFiles', ...step.names);
    case 'createFolder':
      return one('createFolder');
    case 'mkdir':
      return one('mkdir', step.folder);
    case 'symlinks':
      return one('symlinks', ...step.links.flat());
    case 'copy':
      return step.sources.flatMap((source) => {
        const name = source.replace('/dev/', './');
        return one('mknod', name, 'c', 0o666, ...(usualDevices[source] ?? []));
      });
    case 'mknod':
      return one('mknod', step.name, step.type, step.mode ?? 0o666, ...pair(step.numbers));
    case 'chown':
      return one('chown', step.name, step.uid, step.gid);
    case 'setName':
      return one(step.program, step.value);
    case 'loopback':
      return one('loopback');
    case 'scheduler':
      return one('scheduler', ...schedulerWords(step.scheduler));
    case 'ioPriority':
      return one('ioPriority', ioPriorityValue(step.ioPriority));
    case 'personality':
      return one('personality', personalityValue(step.personality));
    case 'rlimits':
      return one('rlimits', ...limitWords(step.limits));
    case 'dropPrivileges':
      return one('privileges', ...privilegeWords(step.privileges));
    default:
      return [];
  }
}

function bindWords({
  recursive,
  follows,
  mapped,
  source,
  name,
}: StepOf<'bind'>): (string | number)[] {
  return [
    ...[recursive ? 1 : 0, follows ? 1 : 0, mapped?.below ? 1 : 0],
    ...[idMapText(mapped?.uid ?? []), idMapText(mapped?.gid ?? []), source, name],
  ];
}

/** BPF_F_ALLOW_MULTI of <linux/bpf.h>. */
function attachFlags({ replaces }: StepOf<'deviceFilter'>): number {
  return replaces ? 0 : 2;
}

/** A pipe has no numbers. */
function pair([major = 0, minor = 0]: readonly number[]): [number, number] {
  return [major, minor];
}

/** In the order of their numbers (asm-generic/resource.h). */
const resources =
  'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'.split(
    ' ',
  );

/** RESOURCE SOFT HARD of each, in numbers. */
export function limitWords(limits: StepOf<'rlimits'>['limits']): string[] {
  // From 2^63 on it is RLIM_INFINITY (setrlimit(2)), whatever the number in the file lost as a double.
  const text = (value: number) => (value >= 2 ** 63 ? `${2n ** 64n - 1n}` : `${BigInt(value)}`);
  return limits.flatMap(({ type, soft, hard }) => [
    String(resources.indexOf(type.replace(/^RLIMIT_/, ''))),
    ...[text(soft), text(hard)],
  ]);
}

/** The seven words of privileges; `-` leaves as it is. */
export function privilegeWords(wanted: Privileges): string[] {
  const { bounding, inheritable, ambient, user, groups, noNewPrivileges } = wanted;
  return [
    ...[maskOf(bounding), maskOf(inheritable), maskOf(ambient)],
    ...(user ? [String(user.uid), String(user.gid)] : ['-', '-']),
    groups === undefined || groups === 'keep' ? '-' : groups === 'none' ? '' : groups.join(','),
    noNewPrivileges ? '1' : '0',
  ];
}

/** Capabilities that there are not are left out: `unsupported` speaks of them. */
function maskOf(names: readonly string[] | undefined): string {
  if (!names) return '-';
  const bits = names.map((name) => capabilityNames.indexOf(name.replace(/^CAP_/, '')));
  return bits.reduce((mask, bit) => (bit < 0 ? mask : mask | (1n << BigInt(bit))), 0n).toString(16);
}
