/** The hidden folders of imports and exports that were killed are removed, and no others. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  sweepUnfinished,
  unfinished,
  writeMaker,
} from '../../../../src/helper/image/sweepUnfinished';

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
    await sweepUnfinished(parent, unfinished.imports, (one) => {
      removed.push(path.basename(one));
      return Promise.resolve();
    });
    assert.deepEqual(removed.sort(), ['.booted.new-ABC124', '.dead.new-ABC123']);
  });

  it('removes that of an export in the same way', async () => {
    const [filled, dead] = ['.terrarium-export-aaaaaa', '.terrarium-export-bbbbbb'].map((name) => {
      const folder = path.join(parent, name);
      mkdirSync(folder);
      return folder;
    }) as [string, string];
    await writeMaker(filled);
    const maker = readFileSync(path.join(filled, 'maker'), 'utf8');
    writeFileSync(path.join(dead, 'maker'), maker.replace(/^(\d+) \d+/, '$1 1'));
    const removed: string[] = [];
    await sweepUnfinished(parent, unfinished.exports, (one) => {
      removed.push(one);
      return Promise.resolve();
    });
    assert.deepEqual(removed, [dead]);
  });
});
