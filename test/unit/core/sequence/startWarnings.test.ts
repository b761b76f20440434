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
    assert.match(said!, /Start it as that user, with the mappings of the user who starts it/);
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

describe('a rootfs of a user who is not root inside', () => {
  const tree = (owner: number) => ({
    ...{ name: 'tree', what: 'of debootstrap', config: {}, rootfsOwner: owner },
  });
  const facts = (privilege: 'sudo' | 'rootless', owner: number) => {
    const { rootfsRangeOf, ...others } = factsFor(privilege, tree(owner));
    assert.equal(rootfsRangeOf, 'student');
    return others;
  };
  const said = (privilege: 'sudo' | 'rootless', owner: number) => {
    const known = facts(privilege, owner);
    return ownerWarnings(mappingsFor({}, known), known).join('\n');
  };

  it('is named where sudo made it and it starts rootless, with what makes it work', () => {
    assert.match(
      said('rootless', 0),
      /^Root inside does not own .* fail: it belongs to root of this machine\. Start it with sudo .*ownership take/,
    );
    assert.match(
      said('rootless', 4711),
      /to the user 4711 of this machine\. Start it as that user/,
    );
  });

  it('is named where a root helper gives it users of its own', () => {
    assert.match(said('sudo', 0), /root of this machine\. Leave the user namespace out/);
  });

  it('is not where the container has the machine’s users, or where it is the person’s', () => {
    assert.deepEqual(ownerWarnings(undefined, facts('rootless', 0)), []);
    assert.equal(said('rootless', facts('rootless', 0).uid), '');
  });
});
