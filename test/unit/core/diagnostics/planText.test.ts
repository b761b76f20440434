import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planText } from '../../../../src/core/diagnostics/planText';

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
    warningsHeading: 'Warnings',
    runtime: (name: string) => name,
    places: { host: 'HOST', outside: 'OUTSIDE', namespaces: 'INSIDE', container: 'CONTAINER' },
  };
  const text = (mounts: object[], more: object = {}, engineOf?: Parameters<typeof planText>[4]) =>
    planText(
      JSON.stringify({
        ociVersion: '1.0.2',
        process: { args: ['/bin/sh'], cwd: '/tmp' },
        mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }, ...mounts],
        linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }] },
        ...more,
      }),
      path.join(folder, 'config.json'),
      'root',
      words,
      engineOf,
    );
  const comments = (shown: string) => shown.split('\n').filter((line) => line !== '');

  it('says from which folder the commands of each part run', async () => {
    const shown = await text([]);
    const parts = [...shown.matchAll(/^# ── (\w+)\ncd (.*)$/gm)].map(([, ...part]) => part);
    assert.deepEqual(parts, [
      ['HOST', '/'],
      ['INSIDE', path.join(folder, 'rootfs')],
      ['OUTSIDE', '/'],
      ['INSIDE', path.join(folder, 'rootfs')], // the filter of remounts
      ['CONTAINER', '/tmp'],
    ]);
    assert.match(shown, /# ── OUTSIDE\ncd \/\n\n# .*\nnsenter --target=\$pid /);
  });

  it('begins with the warnings of the start, those for unknown keys too', async () => {
    const shown = comments(
      await text([], {
        someday: 1,
        linux: { mountLabel: 'a label', namespaces: [{ type: 'mount' }] },
      }),
    );
    assert.equal(shown[0], '# Warnings');
    for (const warning of [
      /^# {3}linux\.mountLabel is not carried out: /,
      /^# {3}linux\.namespaces lists no pid namespace: /,
      /^# {3}someday is a key that Terrarium does not know\.$/,
    ])
      assert.equal(shown.filter((line) => warning.test(line)).length, 1, String(warning));
  });

  it('shows what runc or crun drops, and the other warnings of its start', async () => {
    const config = {
      annotations: { 'dev.terrarium.engine': 'crun', 'dev.terrarium.root': 'chroot' },
      process: { args: ['/sbin/init'], cwd: '/', ioPriority: { class: 'IOPRIO_CLASS_IDLE' } },
      someday: 1,
    };
    const engineOf = (name: 'runc' | 'crun') =>
      Promise.resolve({ name, version: '1.8.1', selinux: false });
    const shown = comments(await text([], config, engineOf));
    assert.equal(shown[0], '# Warnings');
    assert.equal(shown.at(-1), '# crun');
    for (const warning of [
      /^# {3}process\.ioPriority is not carried out: crun 1\.8\.1 drops it/,
      /^# {3}annotations\["dev\.terrarium\.root"\] says nothing to crun/,
      /^# {3}config\.json gives no process\.capabilities, so crun starts PID 1 without any/,
      /^# {3}someday is a key that Terrarium does not know, and crun is given it as it is\.$/,
    ])
      assert.equal(shown.filter((line) => warning.test(line)).length, 1, String(warning));
    assert.ok(shown.every((line) => line.startsWith('#')));
    // Without capabilities it mounts nothing.
    const init = /^# {3}PID 1 is an init, and its root is root of this machine/;
    assert.ok(!shown.some((line) => init.test(line)));
    const capabilities = { bounding: ['CAP_SYS_ADMIN'] };
    const process = { ...config.process, capabilities };
    const able = comments(await text([], { ...config, process }, engineOf));
    assert.equal(able.filter((line) => init.test(line)).length, 1);
  });

  it('has one line where there is nothing to say about a start under an engine', async () => {
    const capabilities = { bounding: ['CAP_KILL'] };
    const shown = await text(
      [],
      {
        annotations: { 'dev.terrarium.engine': 'runc' },
        process: { args: ['/bin/sh'], cwd: '/', capabilities },
      },
      (name) => Promise.resolve({ name, version: '1.1.5', selinux: false }),
    );
    assert.equal(shown, '# runc\n');
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
