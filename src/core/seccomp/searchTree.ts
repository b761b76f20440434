/** The BPF of one architecture: a binary search over the numbers of system calls. */
import { foreignArchitecture } from './actions';
import type { Architecture } from './architectures';
import type { Assembler, Label } from './Assembler';
import { branchOn } from './conditions';
import { noSuchCall } from './newerCalls';
import type { Rule } from './rules';

/** __X32_SYSCALL_BIT of <asm/unistd.h>: x32 has the AUDIT_ARCH of x86-64, and numbers from here on. */
const firstOfX32 = 0x40000000;

/** The number that a tracer writes in place of a call that it skips: it is none of x32. */
const skipped = 0xffffffff;

/** System calls beside each other to which the same happens: from this number to the next range. */
interface Range {
  readonly first: number;
  readonly label: Label;
}

/**
 * @param newer the first number of those that are newer than the profile
 * @returns where it begins, with nothing in the accumulator
 */
export function searchTree(
  assembler: Assembler,
  { table, bits }: Architecture,
  rules: ReadonlyMap<number, readonly Rule[]>,
  byDefault: number,
  newer: number | undefined,
): Label {
  const labels = new Map<string, Label>();
  const labelOf = (list: readonly Rule[]) => {
    const key = keyOf(list);
    const label = labels.get(key) ?? rulesInOrder(assembler, list, bits, byDefault);
    labels.set(key, label);
    return label;
  };
  const other = labelOf([]);
  const points: Range[] = [{ first: 0, label: other }];
  for (const [number, list] of [...rules].sort(([one], [another]) => one - another)) {
    if (points.at(-1)!.first === number) points.pop();
    points.push({ first: number, label: labelOf(list) }, { first: number + 1, label: other });
  }
  if (newer !== undefined) {
    if (points.at(-1)!.first === newer) points.pop();
    points.push({ first: newer, label: assembler.return(noSuchCall) });
  }
  if (table === 'x86_64')
    points.push({ first: firstOfX32, label: assembler.return(foreignArchitecture) });
  points.push({ first: skipped, label: other });
  const ranges = points.filter(({ label }, at) => label !== points[at - 1]?.label);
  return assembler.load(0, search(assembler, ranges)); // nr
}

/** Expects the number in the accumulator. */
function search(assembler: Assembler, ranges: readonly Range[]): Label {
  if (ranges.length === 1) return ranges[0]!.label;
  const middle = ranges.length >> 1;
  const above = search(assembler, ranges.slice(middle));
  const below = search(assembler, ranges.slice(0, middle));
  return assembler.branch('greaterOrEqual', ranges[middle]!.first, above, below);
}

function rulesInOrder(
  assembler: Assembler,
  rules: readonly Rule[],
  bits: 32 | 64,
  byDefault: number,
): Label {
  return rules.reduceRight((next, { conditions, returns }) => {
    const holds = assembler.return(returns);
    return conditions.reduceRight(
      (yes, condition) => branchOn(assembler, condition, bits, yes, next),
      holds,
    );
  }, assembler.return(byDefault));
}

function keyOf(rules: readonly Rule[]): string {
  return rules
    .map(({ conditions, returns }) => {
      const tests = conditions.map((one) => [one.index, one.operator, one.value, one.mask].join());
      return `${tests.join('&')}:${returns}`;
    })
    .join('|');
}
