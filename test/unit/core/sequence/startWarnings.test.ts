/** What is said of a tree that a user namespace made, for whom its root is not root. */
import assert from 'node:assert/strict';
import { ownerWarnings } from '../../../../src/core/sequence/identitySteps';
import { engineWarnings } from '../../../../src/core/sequence/startWarnings';
import { mappingsFor } from '../../../../src/core/sequence/userNamespace';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { factsFor } from './plannedFacts';

describe('a rootfs of somebody’s subordinate range', () => {
  const tree = { name: 'tree', what: 'of mmdebstrap', config: {}, rootfsOwner: 100000 };
  const [sudo, rootless] = [factsFor('sudo', tree), factsFor('rootless', tree)];

  it('is named with the remedy where the container has the machine’s users', () => {
    const [said, ...more] = ownerWarnings(undefined, sudo);
    assert.deepEqual(more, []);
    assert.match(said!, /belongs to 100000, .* of “student”.* rootless, or with sudo and a user/);
  });

  it('is not, where its owner is root inside, and where it is nobody’s range', () => {
    assert.deepEqual(ownerWarnings(mappingsFor({}, rootless), rootless), []);
    const { rootfsRangeOf, ...unknown } = sudo;
    assert.equal(rootfsRangeOf, 'student');
    assert.deepEqual(ownerWarnings(undefined, unknown), []);
  });

  it('is named where another one starts it', () => {
    const range = { start: 900000, count: 65536 };
    const other = { ...rootless, uid: 1001, gid: 1001, subuid: range, subgid: range };
    const [said] = ownerWarnings(mappingsFor({}, other), other);
    assert.match(said!, /Start it as that user, with the mappings of whoever starts it/);
  });

  it('is named under runc, where root inside is whoever starts it, and not under crun', () => {
    const config = (engine: string) =>
      parseConfig(
        JSON.stringify({
          ociVersion: '1.0.2',
          process: { args: ['/bin/sh'], cwd: '/', capabilities: {} },
          annotations: { 'dev.terrarium.engine': engine },
          linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'user' }] },
        }),
      ).config!;
    const said = (name: 'runc' | 'crun') =>
      engineWarnings(
        { path: '/b', name: 'box', rootfs: '/b/rootfs', config: config(name) },
        { name, version: undefined, selinux: false },
        rootless,
      );
    assert.match(said('runc').join('\n'), /^Root inside does not own .* use crun or the built-in/);
    assert.deepEqual(said('crun'), []);
  });
});
