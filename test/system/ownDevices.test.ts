/** linux.devices beside what every container has in its /dev, and what `mounts` puts there. */
import assert from 'node:assert/strict';
import type { OciConfig } from '../../src/core/config/schema';
import { Workplace, privileges, usePlace } from './containers';
import { Served } from './serving';

type Device = NonNullable<OciConfig['linux']['devices']>[number];
const device = (path: string, major: number, minor: number): Device => ({
  ...{ path, type: 'c', major, minor },
});
/** c MAJOR:MINOR of each, in hexadecimal digits, and what a link leads to. */
const look = (...places: string[]) =>
  `for one in ${places.join(' ')}; do readlink $one || stat -c %t:%T $one; done`;

describe('linux.devices', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const printed = async (
    privilege: 'root' | 'sudo' | 'rootless',
    devices: Device[],
    command: string,
  ) => {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      config.mounts.push({
        ...{ destination: '/dev/fuse', type: 'bind', source: '/dev/full', options: ['bind'] },
      });
      config.linux.devices = devices;
    });
    const { code, stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', command]);
    assert.equal(code, 0, stderr);
    return stdout.trim().split('\n');
  };

  for (const privilege of privileges)
    it(`may name devices that are there in any case (${privilege})`, async () => {
      const devices = [
        ...[device('/dev/ptmx', 5, 2), device('/dev/pts/ptmx', 5, 2), device('/dev/tty', 5, 0)],
        ...[device('/dev/fuse', 10, 229), device('/dev/./null', 1, 3)],
      ];
      const command = `${look('/dev/ptmx', '/dev/pts/ptmx', '/dev/fuse', '/dev/null')}; : </dev/ptmx && echo open`;
      assert.deepEqual(await printed(privilege, devices, command), [
        ...['pts/ptmx', '5:2', '1:7', '1:3', 'open'],
      ]);
    });

  it('makes a node where a link would be, and of two with one path the first', async () => {
    const devices = [
      ...[device('/dev/stdin', 1, 3), device('/dev/core', 1, 3), device('/dev/core', 1, 5)],
      device('/dev/console', 1, 7),
    ];
    const command = look('/dev/stdin', '/dev/stdout', '/dev/core', '/dev/console');
    assert.deepEqual(await printed('root', devices, command), [
      ...['1:3', '/proc/self/fd/1', '1:3', '1:7'],
    ]);
  });

  it('leaves /dev/console to the terminal of PID 1', async () => {
    const bundle = await place.bundle('root', 'notes', ({ linux }) => {
      linux.devices = [device('/dev/console', 5, 1)];
    });
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const { console } = await client.start(bundle);
    const pid1 = await client.attach(console);
    await pid1.shows(/[#$]$/);
    pid1.type('stat -c %t /dev/console; echo done\r');
    await pid1.shows(/^88\n(.*\n)*done$/m); // unix98 pseudo-terminals (devices.txt of the kernel), in hexadecimal
    await served.stop();
  });
});
