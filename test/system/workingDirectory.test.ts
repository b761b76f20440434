/** `process.cwd` that the rootfs lacks is made, as runc makes it, and never outside the rootfs. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Workplace, privileges, usePlace } from './containers';

describe('a missing process.cwd', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  const look = ['/bin/sh', '-c', 'pwd; stat -c "%a %u:%g" .'];

  for (const privilege of privileges)
    it(`is made by root, with mode 0755, before the root is read-only (${privilege})`, async () => {
      const cases: [cwd: string, readonly: boolean, seen: string][] = [
        ['/no/such', false, '/no/such'],
        ['/no/such', true, '/no/such'],
        ['/var/run/app', false, '/run/app'], // behind a link of the rootfs, in a tmpfs
      ];
      for (const [cwd, readonly, seen] of cases) {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          Object.assign(config.process, { cwd, args: look, user: { uid: 65534, gid: 65534 } });
          config.root.readonly = readonly;
          config.mounts.push({ destination: '/run', type: 'tmpfs', source: 'tmpfs' });
        });
        mkdirSync(path.join(bundle, 'rootfs/var'));
        symlinkSync('/run', path.join(bundle, 'rootfs/var/run'));
        place.starter = ['sh', '-c', 'umask 077; exec "$@"', 'sh'];
        try {
          const { stdout, stderr } = await place.run(privilege, bundle);
          assert.equal(stdout, `${seen}\n755 0:0\n`, stderr);
        } finally {
          place.starter = [];
        }
      }
    });

  it('is made nowhere but in the rootfs', async () => {
    const outside = path.join(place.folder, 'outside');
    mkdirSync(outside);
    for (const target of [outside, `../../../../../../../..${outside}`]) {
      const bundle = await place.bundle('root', 'notes', (config) => {
        Object.assign(config.process, { cwd: '/out/made', args: look });
      });
      symlinkSync(target, path.join(bundle, 'rootfs/out'));
      const { code, stdout, stderr } = await place.run('root', bundle);
      assert.equal(code, 125, stdout);
      assert.match(stderr, /process\.cwd is \/out\/made, and its rootfs has no such folder/);
      assert.deepEqual(readdirSync(outside), []);
    }
  });

  it('is made below a bind, and one behind a link of it is left as it is', async () => {
    const source = path.join(place.folder, 'source');
    mkdirSync(path.join(source, 'real/deep'), { recursive: true });
    symlinkSync('real', path.join(source, 'current'));
    for (const [cwd, seen] of [
      ['/work/new/one', '/work/new/one'],
      ['/work/current/deep', '/work/real/deep'],
    ] as const) {
      const bundle = await place.bundle('root', 'notes', (config) => {
        Object.assign(config.process, { cwd, args: look });
        config.mounts.push({ destination: '/work', source, options: ['bind'] });
      });
      const { stdout, stderr } = await place.run('root', bundle);
      assert.equal(stdout, `${seen}\n755 0:0\n`, stderr);
    }
    assert.deepEqual(readdirSync(source).sort(), ['current', 'new', 'real']);
  });

  it('that cannot be made is named, with the reason', async () => {
    const source = path.join(place.folder, 'closed');
    mkdirSync(source);
    writeFileSync(path.join(source, 'file'), '');
    const bundle = await place.bundle('root', 'notes', (config) => {
      Object.assign(config.process, { cwd: '/work/file/below', args: look });
      config.mounts.push({ destination: '/work', source, options: ['bind'] });
    });
    const { code, stderr } = await place.run('root', bundle);
    assert.equal(code, 125);
    assert.match(
      stderr,
      /process\.cwd is \/work\/file\/below, .* none can be made.*Not a directory/,
    );
  });
});
