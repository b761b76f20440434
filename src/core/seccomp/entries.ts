/** The entries of `linux.seccomp.syscalls` as rules, before they are those of an architecture. */
import { returnValue } from './actions';
import { type Condition, conditionOf } from './conditions';
import type { ArgumentCondition, SeccompProfile } from './profile';

export interface Entry {
  /** Which of `syscalls` it is. */
  readonly at: number;
  readonly names: readonly string[];
  /** SECCOMP_RET_… with its data. */
  readonly returns: number;
  /** It holds where all conditions of one of these are true. */
  readonly alternatives: readonly (readonly Condition[])[];
}

/** What the filter returns for what no entry is for. */
export function defaultReturn(profile: SeccompProfile): number {
  const keys = { action: 'defaultAction', errno: 'defaultErrnoRet' };
  return returnValue(profile.defaultAction, profile.defaultErrnoRet, '', keys);
}

/**
 * An entry that does what is done anyhow is left out, as runc and crun do: it takes back none before it.
 * @throws TerrariumError for an action, an errno or a number that cannot be carried out
 */
export function entriesOf(profile: SeccompProfile): Entry[] {
  const byDefault = defaultReturn(profile);
  return (profile.syscalls ?? [])
    .map(({ names, action, errnoRet, args }, at) => ({
      at,
      names,
      returns: returnValue(action, errnoRet, `.syscalls[${at}]`, entryKeys),
      alternatives: alternativesOf(args ?? [], `.syscalls[${at}]`),
    }))
    .filter(({ returns }) => returns !== byDefault);
}

const entryKeys = { action: 'action', errno: 'errnoRet' };

/** Several conditions on one argument are alternatives, and with them all of the entry: as in runc and crun. */
function alternativesOf(args: readonly ArgumentCondition[], key: string): Condition[][] {
  const conditions = args.map((argument, at) => conditionOf(argument, `${key}.args[${at}]`));
  const isRepeated = new Set(args.map(({ index }) => index)).size < args.length;
  return isRepeated ? conditions.map((one) => [one]) : [conditions];
}
