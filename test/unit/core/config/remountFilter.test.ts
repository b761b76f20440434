/** Who gets the filter of remounts, and what it refuses. */
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { refusesRemount, remountFilter } from '../../../../src/core/config/remountFilter';
import { architecturesOf } from '../../../../src/core/seccomp/architectures';
import { compileSeccomp } from '../../../../src/core/seccomp/compileSeccomp';
import { syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';
import { readProgram, run } from '../seccomp/bpf';
import { verdictText } from '../seccomp/evaluate';

const config = (more: object = {}, process: object = {}) =>
  parseConfig(
    JSON.stringify({
      ociVersion: '1.0.2',
      process: { args: ['/bin/sh'], cwd: '/', ...process },
      ...more,
    }),
  ).config!;

describe('remountFilter', () => {
  it('is for who may mount, unless config.json has a filter or does without', () => {
    assert.ok(refusesRemount(config()));
    assert.ok(refusesRemount(config({ annotations: { 'dev.terrarium.remount': 'refused' } })));
    assert.ok(!refusesRemount(config({ annotations: { 'dev.terrarium.remount': 'allowed' } })));
    assert.ok(!refusesRemount(config({}, { capabilities: { bounding: ['CAP_KILL'] } })));
    const seccomp = { defaultAction: 'SCMP_ACT_ALLOW' };
    assert.ok(!refusesRemount(config({ linux: { seccomp } })));
  });

  for (const machine of ['x64', 'arm64'])
    for (const { table, audit } of architecturesOf(machine)) {
      const verdicts = (process: object) => {
        const { hex, warnings } = compileSeccomp(remountFilter(config({}, process)), machine);
        assert.deepEqual(warnings, []);
        return (name: string, ...first: bigint[]) => {
          const args = [...first, 0n, 0n, 0n, 0n, 0n, 0n].slice(0, 6);
          const nr = syscallNumbers(table).get(name)!;
          return verdictText(run(readProgram(hex), { nr, arch: audit, args }));
        };
      };
      const [allowed, refused] = ['SCMP_ACT_ALLOW ', 'SCMP_ACT_ERRNO 1'];

      it(`refuses a remount of a file system, and of one mount none: ${table}`, () => {
        const verdict = verdicts({});
        const mount = (flags: bigint) => verdict('mount', 0n, 0n, 0n, flags);
        const [ro, nosuid, remount, bind, magic] = [1n, 2n, 32n, 4096n, 0xc0ed0000n];
        for (const flags of [remount, remount | ro, remount | nosuid, remount | magic])
          assert.equal(mount(flags), refused, String(flags));
        for (const flags of [0n, ro, bind, bind | remount, bind | remount | ro, magic])
          assert.equal(mount(flags), allowed, String(flags));
        assert.equal(verdict('fsconfig', 3n, 7n), refused);
        for (const command of [0n, 1n, 5n, 6n, 8n])
          assert.equal(verdict('fsconfig', 3n, command), allowed, String(command));
        if (/64/.test(table))
          assert.equal(verdict('fsconfig', 3n, 0x100000007n), refused, 'the kernel reads an int');
      });

      it(`unmounts the root of an init lazily or not at all: ${table}`, () => {
        const [force, detach, nofollow] = [1n, 2n, 8n];
        const [init, shell] = [verdicts({ args: ['/sbin/init'] }), verdicts({})];
        for (const flags of [0n, force, nofollow]) {
          assert.equal(init('umount2', 0n, flags), refused, String(flags));
          assert.equal(shell('umount2', 0n, flags), allowed, String(flags));
        }
        assert.equal(init('umount2', 0n, detach | nofollow), allowed);
        if (syscallNumbers(table).has('umount')) assert.equal(init('umount', 0n), refused);
      });
    }
});
