/**
 * Labels of the kernel's security modules, and what is said where the machine has none: `process.apparmorProfile` where it
 * has AppArmor and a parser that loads a profile (`npm run test:vm -- labels`), `process.selinuxLabel` and
 * `linux.mountLabel` where it has SELinux and no policy yet (`TERRARIUM_VM_LSM=selinux` before that).
 */
import assert from 'node:assert/strict';
import type { OciConfig } from '../../src/core/config/schema';
import { skipBecause } from '../skip';
import { hasAppArmor, parser, profile } from './appArmor';
import { type Workplace, privileges, usePlace } from './containers';
import { hasSELinux, loadPolicy, mountLabel, processLabel } from './seLinux';
import { Served, size } from './serving';

describe('labels', function () {
  this.timeout(120_000);
  let noPolicy: string | undefined;
  // Before the machine is looked at, which is to be the same after each test.
  before(() => {
    noPolicy = hasSELinux ? loadPolicy() : 'no SELinux in this kernel';
  });
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const asks = ({ process }: OciConfig) => {
    process.apparmorProfile = profile;
    process.args = ['/bin/sh', '-c', 'cat /proc/self/attr/current; cat /etc/secret /etc/passwd'];
  };

  for (const privilege of privileges)
    describe(privilege, () => {
      it('says that AppArmor is not enabled, and starts', async function () {
        if (hasAppArmor || hasSELinux) skipBecause(this, 'one of them is enabled here');
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          asks(config);
          config.process.args = ['/bin/true'];
          config.process.selinuxLabel = 'system_u:system_r:svirt_t:s0';
        });
        const { code, stderr } = await place.run(privilege, bundle);
        assert.equal(code, 0, stderr);
        for (const said of ['apparmorProfile is not carried out: AppArmor', 'selinuxLabel is not'])
          assert.match(stderr, new RegExp(`process\\.${said}.* enabled on this machine`));
      });

      it('gives PID 1, further shells and mounts their labels of SELinux', async function () {
        if (noPolicy !== undefined) skipBecause(this, noPolicy);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const look = 'cat /proc/self/attr/current; echo; grep " /labelled " /proc/self/mountinfo';
        const bundle = await place.bundle(privilege, 'safe', (config) => {
          config.process.selinuxLabel = processLabel;
          config.linux.mountLabel = mountLabel;
          config.mounts.push({ destination: '/labelled', type: 'tmpfs', source: 'tmpfs' });
          config.process.args = ['/bin/sh', '-c', `${look}; echo ready; exec sleep 1000`];
        });
        const { id, console } = await client.start(bundle);
        const pid1 = await client.attach(console);
        await pid1.shows(/^ready$/m);
        assert.match(pid1.text, new RegExp(`^${processLabel}`, 'm'));
        assert.match(pid1.text, new RegExp(`context="?${mountLabel}`));
        const args = ['/bin/cat', '/proc/self/attr/current'];
        const { stream } = await client.rpc.request('openSession', { id, args, ...size });
        await (await client.attach(stream)).shows(new RegExp(`^${processLabel}`, 'm'));
        await served.stop();
      });

      it('puts PID 1 and further shells under the AppArmor profile', async function () {
        if (!hasAppArmor) skipBecause(this, 'no AppArmor in this kernel');
        const { error, status, stderr: said } = parser('--add');
        if (error) skipBecause(this, `no apparmor_parser here: ${error.message}`);
        assert.equal(status, 0, said);
        try {
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const bundle = await place.bundle(privilege, 'safe', (config) => {
            asks(config);
            config.process.args[2] += '; echo ready; exec sleep 1000';
          });
          const { id, console } = await client.start(bundle);
          const pid1 = await client.attach(console);
          await pid1.shows(/^ready$/m);
          assert.match(pid1.text, new RegExp(`^${profile} \\(enforce\\)$`, 'm'));
          const args = ['/bin/cat', '/proc/self/attr/current'];
          const { stream } = await client.rpc.request('openSession', { id, args, ...size });
          await (await client.attach(stream)).shows(new RegExp(`^${profile} \\(enforce\\)$`, 'm'));
          await served.stop();
        } finally {
          parser('--remove');
        }
      });
    });
});
