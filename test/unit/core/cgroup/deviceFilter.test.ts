/** `linux.resources.devices` as BPF: an interpreter of the instructions, compared with the rules themselves. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DeviceRule, compileDeviceFilter } from '../../../../src/core/cgroup/deviceFilter';
import { seeded } from '../../../seed';

interface Asked {
  readonly kind: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  readonly access: string;
}

const bits = { m: 1, r: 2, w: 4 };

/** Runs the program as the kernel would; registers have 32 bits. */
function run(program: string, { kind, major, minor, access }: Asked): number {
  const bytes = Buffer.from(program, 'hex');
  const wanted = [...access].reduce((all, one) => all | bits[one as keyof typeof bits], 0);
  const context = [(wanted << 16) | (kind === 'b' ? 1 : 2), major, minor];
  const registers = new Uint32Array(11);
  for (let at = 0, steps = 0; steps < 10_000; at++, steps++) {
    const [code, pair] = [bytes.readUInt8(at * 8), bytes.readUInt8(at * 8 + 1)];
    const [offset, value] = [bytes.readInt16LE(at * 8 + 2), bytes.readInt32LE(at * 8 + 4)];
    const [to, from] = [pair & 15, pair >> 4];
    if (code === 0x61) registers[to] = context[offset / 4]!;
    else if (code === 0xb4) registers[to] = value;
    else if (code === 0xbc) registers[to] = registers[from]!;
    else if (code === 0x54) registers[to]! &= value;
    else if (code === 0x74) registers[to]! >>>= value;
    else if (code === 0x05) at += offset;
    else if (code === 0x56) at += registers[to] === value >>> 0 ? 0 : offset;
    else if (code === 0x46) at += (registers[to]! & value) === 0 ? 0 : offset;
    else if (code === 0x95) return registers[0]!;
    else assert.fail(`no such instruction: ${code}`);
  }
  assert.fail('it does not end');
}

/** The rules read one access at a time: the last that is about it holds. */
function expected(rules: readonly DeviceRule[], { kind, major, minor, access }: Asked): number {
  const fits = (one: number | undefined, is: number) => one === undefined || one < 0 || one === is;
  const usual = kind === 'c' && ((major === 1 && [3, 5, 7, 8, 9].includes(minor)) || major === 136);
  const terminals = kind === 'c' && major === 5 && minor < 3;
  const isAllowed = (letter: string) =>
    letter === 'm' ||
    usual ||
    terminals ||
    rules.findLast(
      ({ type = 'a', access: of, ...rule }) =>
        (type === 'a' || type === kind) &&
        fits(rule.major, major) &&
        fits(rule.minor, minor) &&
        (of || 'rwm').includes(letter),
    )?.allow === true;
  return [...access].every(isAllowed) ? 1 : 0;
}

const number = fc.constantFrom(0, 1, 2, 3, 5, 136, 0x80000001);
const accesses = ['r', 'w', 'm', 'rw', 'rm', 'wm', 'rwm'];
const rule = fc.record(
  {
    allow: fc.boolean(),
    type: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
    major: fc.oneof(number, fc.constant(-1)),
    minor: fc.oneof(number, fc.constant(-1)),
    access: fc.constantFrom(...accesses, ''),
  },
  { requiredKeys: ['allow'] },
);
const asked = fc.record({
  kind: fc.constantFrom('b' as const, 'c' as const),
  major: number,
  minor: number,
  access: fc.constantFrom(...accesses, ''),
});

describe('compileDeviceFilter', () => {
  it('decides each access by the last rule about it', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), asked, (rules, device) => {
        assert.equal(run(compileDeviceFilter(rules), device), expected(rules, device));
      }),
      seeded('rules of devices', 2000),
    );
  });

  it('refuses both where one of two accesses is refused, whatever is allowed alone', () => {
    const program = compileDeviceFilter([
      { allow: true },
      { allow: false, type: 'c', major: 10, minor: 229, access: 'w' },
    ]);
    const fuse = (access: string) => run(program, { kind: 'c', major: 10, minor: 229, access });
    assert.deepEqual(['r', 'w', 'rw', 'm'].map(fuse), [1, 0, 0, 1]);
  });

  it('has no instruction behind a rule that decides everything, which the kernel would refuse', () => {
    const all = compileDeviceFilter([{ allow: false }]);
    const more = compileDeviceFilter([
      { allow: true, type: 'b', major: 8, minor: 0 },
      { allow: false },
    ]);
    assert.equal(more, all);
  });

  it('says how long it would be where it is too long', () => {
    const rules = Array.from({ length: 1000 }, (_, minor) => ({
      ...{ allow: true, type: 'c' as const, major: 10, minor },
      access: 'r',
    }));
    assert.throws(() => compileDeviceFilter(rules), { code: 'device-filter-too-long' });
  });
});
