// Every field of "Inspect Process" has a word of explanation: against the lists that the kernel has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { capabilityNames } from '../../../../../src/core/procfs/capabilities';
import { parseLimits } from '../../../../../src/core/procfs/parseLimits';
import { explainField } from '../../../../../src/ui/views/processes/explainField';
import type { SectionName } from '../../../../../src/ui/views/processes/sections';

const explain = (section: SectionName, row: string, word = '') =>
  explainField(section, row, word, (text) => text);

describe('the explanation of a field', () => {
  it('is there for every capability', async () => {
    for (const name of capabilityNames)
      assert.match(
        (await explain('capabilities', '  bounding  CHOWN', name))!,
        /^\*\*CAP[\w&#;]+\*\*: .+\. capabilities\(7\)$/,
        name,
      );
  });

  it('is there for every resource limit of this kernel', async () => {
    const limits = parseLimits(readFileSync('/proc/self/limits'));
    assert.ok(limits.length >= 16);
    for (const { name, soft, hard } of limits)
      assert.ok(
        (await explain('limits', `  ${name}  ${soft}  ${hard}`))?.startsWith(`**${name}**: `),
        name,
      );
  });

  it('is there for open files, sockets, mounts and cgroups', async () => {
    const rows: [SectionName, string, RegExp][] = [
      ['files', '     0  /dev/pts/0', /standard input.*terminal/],
      ['files', '    19  socket:[4711]', /^A socket/],
      ['files', '     7  anon_inode:[eventpoll]', /^epoll/],
      ['files', '     7  /memfd:x (deleted)', /^Memory/],
      ['files', '     7  /tmp/x (deleted)', /no name any more/],
      ['files', '     7  /etc/passwd', /^A file/],
      ['sockets', '  tcp  127.0.0.1:80  0.0.0.0:0  listening', /^TCP.*Waiting for connections/],
      ['sockets', '  unix stream  /run/x    connected', /^Unix stream socket.*both sides/],
      ['mounts', '  /proc  proc  proc  rw', /processes/],
      ['mounts', '  /  ext4  /dev/vda  rw', /disk/],
      ['mounts', '  /x  newfs  none  rw', /of this type/],
      ['cgroup', '  0::/box', /version 2/],
      ['cgroup', '  4:memory:/box', /version 1/],
      ['cgroup', '  memory.max  512 MiB  /box', /killed/],
      ['cgroup', '  cpu.max  50000 100000  /box', /period/],
    ];
    for (const [section, row, expected] of rows)
      assert.match((await explain(section, row)) ?? '', expected, row);
  });

  it('is nothing that a name of the container’s makes of it', async () => {
    assert.equal(await explain('capabilities', '  x', 'constructor'), undefined);
    assert.equal(await explain('files', '  12 more'), undefined);
    assert.equal(await explain('environment', '  PATH=/bin', 'KILL'), undefined);
  });
});
