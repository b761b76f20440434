/** process.args[0] in what a mount brings: the look for it before a start knows the mounts. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Mount } from '../../src/core/config/schema';
import { Workplace, privileges, usePlace } from './containers';

const bind = (destination: string, source: string): Mount => ({
  ...{ destination, type: 'bind', source, options: ['rbind', 'ro'] },
});

describe('a program in what a mount brings', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** `plant` gets the bundle and its rootfs; the command of the result is the one of config.json. */
  const run = async (
    privilege: 'root' | 'sudo' | 'rootless',
    args: [string, ...string[]],
    mounts: Mount[],
    plant: (bundle: string, rootfs: string) => void,
  ) => {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      config.process.args = args;
      config.process.terminal = false;
      config.mounts.push(...mounts);
    });
    plant(bundle, path.join(bundle, 'rootfs'));
    if (privilege !== 'root') place.give(bundle);
    return place.run(privilege, bundle);
  };

  for (const privilege of privileges) {
    it(`starts by a link of the rootfs, as those to /nix/store are (${privilege})`, async () => {
      const { code, stdout, stderr } = await run(
        privilege,
        ['sh', '-c', 'echo started'],
        [bind('/nix/store', 'store')],
        (bundle, rootfs) => {
          mkdirSync(path.join(bundle, 'store/abc/bin'), { recursive: true });
          mkdirSync(path.join(bundle, 'store/def'), { recursive: true });
          renameSync(path.join(rootfs, 'bin/busybox'), path.join(bundle, 'store/abc/bin/sh'));
          symlinkSync('../abc/bin/sh', path.join(bundle, 'store/def/sh'));
          rmSync(path.join(rootfs, 'bin/sh'));
          symlinkSync('/nix/store/def/sh', path.join(rootfs, 'bin/sh'));
        },
      );
      assert.deepEqual([code, stdout], [0, 'started\n'], stderr);
    });

    it(`finds its loader there, by a link too (${privilege})`, async () => {
      const { code, stdout, stderr } = await run(
        privilege,
        ['/opt/program', '-s'],
        [bind('/usr', '/usr')],
        (_, rootfs) => {
          mkdirSync(path.join(rootfs, 'opt'));
          for (const name of ['lib', 'lib64']) {
            rmSync(path.join(rootfs, name), { recursive: true, force: true });
            symlinkSync(`usr/${name}`, path.join(rootfs, name));
          }
          copyFileSync('/usr/bin/uname', path.join(rootfs, 'opt/program'));
        },
      );
      assert.deepEqual([code, stdout], [0, 'Linux\n'], stderr);
    });
  }

  it('says before the start what a bound folder lacks', async () => {
    const { code, stderr } = await run(
      'root',
      ['/opt/tool'],
      [bind('/opt', 'tools')],
      (bundle, rootfs) => {
        mkdirSync(path.join(bundle, 'tools'));
        writeFileSync(path.join(bundle, 'tools/tool'), '#!/opt/missing\n', { mode: 0o755 });
        mkdirSync(path.join(rootfs, 'opt'));
        writeFileSync(path.join(rootfs, 'opt/missing'), '#!/bin/sh\n', { mode: 0o755 });
      },
    );
    assert.equal(code, 127);
    assert.match(stderr, /"\/opt\/tool" needs \/opt\/missing, which does not exist/);
  });

  it('says at the end of the start what another mount does not bring', async () => {
    const mounts: Mount[] = [{ destination: '/opt', type: 'tmpfs', source: 'tmpfs' }];
    const { code, stderr } = await run('root', ['/opt/tool'], mounts, () => undefined);
    assert.equal(code, 127);
    assert.match(
      stderr,
      /^terrarium: \/opt\/tool: No such file or directory: it is not in the container, or its loader/m,
    );
  });
});
