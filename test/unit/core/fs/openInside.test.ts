import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { lookBudget } from '../../../../src/core/fs/lookBudget';
import { resolveInside, statInside } from '../../../../src/core/fs/openInside';
import { plant, temporaryFolder } from '../bundle/temporaryFolder';

describe('resolveInside', () => {
  const folder = temporaryFolder();
  const rootfs = () => path.join(folder(), 'rootfs');
  const resolve = async (inside: string) => {
    const found = await resolveInside(rootfs(), inside);
    return found === undefined ? undefined : path.relative(rootfs(), found);
  };
  beforeEach(() =>
    plant(folder(), {
      'secret/file': 'host',
      'rootfs/etc/passwd': 'inside',
      'rootfs/bin/busybox': 'x',
      'rootfs/bin/sh': '-> busybox',
      'rootfs/usr/bin': '-> ../bin',
      'rootfs/abs': '-> /bin/sh',
      'rootfs/up': '-> ../../../../../../etc/passwd',
      'rootfs/host': `-> ${folder()}/secret/file`,
      'rootfs/loop': '-> loop',
      'rootfs/a': '-> b',
      'rootfs/b': '-> a',
      'rootfs/dangling': '-> /nowhere',
    }),
  );

  it('follows relative and absolute links inside the rootfs', async () => {
    assert.equal(await resolve('/bin/sh'), 'bin/busybox');
    assert.equal(await resolve('/usr/bin/sh'), 'bin/busybox');
    assert.equal(await resolve('/abs'), 'bin/busybox');
  });

  it('stops ".." at the root, as the container’s kernel does', async () => {
    assert.equal(await resolve('/../../../etc/passwd'), 'etc/passwd');
    assert.equal(await resolve('/up'), 'etc/passwd');
    assert.equal(await resolve('/'), '');
  });

  it('finds nothing where a link names a place of the host', async () => {
    assert.equal(await resolve('/host'), undefined);
    assert.equal(await resolve('/dangling'), undefined);
  });

  it('ends on links in a circle', async () => {
    assert.equal(await resolve('/loop'), undefined);
    assert.equal(await resolve('/a/x'), undefined);
  });

  it('goes through no file', async () => {
    assert.equal(await resolve('/etc/passwd/..'), undefined);
    assert.equal(await resolve('/etc/passwd/'), undefined);
    assert.equal(await resolve('/etc/'), 'etc');
  });

  it('ends all looks of one question together where links wind through a deep tree', async () => {
    // Each `..` of a link opens the way from the root anew.
    const deep = Array.from({ length: 30 }, () => 'd').join('/');
    plant(folder(), {
      [`rootfs/${deep}/e/file`]: 'x',
      'rootfs/winding': `-> ${deep}${'/e/..'.repeat(60)}`,
    });
    const budget = lookBudget();
    assert.ok(await statInside(rootfs(), '/winding', budget));
    assert.ok(await statInside(rootfs(), '/winding', budget));
    assert.equal(await statInside(rootfs(), '/winding', budget), undefined);
    assert.ok(budget.left < 0);
    assert.ok(await statInside(rootfs(), '/winding'), 'the next question starts anew');
  });

  it('never leaves the rootfs, whatever links are planted', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '..', '.', 'secret', 'file');
    const inside = fc.array(name, { maxLength: 8 }).map((names) => names.join('/'));
    const target = fc.tuple(fc.boolean(), inside).map(([abs, to]) => `${abs ? '/' : ''}${to}`);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(target, { maxLength: 6 }), inside, async (targets, wanted) => {
        const root = path.join(folder(), `random${run++}`, 'rootfs');
        plant(root, { 'd/e': null });
        targets.forEach((to, index) => {
          const place = ['a', 'b', 'c', 'd/a', 'd/b', 'd/e/c'][index];
          if (to !== '' && place !== undefined) plant(root, { [place]: `-> ${to}` });
        });
        const found = await resolveInside(root, wanted);
        if (found !== undefined)
          assert.ok(found === root || found.startsWith(`${root}/`), `${wanted} led to ${found}`);
      }),
      { numRuns: 150 },
    );
  });
});
