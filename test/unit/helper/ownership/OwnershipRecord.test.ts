import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordName } from '../../../../src/core/fs/ownershipRecord';
import { OwnershipRecord, type Taken } from '../../../../src/helper/ownership/OwnershipRecord';

describe('OwnershipRecord', () => {
  let base = '';
  let folder = '';
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'terrarium-record-'));
    folder = path.join(base, 'terrarium/ownership');
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const rootfs = () => statSync(base, { bigint: true });
  const file = () => path.join(folder, recordName(rootfs()));
  const taken = (ino: string, more: Partial<Taken> = {}): Taken => ({
    ...{ ino, born: '5', path: 'L2E=', uid: 0, gid: 0, mode: 0o4755, to: 1000 },
    ...more,
  });

  it('has what was written, in a file that its user alone may read', async () => {
    const record = await OwnershipRecord.of(folder, rootfs(), 0o700);
    assert.equal(await record.read(), undefined);
    await record.append([taken('1', { capability: 'AQ==' }), taken('2')]);
    await record.append([{ ino: '1', born: '5', left: '77' }]);
    await record.close();
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    const again = await (await OwnershipRecord.of(folder, rootfs(), 0o700)).read();
    assert.deepEqual(again?.taken.get('1-5'), taken('1', { capability: 'AQ==' }));
    assert.deepEqual([...again.left], [['1-5', '77']]);
    await record.remove();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('of a file that was taken twice has the last owner', async () => {
    const record = await OwnershipRecord.of(folder, rootfs(), 0o700);
    await record.append([taken('1'), { ino: '1', born: '5', left: '77' }, taken('1', { uid: 33 })]);
    await record.close();
    const read = await record.read();
    assert.equal(read?.taken.get('1-5')?.uid, 33);
    assert.equal(read?.left.size, 0);
  });

  it('passes over a line that a killed helper has not finished, and what is none of its lines', async () => {
    const record = await OwnershipRecord.of(folder, rootfs(), 0o700);
    await record.append([taken('1')]);
    await record.close();
    appendFileSync(file(), `${JSON.stringify(taken('3', { mode: 0o100000 }))}\n{"ino":"2","bo`);
    assert.deepEqual([...(await record.read())!.taken.keys()], ['1-5']);
  });

  it('is not kept where others can make a name', async () => {
    mkdirSync(folder, { recursive: true });
    for (const open of [folder, path.dirname(folder)]) {
      chmodSync(open, 0o777);
      await assert.rejects(OwnershipRecord.of(folder, rootfs(), 0o700), { code: 'record-failed' });
      chmodSync(open, 0o700);
    }
    symlinkSync('/etc/passwd', file());
    const record = await OwnershipRecord.of(folder, rootfs(), 0o700);
    await assert.rejects(record.append([taken('1')]), { code: 'record-failed' });
    await assert.rejects(record.read(), { code: 'record-failed' });
  });

  it('is not kept in a folder that is a link', async () => {
    mkdirSync(path.join(base, 'real'), { mode: 0o700 });
    mkdirSync(path.dirname(folder), { mode: 0o700 });
    symlinkSync(path.join(base, 'real'), folder);
    await assert.rejects(OwnershipRecord.of(folder, rootfs(), 0o700), { code: 'record-failed' });
  });
});
