/** A small interpreter of the classic BPF that seccomp(2) takes, and the kernel's check before it loads it. */

/** struct seccomp_data, without the instruction pointer. */
export interface SeccompData {
  readonly nr: number;
  readonly arch: number;
  /** Six, of 64 bits each. */
  readonly args: readonly bigint[];
}

export interface Program {
  readonly length: number;
  readonly code: Uint16Array;
  readonly yes: Uint8Array;
  readonly no: Uint8Array;
  readonly k: Uint32Array;
}

const opcodes = new Set([0x20, 0x54, 0x05, 0x15, 0x25, 0x35, 0x45, 0x06]);
const isReturn = (code: number) => code === 0x06;
const isConditional = (code: number) => code >= 0x15 && code <= 0x45 && (code & 0xf) === 5;

/** @throws Error where seccomp_check_filter or bpf_check_classic of the kernel would refuse it */
export function readProgram(hex: string): Program {
  const bytes = Buffer.from(hex, 'hex');
  const length = bytes.length / 8;
  if (!Number.isInteger(length) || length < 1 || length > 4096) throw new Error(`${length} long`);
  const program: Program = {
    length,
    code: new Uint16Array(length),
    yes: new Uint8Array(length),
    no: new Uint8Array(length),
    k: new Uint32Array(length),
  };
  for (let at = 0; at < length; at++) {
    const code = (program.code[at] = bytes.readUInt16LE(at * 8));
    const yes = (program.yes[at] = bytes.readUInt8(at * 8 + 2));
    const no = (program.no[at] = bytes.readUInt8(at * 8 + 3));
    const k = (program.k[at] = bytes.readUInt32LE(at * 8 + 4));
    const bad = (what: string) =>
      new Error(`${what} at ${at} of ${length}: ${code} ${yes} ${no} ${k}`);
    if (!opcodes.has(code)) throw bad('no such instruction');
    if (code === 0x20 && (k % 4 !== 0 || k >= 64)) throw bad('a load from elsewhere');
    if (isConditional(code) && at + Math.max(yes, no) + 1 >= length) throw bad('a jump too far');
    if (code === 0x05 && at + k + 1 >= length) throw bad('a jump too far');
    if (!isConditional(code) && (yes !== 0 || no !== 0)) throw bad('jumps of no jump');
  }
  if (!isReturn(program.code[length - 1]!)) throw new Error('the end is no return');
  return program;
}

/** @returns SECCOMP_RET_… with its data */
export function run({ code, yes, no, k }: Program, { nr, arch, args }: SeccompData): number {
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const operand = k[at]!;
    switch (code[at]) {
      case 0x20:
        accumulator = wordAt(operand);
        break;
      case 0x54:
        accumulator = (accumulator & operand) >>> 0;
        break;
      case 0x05:
        at += operand;
        break;
      case 0x15:
        at += accumulator === operand ? yes[at]! : no[at]!;
        break;
      case 0x25:
        at += accumulator > operand ? yes[at]! : no[at]!;
        break;
      case 0x35:
        at += accumulator >= operand ? yes[at]! : no[at]!;
        break;
      case 0x45:
        at += (accumulator & operand) !== 0 ? yes[at]! : no[at]!;
        break;
      default:
        return operand;
    }
  }

  function wordAt(offset: number): number {
    if (offset === 0) return nr >>> 0;
    if (offset === 4) return arch;
    if (offset < 16) throw new Error('the instruction pointer is not looked at');
    const value = args[(offset - 16) >> 3]!;
    return Number(offset % 8 === 0 ? value & 0xffffffffn : value >> 32n);
  }
}
