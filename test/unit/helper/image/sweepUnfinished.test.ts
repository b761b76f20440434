/** The hidden folders of imports that were killed are removed, and no others. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sweepUnfinished, writeMaker } from '../../../../src/helper/image/sweepUnfinished';

describe('sweepUnfinished', () => {
  let parent: string;
  before(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'terrarium-sweep-'));
  });
  after(() => rmSync(parent, { recursive: true }));

  it('removes the folder of an import that has ended, and none that is filled or another’s', async () => {
    const folder = (name: string) => {
      mkdirSync(path.join(parent, name, 'scratch'), { recursive: true });
      return path.join(parent, name, 'scratch');
    };
    await writeMaker(folder('.filled.new-abcdef'));
    const maker = readFileSync(path.join(parent, '.filled.new-abcdef/scratch/maker'), 'utf8');
    const write = (name: string, text: string) =>
      writeFileSync(path.join(folder(name), 'maker'), text);
    write('.dead.new-ABC123', maker.replace(/^(\d+) \d+/, '$1 1'));
    write('.booted.new-ABC124', maker.replace(/\S+$/, '0-0'));
    write('.elsewhere.new-ABC125', maker.replace(/pid:\[\d+\]/, 'pid:[1]').replace(/ \d+/, ' 1'));
    write('.nonsense.new-ABC126', 'x');
    write('visible.new-ABC127', maker.replace(/^(\d+) \d+/, '$1 1'));
    folder('.empty.new-ABC128');
    symlinkSync('.dead.new-ABC123', path.join(parent, '.link.new-ABC129'));
    const removed: string[] = [];
    await sweepUnfinished(parent, (one) => {
      removed.push(path.basename(one));
      return Promise.resolve();
    });
    assert.deepEqual(removed.sort(), ['.booted.new-ABC124', '.dead.new-ABC123']);
    const fails = (one: string) =>
      Promise.reject(
        Object.assign(new Error('it is busy'), { code: one.includes('dead') ? 'EBUSY' : 'ENOENT' }),
      );
    const [warning, ...others] = await sweepUnfinished(parent, fails);
    assert.match(warning!, /\.dead\.new-ABC123, left by one that was killed, .*: it is busy$/);
    assert.deepEqual(others, [], 'what another one has removed is no news');
  });
});
