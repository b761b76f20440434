// Why a filter is loaded, in a sentence that a learner reads.
import assert from 'node:assert/strict';
import { safeSeccomp } from '../../../../src/core/config/safeSeccomp';
import { filterReason } from '../../../../src/core/seccomp/filterReason';

const errno = (...names: string[]) => ({ names, action: 'SCMP_ACT_ERRNO' }) as const;
const allow = (...names: string[]) => ({ names, action: 'SCMP_ACT_ALLOW' }) as const;

describe('filterReason', () => {
  it('counts and names what is refused where all else is allowed', () => {
    const named = safeSeccomp.syscalls.flatMap(({ names }) => names);
    assert.equal(
      filterReason(safeSeccomp, 125),
      `Filter system calls: ${new Set(named).size} system calls (mount, setns, unshare …) refused, always or with some arguments. "linux.seccomp" of config.json lists them; 125 instructions`,
    );
  });

  it('counts what passes where all else is refused', () => {
    const syscalls = [allow('read', 'write'), allow('read'), errno('mount')];
    assert.match(
      filterReason({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, 9),
      /^Filter system calls: all refused but 2 system calls\. /,
    );
  });

  it('repeats no name of config.json that is none of the calls it knows', () => {
    const evil = 'x\n$(reboot)';
    const said = filterReason({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [errno(evil)] }, 4);
    assert.match(said, /^Filter system calls: 1 system call refused, /);
    assert.ok(!said.includes(evil));
  });
});
