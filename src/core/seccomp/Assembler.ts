/**
 * Writes a classic BPF program from its end to its beginning: all jumps of BPF go forward, so the place of
 * each target is known when a jump to it is written (<linux/filter.h>, and
 * https://docs.kernel.org/userspace-api/seccomp_filter.html).
 */

/** An instruction that is there already: how many there are from it to the end of the program. */
export type Label = number;

interface Instruction {
  readonly code: number;
  /** How many instructions a conditional jump skips: 8 bits each. */
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly k: number;
}

const load = 0x20; // BPF_LD | BPF_W | BPF_ABS
const and = 0x54; // BPF_ALU | BPF_AND | BPF_K
const jump = 0x05; // BPF_JMP | BPF_JA
const returns = 0x06; // BPF_RET | BPF_K

/** BPF_JMP with BPF_K: compares the accumulator with a number of 32 bits, without signs. */
export const comparisons = { equal: 0x15, greater: 0x25, greaterOrEqual: 0x35, anyBit: 0x45 };

const farthest = 0xff;

export class Assembler {
  /** The last instruction first. */
  private readonly written: Instruction[] = [];
  private readonly returning = new Map<number, Label>();

  /** How many instructions there are. */
  get length(): number {
    return this.written.length;
  }

  /** Ends the program with this value. */
  return(value: number): Label {
    const label = this.returning.get(value);
    if (label !== undefined && this.length - label < farthest) return label;
    const near = this.add(returns, value);
    this.returning.set(value, near);
    return near;
  }

  /** Loads a word of struct seccomp_data into the accumulator, and goes on at `next`. */
  load(offset: number, next: Label): Label {
    return this.before(next, load, offset);
  }

  /** Keeps some bits of the accumulator, and goes on at `next`. */
  and(mask: number, next: Label): Label {
    return this.before(next, and, mask);
  }

  /** Compares the accumulator with `k`. A target that is too far for 8 bits is reached in two steps. */
  branch(
    comparison: keyof typeof comparisons,
    k: number,
    whenTrue: Label,
    whenFalse: Label,
  ): Label {
    let [yes, no] = [whenTrue, whenFalse];
    while (this.isFar(yes) || this.isFar(no))
      if (this.isFar(no)) no = this.near(no);
      else yes = this.near(yes);
    return this.add(comparisons[comparison], k, this.length - yes, this.length - no);
  }

  /** An array of struct sock_filter, little-endian as in the memory of all known machines. */
  program(): Uint8Array {
    const bytes = new Uint8Array(this.length * 8);
    const view = new DataView(bytes.buffer);
    this.written.toReversed().forEach(({ code, whenTrue, whenFalse, k }, at) => {
      view.setUint16(at * 8, code, true);
      view.setUint8(at * 8 + 2, whenTrue);
      view.setUint8(at * 8 + 3, whenFalse);
      view.setUint32(at * 8 + 4, k, true);
    });
    return bytes;
  }

  private isFar(label: Label): boolean {
    return this.length - label > farthest;
  }

  /** What does the same as a far label: its end of the program once more, or a jump of 32 bits. */
  private near(label: Label): Label {
    const { code, k } = this.written[label - 1]!;
    return code === returns ? this.return(k) : this.add(jump, this.length - label);
  }

  /** An instruction after which comes another one, wherever that is. */
  private before(next: Label, code: number, k: number): Label {
    if (next !== this.length) this.add(jump, this.length - next);
    return this.add(code, k);
  }

  private add(code: number, k: number, whenTrue = 0, whenFalse = 0): Label {
    return this.written.push({ code, whenTrue, whenFalse, k });
  }
}
