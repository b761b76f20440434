import assert from 'node:assert/strict';
import { formatConfig } from '../../../../src/core/config/formatConfig';
import { notByHand } from '../../../../src/core/config/byHand';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startingPoints } from '../../../../src/core/config/templates';

const config = (id: 'hand' | 'notes' | 'safe') => {
  const found = startingPoints.find((point) => point.id === id);
  assert.ok(found);
  return found.config('c1');
};
const types = (id: 'hand' | 'notes' | 'safe') =>
  config(id).linux.namespaces.map(({ type }) => type);

describe('startingPoints', () => {
  it('offers the way by hand first, then a root of its own, then the safe one', () => {
    assert.deepEqual(
      startingPoints.map(({ id }) => id),
      ['hand', 'notes', 'safe'],
    );
  });

  for (const { id, label } of startingPoints) {
    it(`"${label}" is a configuration that its own parser takes as it is`, () => {
      const parsed = parseConfig(formatConfig(config(id)));
      assert.deepEqual(parsed.diagnostics, []);
      assert.deepEqual(parsed.config, config(id));
    });

    it(`"${label}" is short enough to read in class`, () => {
      const lines = formatConfig(config(id)).split('\n');
      assert.ok(lines.length <= { hand: 28, notes: 32, safe: 110 }[id], `${lines.length} lines`);
      assert.ok(lines.every((line) => line.length <= 110));
    });
  }

  it('"A root of its own" has four namespaces and keeps root’s capabilities', () => {
    assert.deepEqual(types('notes'), ['pid', 'uts', 'ipc', 'mount']);
    assert.equal(config('notes').process.capabilities, undefined);
    assert.equal(config('notes').hostname, 'c1');
    assert.deepEqual(config('notes').process.args, ['/bin/sh']);
  });

  it('"By hand" is unshare, one mount and chroot', () => {
    assert.deepEqual(types('hand'), ['pid', 'uts', 'ipc', 'mount']);
    assert.deepEqual(notByHand(config('hand'), 'root'), []);
    assert.deepEqual(notByHand(config('hand'), 'rootless'), []);
    assert.equal(config('hand').mounts.length, 1);
  });

  it('"Safe" adds user, cgroup and network, and gives up privileges', () => {
    assert.deepEqual(
      new Set(types('safe')),
      new Set(['user', 'pid', 'uts', 'ipc', 'mount', 'cgroup', 'network']),
    );
    const { process, linux, mounts } = config('safe');
    assert.equal(process.noNewPrivileges, true);
    assert.ok(process.capabilities?.bounding?.every((name) => name !== 'CAP_SYS_ADMIN'));
    assert.ok(linux.maskedPaths?.includes('/proc/kcore'));
    assert.ok(linux.readonlyPaths?.includes('/proc/sys'));
    assert.ok(mounts.find(({ destination }) => destination === '/sys')?.options?.includes('ro'));
    assert.equal(linux.uidMappings, undefined, 'who may map what is found out at each start');
  });

  it('"Safe" holds the id mappings that it is given', () => {
    const mapping = [{ containerID: 0, hostID: 1000, size: 1 }];
    const safe = startingPoints[2]?.config('c1', { uidMappings: mapping, gidMappings: mapping });
    assert.deepEqual(safe?.linux.uidMappings, mapping);
    assert.deepEqual(
      safe?.annotations,
      { 'dev.terrarium.idMappings': 'own' },
      'and maps the starter',
    );
    assert.deepEqual(parseConfig(formatConfig(safe)).diagnostics, []);
    assert.equal(config('safe').annotations, undefined, 'there is nothing to ignore');
  });
});

describe('formatConfig', () => {
  it('keeps short arrays and objects on one line and the outermost object open', () => {
    assert.equal(
      formatConfig({ a: ['x', 'y'], b: { c: 1 }, d: [], e: undefined }),
      '{\n  "a": ["x", "y"],\n  "b": { "c": 1 },\n  "d": []\n}\n',
    );
  });

  it('fills lines with long lists of words', () => {
    const words = Array.from({ length: 30 }, (_, at) => `word-number-${at}`);
    const lines = formatConfig({ words }).split('\n');
    assert.ok(lines.length < 12 && lines.every((line) => line.length <= 101));
    assert.deepEqual(JSON.parse(lines.join('\n')), { words });
  });
});
