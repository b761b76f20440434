/** What happens to each system call of one architecture, in the order in which libseccomp takes entries. */
import type { Architecture } from './architectures';
import { type Condition, inBits, isAlwaysTrue } from './conditions';
import type { Entry } from './entries';
import { type MultiplexedCall, multiplexedCall } from './multiplexed';
import { syscallNumbers } from './syscallNumbers';

/** The first rule whose conditions are all true holds; where none does, the default action. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly returns: number;
}

/** Names for which an entry of the file has no effect, because another one holds in any case. */
export type Overridden = Map<Entry, Set<string>>;

interface Source extends Rule {
  readonly entry: Entry;
}

/**
 * A rule without conditions holds whatever stands before or after it, the first of these where there are
 * several; of the others the first that is true.
 * @param overridden takes what has no effect
 */
export function rulesOf(
  entries: readonly Entry[],
  { table, bits }: Architecture,
  overridden: Overridden,
): Map<number, readonly Rule[]> {
  const numbers = syscallNumbers(table);
  const found = new Map<number, Source[]>();
  const add = (name: string, number: number, rule: Source) => {
    const before = found.get(number) ?? [];
    found.set(number, before);
    const isFixed = before[0]?.conditions.length === 0;
    const isStronger = !isFixed && rule.conditions.length === 0;
    for (const { entry, returns } of isFixed ? [rule] : isStronger ? before : [])
      if (returns !== (isFixed ? before[0]! : rule).returns)
        overridden.set(entry, (overridden.get(entry) ?? new Set()).add(name));
    if (isStronger) found.set(number, [rule]);
    else if (!isFixed) before.push(rule);
  };
  for (const entry of entries)
    for (const name of entry.names)
      for (const alternative of entry.alternatives) {
        const conditions = alternative
          .map((one) => inBits(one, bits))
          .filter((one) => !isAlwaysTrue(one));
        const { returns } = entry;
        const number = numbers.get(name);
        if (number !== undefined) add(name, number, { entry, returns, conditions });
        const call = table === 'x86' ? multiplexedCall(name) : undefined;
        if (call)
          add(name, numbers.get(call.name)!, {
            ...{ entry, returns, conditions: ofMultiplexed(call, conditions) },
          });
      }
  return found;
}

/** As in libseccomp, the call takes the place of a condition on the first argument, and others stay. */
function ofMultiplexed({ call, mask }: MultiplexedCall, conditions: readonly Condition[]) {
  const isCall: Condition = {
    ...{ index: 0, operator: 'equal', value: BigInt(call), mask: BigInt(mask) },
  };
  return [isCall, ...conditions.filter(({ index }) => index !== 0)];
}
