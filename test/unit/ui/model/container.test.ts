import assert from 'node:assert/strict';
import type { ContainerInfo } from '../../../../src/protocol/container';
import { isDeletable, mergeContainers, realRootfs } from '../../../../src/ui/model/container';

const info = (bundle: string, more: Partial<ContainerInfo> = {}): ContainerInfo => ({
  id: '0123456789abcdef',
  bundle,
  name: bundle.slice(bundle.lastIndexOf('/') + 1),
  state: 'running',
  privilege: 'root',
  engine: 'builtin',
  console: 'c1',
  startedAt: 1,
  ...more,
});
const found = (folder: string, real = folder) => ({
  folder,
  real,
  rootfs: `${folder}/rootfs`,
});

describe('mergeContainers', () => {
  it('shows a bundle that no helper knows as stopped', () => {
    const [only] = mergeContainers([found('/w/a')], []);
    assert.equal(only?.state, 'stopped');
    assert.equal(only?.name, 'a');
  });

  it('joins a bundle and what the helper says by the real path', () => {
    const merged = mergeContainers([found('/link/a', '/w/a')], [info('/w/a')]);
    assert.equal(merged.length, 1);
    assert.equal(merged[0]?.state, 'running');
    assert.equal(merged[0]?.folder, '/link/a');
    assert.equal(merged[0]?.rootfs, '/link/a/rootfs');
  });

  it('keeps a plain folder that runs one, whatever its container makes in it', () => {
    const [only, ...more] = mergeContainers([found('/w/a')], [info('/w/a', { kind: 'folder' })]);
    assert.deepEqual(more, []);
    assert.deepEqual([only?.kind, only?.isBundle, only?.rootfs], ['folder', false, '/w/a']);
    const [ended] = mergeContainers(
      [found('/w/a')],
      [info('/w/a', { kind: 'folder', state: 'stopped' })],
    );
    assert.deepEqual([ended?.kind, ended?.rootfs], ['bundle', '/w/a/rootfs']);
  });

  it('shows what runs outside the workspace, and not what has ended there', () => {
    const merged = mergeContainers([], [info('/x/live'), info('/x/over', { state: 'stopped' })]);
    assert.deepEqual(
      merged.map(({ name, inWorkspace }) => [name, inWorkspace]),
      [['live', false]],
    );
  });

  it('keeps a plain folder of the workspace that has run, with how it ended', () => {
    const exit = { code: 3, message: 'ended with exit code 3' };
    const over = (bundle: string) => info(bundle, { kind: 'folder', state: 'stopped', exit });
    const trees = [{ folder: '/link/tree', real: '/w/tree', isTaken: true }];
    const [only, ...more] = mergeContainers([], [over('/w/tree'), over('/x/tree')], trees);
    assert.deepEqual(more, []);
    const paths = [only?.bundle, only?.folder, only?.rootfs];
    assert.deepEqual(paths, ['/w/tree', '/link/tree', '/link/tree']);
    assert.deepEqual([only?.state, only?.kind, only?.info?.exit], ['stopped', 'folder', exit]);
    assert.deepEqual([only?.isBundle, only?.inWorkspace, only?.isTaken], [false, true, true]);
    assert.deepEqual(mergeContainers([], [], trees), [], 'one that has not run is no container');
  });

  it('believes the helper in which a container lives, whichever started it later', () => {
    const rootless = info('/w/a', { privilege: 'rootless', state: 'stopped', startedAt: 99 });
    for (const infos of [
      [info('/w/a'), rootless],
      [rootless, info('/w/a')],
    ])
      assert.equal(mergeContainers([found('/w/a')], infos)[0]?.info?.privilege, 'root');
  });

  it('sorts by name', () => {
    const names = mergeContainers([found('/w/b'), found('/w/a')], [info('/x/aa')]).map(
      ({ name }) => name,
    );
    assert.deepEqual(names, ['a', 'aa', 'b']);
  });
});

describe('isDeletable', () => {
  const bundle = (folder: string, rootfs = 'rootfs', real = folder) =>
    mergeContainers([{ folder, real, rootfs: `${folder}/${rootfs}` }], [])[0]!;

  it('takes a bundle in a folder of the workspace', () => {
    assert.ok(isDeletable(bundle('/w/a'), ['/w', '/w/ab', '/x']));
  });

  it('spares what is open, and what holds something that is, by either of its paths', () => {
    assert.ok(!isDeletable(bundle('/w'), ['/w']));
    assert.ok(!isDeletable(bundle('/w'), ['/x', '/w/b']));
    assert.ok(!isDeletable(bundle('/link', 'rootfs', '/w'), ['/w/b']));
  });

  it('spares a folder into which a config.json was put beside a tree', () => {
    assert.ok(!isDeletable(bundle('/w/a', 'tree'), ['/w']));
    assert.ok(!isDeletable(bundle('/w/a', 'deeper/rootfs'), ['/w']));
  });

  it('is true where the rootfs lies outside, which stays', () => {
    const elsewhere = { ...bundle('/link/a', 'rootfs', '/w/a'), rootfs: '/srv/trees/rootfs' };
    assert.ok(isDeletable(elsewhere, ['/link', '/w']));
    assert.equal(realRootfs(elsewhere), '/srv/trees/rootfs');
    assert.equal(realRootfs(bundle('/link/a', 'rootfs', '/w/a')), '/w/a/rootfs');
  });

  it('spares what has no config.json here', () => {
    assert.ok(!isDeletable(mergeContainers([], [info('/x/plain')])[0]!, ['/w']));
  });
});
