/**
 * Compares two descriptions of processes: their order in a list, which of them is older, and whether
 * they say the same. Used by `ProcessTree`, and by the helper to send only what has changed.
 */
import type { ProcessInfo } from '../../protocol/processes';

/** By container PID; a reused PID by age. */
export function byPid(a: ProcessInfo, b: ProcessInfo): number {
  return a.pid - b.pid || byAge(a, b);
}

function byAge(a: ProcessInfo, b: ProcessInfo): number {
  if (isOlder(a, b)) return -1;
  return isOlder(b, a) ? 1 : a.key < b.key ? -1 : Number(a.key > b.key);
}

/** Whether `a` started before `b`. Start times are 64-bit numbers written as digits without leading zeros. */
export function isOlder(a: ProcessInfo, b: ProcessInfo): boolean {
  const [left, right] = [a.startTime, b.startTime];
  return left.length === right.length ? left < right : left.length < right.length;
}

type Optional<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** The optional fields of `ProcessInfo`; the compiler asks for each. */
const optional = Object.keys({
  pss: true,
  pssUnread: true,
  mainThreadEnded: true,
  emulated: true,
} satisfies Record<Optional<ProcessInfo>, true>) as Optional<ProcessInfo>[];

/** Whether two descriptions of one process say the same. */
export function sameProcess(a: ProcessInfo, b: ProcessInfo): boolean {
  if (a === b) return true;
  const fields = Object.keys(b) as (keyof ProcessInfo)[];
  return (
    fields.every((field) => a[field] === b[field]) && optional.every((one) => a[one] === b[one])
  );
}

/** Whether the fields are equal that a filter or an order by name reads; PIDs aside, which do not change. */
export function sameNames(a: ProcessInfo, b: ProcessInfo): boolean {
  return (
    a.name === b.name &&
    a.commandLine === b.commandLine &&
    a.uid === b.uid &&
    a.adopted === b.adopted &&
    a.mainThreadEnded === b.mainThreadEnded &&
    a.emulated === b.emulated &&
    lastingState(a) === lastingState(b)
  );
}

/** R, S, D and I count as one: a process changes between them all the time, and its row would flicker. */
function lastingState({ state }: ProcessInfo): string {
  return 'RSDI'.includes(state) ? 'R' : state;
}
