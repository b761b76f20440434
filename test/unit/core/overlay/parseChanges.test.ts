import assert from 'node:assert/strict';
import { changeLine, pathsOf } from '../../../../src/core/overlay/changeLine';
import { parseChanges } from '../../../../src/core/overlay/parseChanges';

/** KIND TYPES METADATA ORIGIN SIZE LINK PATH */
const said = (...changes: string[][]) =>
  Buffer.from(
    changes
      .flat()
      .map((word) => `${word}\0`)
      .join(''),
  );
const lines = (...changes: string[][]) => parseChanges(said(...changes)).changes.map(changeLine);

describe('the list of changes of a layer', () => {
  it('is sorted, and each has its letter', () => {
    assert.deepEqual(
      lines(
        ['replaced', 'dd', 'o', '', '4096', '', 'var'],
        ['added', 'd-', '', '', '4096', '', 'new'],
        ['modified', 'ff', 'mx', '', '2', '', 'etc/motd'],
        ['deleted', '-f', '', '01:aa', '0', '', 'bin/ls'],
        ['deleted', '-d', '', '', '0', '', 'srv'],
        ['type', 'ld', '', '', '3', 'tmp', 'run'],
        ['metadata', 'dd', 'm', '', '4096', '', '.'],
      ),
      [
        'P  .  (mode)',
        'D  bin/ls',
        'M  etc/motd  (mode, extended attributes)',
        'A  new/',
        'T  run',
        'D  srv/',
        'O  var/  (owner)',
      ],
    );
  });

  it('knows a rename by the file that a copy is of, once for each file', () => {
    const { changes } = parseChanges(
      said(
        ['added', 'f-', '', '01:aa', '2', '', 'b'],
        ['added', 'f-', '', '01:aa', '2', '', 'c'],
        ['deleted', '-f', '', '01:aa', '0', '', 'a'],
        ['deleted', '-f', '', '', '0', '', 'd'],
        ['added', 'f-', '', '', '2', '', 'e'],
      ),
    );
    assert.deepEqual(changes.map(changeLine), ['R  a -> b', 'A  c', 'D  d', 'A  e']);
    assert.deepEqual(pathsOf(changes), ['b', 'a', 'c', 'd', 'e']);
  });

  it('is told to the layer without what goes with a folder above it', () => {
    const { changes } = parseChanges(
      said(
        ['added', 'd-', '', '', '0', '', 'new'],
        ['added', 'd-', '', '', '0', '', 'new/a'],
        ['added', 'f-', '', '', '0', '', 'new/a/b'],
        ['metadata', 'dd', 'm', '', '0', '', 'etc'],
        ['modified', 'ff', '', '', '0', '', 'etc/motd'],
      ),
    );
    assert.deepEqual(pathsOf(changes), ['etc', 'etc/motd', 'new']);
    const [, , , ...below] = changes;
    assert.deepEqual(pathsOf(below), ['new/a']);
  });

  it('says that there are more, and shows no control character of a name', () => {
    const { more } = parseChanges(Buffer.from('more\0'));
    assert.equal(more, true);
    assert.equal(parseChanges(Buffer.alloc(0)).more, false);
    assert.deepEqual(lines(['added', 'f-', '', '', '2', '', 'a\u001b[2J']), ['A  a\\x1b[2J']);
  });

  for (const broken of [
    'added\0f-\0',
    'added\0f-\0\0\0x\0\0a\0',
    'odd\0f-\0\0\0' + '1\0\0a\0',
    'added',
  ])
    it(`refuses ${JSON.stringify(broken)}`, () =>
      assert.throws(() => parseChanges(Buffer.from(broken)), { code: 'changes-unreadable' }));
});
