// The digest of a file's extended attributes: the same for whoever reads them.
import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/helper/baseline/attributes';
import type { OwnerIds } from '../../../../src/helper/baseline/ownerIds';

const machine: OwnerIds = { uid: (id) => id, gid: (id) => id, isMapped: false };
/** As root of a container of user 1000, with subordinate ids from 100000. */
const inside: OwnerIds = {
  uid: (id) => (id === 0 ? 1000 : id < 65_536 ? 99_999 + id : undefined),
  gid: (id) => (id === 0 ? 1000 : undefined),
  isMapped: true,
};
const of = (values: Record<string, string>, ids = machine) =>
  digestOf(
    new Map(Object.entries(values).map(([name, hex]) => [name, Buffer.from(hex, 'hex')])),
    ids,
  );
/** Of one named user. */
const acl = (uid: string) =>
  `0200000001000600ffffffff02000400${uid}04000400ffffffff10000400ffffffff20000400ffffffff`;

describe('digestOf', () => {
  it('is of all attributes in any order, and says where there is none', () => {
    assert.match(of({ 'user.a': '61' })!, /^[0-9a-f]{64}$/);
    assert.equal(of({ 'user.a': '61', 'user.b': '' }), of({ 'user.b': '', 'user.a': '61' }));
    const different = [{ 'user.a': '' }, { 'user.a': '62' }, { 'user.b': '61' }];
    for (const values of different) assert.notEqual(of(values as never), of({ 'user.a': '61' }));
    assert.equal(of({}), '');
    assert.equal(of({ 'trusted.a': '61' }), '', 'who is not root does not see it');
    assert.equal(digestOf(undefined, machine), undefined);
  });

  it('is the same for a file capability from inside and from outside', () => {
    const revision2 = '0100000200200000000000000000000000000000';
    const revision3 = '0100000300200000000000000000000000000000a0860100';
    const digest = of({ 'security.capability': revision2 });
    assert.equal(of({ 'security.capability': revision3 }), digest);
    const other = revision2.replace('0020', '0021');
    assert.notEqual(of({ 'security.capability': other }), digest);
  });

  it('is the same for the ids of an access control list', () => {
    const name = 'system.posix_acl_access';
    const outside = of({ [name]: acl('a0860100') }); // 100000
    assert.equal(of({ [name]: acl('01000000') }, inside), outside);
    assert.notEqual(of({ [name]: acl('02000000') }, inside), outside);
    assert.equal(of({ [name]: acl('ffffff00') }, inside), undefined, 'an id without a meaning');
    assert.equal(of({ [name]: '00' }), undefined);
  });
});
