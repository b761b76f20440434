/** linux.sysctl: only what belongs to a namespace of the container. */
import assert from 'node:assert/strict';
import { requireConfig } from '../../../../src/core/config/parseConfig';
import { sysctlSteps } from '../../../../src/core/sequence/sysctlSteps';
import { toArgv } from '../../../../src/core/sequence/toArgv';

const steps = (sysctl: Record<string, string>, ...types: string[]) =>
  sysctlSteps(
    requireConfig(
      JSON.stringify({
        ociVersion: '1.0.2',
        process: { args: ['/bin/sh'], cwd: '/' },
        linux: { sysctl },
      }),
      'a/config.json',
    ),
    new Set(types),
  ).map((step) => toArgv(step).join(' '));

describe('sysctlSteps', () => {
  it('writes a parameter of a namespace that the container has of its own', () => {
    assert.deepEqual(steps({ 'net.ipv4.ip_forward': '1' }, 'network'), [
      'write_file 1 /proc/sys/net/ipv4/ip_forward',
    ]);
  });

  it('takes the first separator for the separator, as sysctl(8) does', () => {
    assert.deepEqual(steps({ 'net.ipv4.conf.eth0/1.rp_filter': '1' }, 'network'), [
      'write_file 1 /proc/sys/net/ipv4/conf/eth0.1/rp_filter',
    ]);
    assert.deepEqual(steps({ 'net/ipv4/conf/eth0.1/rp_filter': '1' }, 'network'), [
      'write_file 1 /proc/sys/net/ipv4/conf/eth0.1/rp_filter',
    ]);
  });

  it('names the key that sets a name of the UTS namespace', () => {
    for (const name of ['kernel.hostname', 'kernel.domainname'])
      assert.throws(() => steps({ [name]: 'box' }, 'uts'), { code: 'sysctl-name' }, name);
  });

  it('refuses what would change this machine', () => {
    for (const name of [
      'kernel.core_pattern',
      'vm.swappiness',
      'net.ipv4.ip_forward',
      'kernel.sem',
    ])
      assert.throws(() => steps({ [name]: '1' }), { code: 'sysctl-host' }, name);
  });

  it('refuses a name that would lead out of its namespace, or out of /proc/sys', () => {
    for (const name of [
      'net.//.kernel.core_pattern',
      'net.//.//.//.etc.cron',
      'net/../kernel/core_pattern',
      'net/./../kernel/core_pattern',
      'fs.mqueue.//.//.kernel.core_pattern',
      'net..ipv4.ip_forward',
      '/net/ipv4/ip_forward',
      'net/ipv4/',
      '.net.ipv4.ip_forward',
    ])
      assert.throws(
        () => steps({ [name]: '1' }, 'network', 'ipc'),
        /must be a kernel parameter/,
        name,
      );
  });
});
