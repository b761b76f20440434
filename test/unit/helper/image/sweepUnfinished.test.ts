/** The hidden folders of imports that were killed are removed, and no others. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  sweepUnfinished,
  writeMaker,
  writeMove,
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

  it('removes what has moved to its place and is no bundle yet, and nothing else that is named there', async () => {
    const folder = path.join(parent, 'moves');
    const removed: string[] = [];
    const sweep = async (made: string, name: string, target: () => string | undefined) => {
      const hidden = path.join(folder, `.${made}.new-ABC123`);
      mkdirSync(path.join(hidden, 'rootfs'), { recursive: true });
      await writeMove(hidden, name);
      const maker = path.join(hidden, 'scratch/maker');
      writeFileSync(maker, readFileSync(maker, 'utf8').replace(/^(\d+) \d+/, '$1 1'));
      const place = target();
      if (place !== undefined) {
        mkdirSync(path.join(folder, place), { recursive: true });
        renameSync(path.join(hidden, 'rootfs'), path.join(folder, place, 'rootfs'));
      }
      await sweepUnfinished(folder, (one) => {
        removed.push(path.basename(one));
        return Promise.resolve();
      });
      rmSync(hidden, { recursive: true });
      return removed.splice(0);
    };
    assert.deepEqual(await sweep('a', 'a', () => undefined), ['.a.new-ABC123'], 'not moved yet');
    assert.deepEqual(await sweep('b', 'b', () => 'b'), ['b', '.b.new-ABC123']);
    mkdirSync(path.join(folder, 'c/rootfs'), { recursive: true });
    assert.deepEqual(await sweep('c', 'c', () => undefined), ['.c.new-ABC123'], 'another rootfs');
    const whole = () => {
      mkdirSync(path.join(folder, 'd'));
      writeFileSync(path.join(folder, 'd/config.json'), '{}');
      return 'd';
    };
    assert.deepEqual(await sweep('d', 'd', whole), ['.d.new-ABC123'], 'it is a bundle');
    assert.deepEqual(await sweep('e', '../moves/b', () => undefined), ['.e.new-ABC123']);
  });
});
