/** Conditions on arguments, and their BPF: `args` of an entry of `linux.seccomp.syscalls`. */
import type { Assembler, Label } from './Assembler';
import { type ArgumentCondition, refuse } from './profile';

/** An argument compared with a number, both of 64 bits or 32 bits and without a sign. */
export interface Condition {
  /** 0 is the first argument. */
  readonly index: number;
  readonly operator: 'equal' | 'notEqual' | 'greater' | 'greaterOrEqual' | 'less' | 'lessOrEqual';
  readonly value: bigint;
  /** Of the argument, before it is compared; of `equal` alone. */
  readonly mask: bigint;
}

const operators = {
  SCMP_CMP_EQ: 'equal',
  SCMP_CMP_NE: 'notEqual',
  SCMP_CMP_GT: 'greater',
  SCMP_CMP_GE: 'greaterOrEqual',
  SCMP_CMP_LT: 'less',
  SCMP_CMP_LE: 'lessOrEqual',
} as const;

export const word = 0xffffffffn;
const long = 2n ** 64n - 1n;

/**
 * @param key where it stands: `.syscalls[3].args[0]`
 * @throws TerrariumError `seccomp-number` for a number that may not be the one in the file
 */
export function conditionOf(argument: ArgumentCondition, key: string): Condition {
  const { index, op } = argument;
  const value = exact(argument.value, `${key}.value`);
  const valueTwo = exact(argument.valueTwo ?? 0, `${key}.valueTwo`);
  if (op === 'SCMP_CMP_MASKED_EQ')
    return { index, operator: 'equal', value: valueTwo & value, mask: value };
  return { index, operator: operators[op], value, mask: long };
}

/** JSON.parse rounds what is above 2^53, and a filter with another number would be another filter. */
function exact(value: number | bigint, key: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    refuse('number', key, 'is above 2^53, and was read without its last digits', ofNumbers);
  if (value < 0 || value > long)
    refuse('number', key, 'has no place in the 64 bits of an argument', ofNumbers);
  return BigInt(value);
}

const ofNumbers = 'Use a number from 0 to 9007199254740991.';

/** Of 32 bits there are the low ones alone, as in libseccomp, and so of a number too. */
export function inBits({ value, mask, ...rest }: Condition, bits: 32 | 64): Condition {
  return bits === 64
    ? { ...rest, value, mask }
    : { ...rest, value: value & word, mask: mask & word };
}

/** Whether no argument makes it false. */
export function isAlwaysTrue({ operator, mask }: Condition): boolean {
  return operator === 'equal' && mask === 0n;
}

/** Goes to one of two labels; the accumulator is another one after it. */
export function branchOn(
  assembler: Assembler,
  condition: Condition,
  bits: 32 | 64,
  yes: Label,
  no: Label,
): Label {
  const { operator } = condition;
  switch (operator) {
    case 'notEqual':
      return branchOn(assembler, { ...condition, operator: 'equal' }, bits, no, yes);
    case 'less':
      return branchOn(assembler, { ...condition, operator: 'greaterOrEqual' }, bits, no, yes);
    case 'lessOrEqual':
      return branchOn(assembler, { ...condition, operator: 'greater' }, bits, no, yes);
    case 'equal': {
      const low = branchOnHalf(assembler, condition, 'low', yes, no);
      return bits === 32 ? low : branchOnHalf(assembler, condition, 'high', low, no);
    }
    default: {
      const loaded = (part: 'low' | 'high', next: Label) =>
        assembler.load(offsetOf(condition, part), next);
      const low = loaded('low', assembler.branch(operator, half(condition.value, 'low'), yes, no));
      if (bits === 32) return low;
      const high = half(condition.value, 'high');
      const same = assembler.branch('equal', high, low, no);
      return loaded('high', assembler.branch('greater', high, yes, same));
    }
  }
}

function branchOnHalf(
  assembler: Assembler,
  condition: Condition,
  part: 'low' | 'high',
  yes: Label,
  no: Label,
): Label {
  const mask = half(condition.mask, part);
  const value = half(condition.value, part);
  if (mask === 0) return yes;
  const offset = offsetOf(condition, part);
  if (value === 0) return assembler.load(offset, assembler.branch('anyBit', mask, no, yes));
  const compared = assembler.branch('equal', value, yes, no);
  return assembler.load(offset, mask === Number(word) ? compared : assembler.and(mask, compared));
}

function half(value: bigint, part: 'low' | 'high'): number {
  return Number(part === 'low' ? value & word : value >> 32n);
}

/** In struct seccomp_data: `args` begins at 16, and the low half is the first one. */
function offsetOf({ index }: Condition, part: 'low' | 'high'): number {
  return 16 + 8 * index + (part === 'low' ? 0 : 4);
}
