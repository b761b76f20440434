/** The filter of the Safe container, as the built-in engine compiles it; `system/seccomp.test.ts` loads it. */
import assert from 'node:assert/strict';
import { safeSeccomp } from '../../../../src/core/config/safeSeccomp';
import { startingPoints } from '../../../../src/core/config/templates';
import { formatConfig } from '../../../../src/core/config/formatConfig';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { architecturesOf } from '../../../../src/core/seccomp/architectures';
import { compileSeccomp } from '../../../../src/core/seccomp/compileSeccomp';
import { syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';
import { readProgram, run } from '../seccomp/bpf';
import { verdictText } from '../seccomp/evaluate';

const safe = startingPoints.find(({ id }) => id === 'safe')!.config('c1');
const withFilter = { ...safe, linux: { ...safe.linux, seccomp: safeSeccomp } };

describe('safeSeccomp', () => {
  it('is a configuration that its own parser takes as it is', () => {
    const parsed = parseConfig(formatConfig(withFilter));
    assert.deepEqual(parsed.diagnostics, []);
    assert.deepEqual(parsed.config?.linux.seccomp, safeSeccomp);
  });

  it('leaves Safe short enough to read in class', () => {
    const lines = formatConfig(withFilter).split('\n');
    assert.ok(lines.length <= 110 && lines.every((line) => line.length <= 110), `${lines.length}`);
  });

  for (const machine of ['x64', 'arm64'])
    it(`is a filter of some hundred instructions on ${machine}, with nothing left out`, () => {
      const { program, warnings } = compileSeccomp(safeSeccomp, machine);
      assert.deepEqual(warnings, []);
      assert.ok(program.length / 8 < 250, `${program.length / 8} instructions`);
    });

  for (const machine of ['x64', 'arm64'])
    for (const { table, audit } of architecturesOf(machine))
      it(`lets programs live, and makes no user namespace: ${table}`, () => {
        const program = readProgram(compileSeccomp(safeSeccomp, machine).hex);
        const verdict = (name: string, first = 0n) => {
          const nr = syscallNumbers(table).get(name);
          assert.ok(nr !== undefined, name);
          const args = [first, 0n, 0n, 0n, 0n, 0n];
          return verdictText(run(program, { nr, arch: audit, args }));
        };
        const [allowed, forbidden] = ['SCMP_ACT_ALLOW ', 'SCMP_ACT_ERRNO 1'];
        for (const name of ['execve', 'exit_group', 'openat', 'ptrace', 'seccomp', 'chroot'])
          assert.equal(verdict(name), allowed, name);
        for (const name of ['mount', 'fsopen', 'keyctl', 'bpf', 'kexec_load', 'userfaultfd'])
          assert.equal(verdict(name), forbidden, name);
        assert.equal(verdict('clone', 0x01200011n), allowed, 'fork(3)');
        assert.equal(verdict('clone', 0x3d0f00n), allowed, 'pthread_create(3)');
        for (const name of ['clone', 'unshare']) {
          assert.equal(verdict(name, 0x10000000n), forbidden);
          assert.equal(verdict(name, 0x7c020011n), forbidden, 'with others');
          assert.equal(verdict(name, 0x20000000n), allowed, 'left to the capabilities');
        }
        assert.equal(verdict('clone3'), 'SCMP_ACT_ERRNO 38');
      });
});
