import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planText } from '../../../../src/core/sequence/planText';

describe('the start sequence for people', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'terrarium-plan-'));
    await mkdir(path.join(folder, 'rootfs/proc'), { recursive: true });
    await symlink('elsewhere', path.join(folder, 'rootfs/link'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const words = {
    broken: (reason: string) => `broken: ${reason}`,
    notCarriedOut: 'Warnings',
    runtime: (name: string) => name,
    places: { host: 'HOST', outside: 'OUTSIDE', namespaces: 'INSIDE', container: 'CONTAINER' },
  };
  const text = (mounts: object[]) =>
    planText(
      JSON.stringify({
        ociVersion: '1.0.2',
        process: { args: ['/bin/sh'], cwd: '/tmp' },
        mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }, ...mounts],
        linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }] },
      }),
      path.join(folder, 'config.json'),
      'root',
      words,
    );

  it('says from which folder the commands of each part run', async () => {
    const shown = await text([]);
    const parts = [...shown.matchAll(/^# ── (\w+)\ncd (.*)$/gm)].map(([, ...part]) => part);
    assert.deepEqual(parts, [
      ['HOST', '/'],
      ['INSIDE', path.join(folder, 'rootfs')],
      ['OUTSIDE', '/'],
      ['CONTAINER', '/tmp'],
    ]);
    assert.match(shown, /# ── OUTSIDE\ncd \/\n\n# .*\nnsenter --target=\$pid /);
  });

  it('names each folder that is made, once, and none that is there', async () => {
    const shown = await text([
      { destination: '/data/x', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts' },
    ]);
    assert.deepEqual(
      [...shown.matchAll(/mkdir -p (\S+)/g)].map(([, made]) => made).sort(),
      // /tmp is its working directory.
      ['./data/x', './dev', './dev/pts', './tmp'],
      'a folder below a new filesystem is not the one of the rootfs',
    );
    assert.match(shown, /^mkdir -p \.\/data\/x && cd \.\/data\/x && mount -t tmpfs/m);
    assert.match(shown, /^cd \.\/proc && mount -t proc/m);
  });
});
