/**
 * `linux.resources.devices` as a program that the kernel asks at each open(2) and mknod(2) of a device node
 * (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE). Pure. Used by `planCgroup`.
 */
import { TerrariumError } from '../errors';

/** An entry of `linux.resources.devices`. */
export interface DeviceRule {
  readonly allow: boolean;
  /** All kinds where it is left out. */
  readonly type?: 'a' | 'b' | 'c' | undefined;
  /** All numbers where it is left out or below 0. */
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
  /** Of `r`, `w` and `m` (mknod); all where it is left out. */
  readonly access?: string | undefined;
}

/** Instructions that terrarium-init takes. */
const maxInstructions = 4096;

/** BPF_DEVCG_… of <linux/bpf.h>. */
const kinds = { b: 1, c: 2 } as const;
const accesses = { m: 1, r: 2, w: 4 } as const;
const everything = 7;

/**
 * What a container has in any case, as under runc and crun: the devices that the specification supplies, its
 * terminals, and nodes, which do nothing as long as nobody may open them.
 */
const always: readonly DeviceRule[] = [
  { allow: true, access: 'm' },
  ...[3, 5, 7, 8, 9].map((minor) => ({ allow: true, type: 'c' as const, major: 1, minor })),
  ...[0, 1, 2].map((minor) => ({ allow: true, type: 'c' as const, major: 5, minor })),
  { allow: true, type: 'c', major: 136 },
];

/** Operations of eBPF on 32 bits (https://docs.kernel.org/bpf/standardization/instruction-set.html). */
const code = {
  load: 0x61,
  move: 0xb4,
  moveRegister: 0xbc,
  and: 0x54,
  shiftRight: 0x74,
  jump: 0x05,
  unlessEqual: 0x56,
  ifSet: 0x46,
  exit: 0x95,
} as const;

/** The result; the kernel's context; what it says of the device; the accesses that are not decided yet. */
const [result, context, kind, asked, major, minor] = [0, 1, 2, 3, 4, 5] as const;

interface Instruction {
  readonly code: number;
  readonly to?: number;
  readonly from?: number;
  readonly offset?: number;
  readonly value?: number;
}

/**
 * Of each access the last entry holds that is about it, and what no entry is about is refused. An access of two kinds
 * (O_RDWR) needs both.
 * @returns hexadecimal digits, 16 an instruction
 * @throws TerrariumError `device-filter-too-long`
 */
export function compileDeviceFilter(rules: readonly DeviceRule[]): string {
  const instructions: Instruction[] = [
    { code: code.load, to: kind, from: context },
    { code: code.moveRegister, to: asked, from: kind },
    { code: code.and, to: kind, value: 0xffff },
    { code: code.shiftRight, to: asked, value: 16 },
    { code: code.load, to: major, from: context, offset: 4 },
    { code: code.load, to: minor, from: context, offset: 8 },
    { code: code.unlessEqual, to: asked, value: 0, offset: 2 },
    ...answer(true),
  ];
  let isDecided = false;
  for (const rule of [...rules, ...always].reverse()) {
    const conditions = conditionsOf(rule);
    const access = accessOf(rule);
    if (access === 0) continue;
    const decision = decide(rule.allow, access);
    const length = conditions.length + decision.length;
    instructions.push(
      ...conditions.map((one, index) => ({ ...one, offset: length - index - 1 })),
      ...decision,
    );
    // The kernel takes no instruction that is never reached.
    isDecided = conditions.length === 0 && access === everything;
    if (isDecided) break;
  }
  if (!isDecided) instructions.push(...answer(false));
  if (instructions.length > maxInstructions)
    throw new TerrariumError(
      'device-filter-too-long',
      `linux.resources.devices becomes a filter of ${instructions.length} instructions, and a start takes ${maxInstructions}.`,
      'Remove entries, or leave out numbers so that one stands for several.',
    );
  return instructions.map(encode).join('');
}

/** Each leads past the rule where it does not hold. */
function conditionsOf({ type, major: ofMajor, minor: ofMinor }: DeviceRule): Instruction[] {
  const wanted: (readonly [register: number, value: number | undefined])[] = [
    [kind, type === undefined || type === 'a' ? undefined : kinds[type]],
    [major, ofMajor],
    [minor, ofMinor],
  ];
  return wanted.flatMap(([to, value]) =>
    value === undefined || value < 0 ? [] : [{ code: code.unlessEqual, to, value }],
  );
}

function accessOf({ access }: DeviceRule): number {
  if (!access) return everything;
  return [...access].reduce((bits, letter) => bits | accesses[letter as keyof typeof accesses], 0);
}

/** Some access is undecided whenever a rule is reached. */
function decide(allow: boolean, access: number): Instruction[] {
  if (access === everything) return answer(allow);
  if (allow)
    return [
      { code: code.and, to: asked, value: ~access },
      { code: code.unlessEqual, to: asked, value: 0, offset: 2 },
      ...answer(true),
    ];
  return [
    { code: code.ifSet, to: asked, value: access, offset: 1 },
    { code: code.jump, offset: 2 },
    ...answer(false),
  ];
}

function answer(allowed: boolean): Instruction[] {
  return [{ code: code.move, to: result, value: allowed ? 1 : 0 }, { code: code.exit }];
}

/** struct bpf_insn as it is in memory. */
function encode({ code, to = 0, from = 0, offset = 0, value = 0 }: Instruction): string {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8((from << 4) | to, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(value | 0, 4);
  return bytes.toString('hex');
}
