import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AclEntry,
  aclText,
  aclValue,
  parseAclText,
  parseAclValue,
} from '../../../../src/core/image/posixAcl';
import { seeded } from '../../../seed';

describe('POSIX ACLs', () => {
  const plain = { noNullPrototype: true };
  const perm = fc.nat(7);
  const id = fc.nat(2 ** 32 - 2);
  const named = (tag: 'namedUser' | 'namedGroup') =>
    fc.array(fc.record({ tag: fc.constant(tag), perm, id }, plain), { minLength: 1, maxLength: 4 });
  const one = (tag: AclEntry['tag']) => fc.record({ tag: fc.constant(tag), perm }, plain);
  const acl: fc.Arbitrary<AclEntry[]> = fc
    .tuple(
      ...[one('user'), named('namedUser'), one('group'), named('namedGroup')],
      ...[one('mask'), one('other')],
    )
    .map((parts) => parts.flat() as AclEntry[]);

  it('are the same as text and as an attribute', () => {
    fc.assert(
      fc.property(acl, (entries) => {
        assert.deepEqual(parseAclText(aclText(entries)), entries);
        assert.deepEqual(parseAclValue(aclValue(entries)), entries);
      }),
      seeded('ACLs', 300),
    );
  });

  const base = 'user::rw-,group::r--,other::---';
  it('are read as GNU tar and bsdtar write them, in any order', () => {
    const text = 'other::---\nmask::r-x\n# x\ngroup::r--\nu:7:rwx\t#effective:r-x\nuser::rw-\n\0';
    const entries = parseAclText(Buffer.from(text));
    assert.equal(
      aclText(entries ?? []).toString(),
      'user::rw-\nuser:7:rwx\ngroup::r--\nmask::r-x\nother::---\n',
    );
    const bsd = parseAclText(Buffer.from(`${base},mask::rwx,user:lisa:rwx:501`));
    assert.deepEqual(bsd?.[1], { tag: 'namedUser', perm: 7, id: 501 });
  });

  for (const text of [
    ...['', 'user::rw-', `${base},user:5:rwx`, `${base},user::r--`, `${base},mask::rwx,user:x:rwx`],
    ...[`${base},mask::rwx,user:4294967295:r--`, `${base},default:user::rwx`, 'user::xwr'],
  ])
    it(`are no ACL: ${text}`, () => assert.equal(parseAclText(Buffer.from(text)), undefined));

  it('are none where an attribute is anything else', () => {
    const value = aclValue(parseAclText(Buffer.from(base))!);
    assert.ok(parseAclValue(value));
    for (const bad of [
      ...[Buffer.alloc(0), value.subarray(0, 4), value.subarray(0, value.length - 1)],
      ...[Buffer.concat([Buffer.from([1]), value.subarray(1)]), Buffer.concat([value, value])],
    ])
      assert.equal(parseAclValue(bad), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        parseAclValue(Buffer.from(bytes));
        parseAclText(Buffer.from(bytes));
      }),
      seeded('no ACLs', 1000),
    );
  });

  it('say nothing of who has no id here', () => {
    const value = aclValue([
      ...(parseAclText(Buffer.from(`${base},mask::rwx,user:5:rwx,user:6:rwx`)) ?? []),
    ]);
    value.writeUInt32LE(0xffffffff, value.indexOf(Buffer.from([5, 0, 0, 0])));
    assert.doesNotMatch(aclText(parseAclValue(value)!).toString(), /user:(5|4294967295):/);
    assert.match(aclText(parseAclValue(value)!).toString(), /user:6:rwx/);
  });
});
