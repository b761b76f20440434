import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { compileSeccomp } from '../../../../src/core/seccomp/compileSeccomp';
import { withExactValues } from '../../../../src/core/seccomp/exactValues';
import { readProgram, run } from './bpf';
import { verdictText } from './evaluate';

/** A config.json with one condition on the first argument of read(2), on x86-64 number 0. */
const textWith = (condition: string) => `{
  "ociVersion": "1.0.2", "process": { "args": ["/bin/sh"], "cwd": "/" }, "root": { "path": "rootfs" },
  "linux": { "seccomp": { "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    { "names": ["write"], "action": "SCMP_ACT_ERRNO" },
    { "names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 0, ${condition} }] }
  ] } }
}`;

function profileIn(text: string) {
  const { config, diagnostics } = parseConfig(text);
  assert.deepEqual(diagnostics, []);
  return config!.linux.seccomp!;
}

async function verdict(text: string, first: bigint): Promise<string> {
  const profile = await withExactValues(profileIn(text), text);
  const program = readProgram(compileSeccomp(profile, 'x64').hex);
  const args = [first, 0n, 0n, 0n, 0n, 0n];
  return verdictText(run(program, { nr: 0, arch: 0xc000003e, args }));
}

describe('withExactValues', () => {
  for (const number of [2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 63n + 1n])
    it(`compares with ${number}, and not with what a double makes of it`, async () => {
      const text = textWith(`"op": "SCMP_CMP_EQ", "value": ${number}`);
      assert.equal(await verdict(text, number), 'SCMP_ACT_ERRNO 1');
      assert.equal(await verdict(text, number - 1n), 'SCMP_ACT_ALLOW ');
    });

  it('has the mask and what it is compared with', async () => {
    const text = textWith(
      '"op": "SCMP_CMP_MASKED_EQ", "value": 18446744073709551615, "valueTwo": 18446744073709551614',
    );
    assert.equal(await verdict(text, 2n ** 64n - 2n), 'SCMP_ACT_ERRNO 1');
    assert.equal(await verdict(text, 2n ** 64n - 1n), 'SCMP_ACT_ALLOW ');
  });

  it('leaves a profile of small numbers as it is', async () => {
    const text = textWith('"op": "SCMP_CMP_EQ", "value": 9007199254740991');
    const profile = profileIn(text);
    assert.equal(await withExactValues(profile, text), profile);
    assert.equal(await verdict(text, 2n ** 53n - 1n), 'SCMP_ACT_ERRNO 1');
  });

  it('has what it cannot know refused', async () => {
    const text = textWith('"op": "SCMP_CMP_EQ", "value": 9007199254740993');
    assert.throws(() => compileSeccomp(profileIn(text), 'x64'), {
      code: 'seccomp-number',
      message: /^linux\.seccomp\.syscalls\[1\]\.args\[0\]\.value is above 2\^53/,
    });
    const power = textWith('"op": "SCMP_CMP_EQ", "value": 1e19');
    await assert.rejects(verdict(power, 0n), { code: 'seccomp-number' });
    const tooLarge = textWith('"op": "SCMP_CMP_EQ", "value": 18446744073709551616');
    await assert.rejects(verdict(tooLarge, 0n), { message: /has no place in the 64 bits/ });
  });
});
