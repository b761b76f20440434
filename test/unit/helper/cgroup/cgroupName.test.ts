/** Whose a cgroup or a folder still is, by its name. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseStat } from '../../../../src/core/procfs/parseStat';
import { ownName, startTimeOf } from '../../../../src/helper/processes/alive';
import { cgroupName, isLeftOver } from '../../../../src/helper/cgroup/cgroupName';

describe('isLeftOver', () => {
  const children: ChildProcess[] = [];
  after(async () => {
    for (const child of children) {
      const gone = once(child, 'exit');
      if (child.kill('SIGKILL')) await gone;
    }
  });

  it('is false of what lives, and of a name of somebody else', async () => {
    assert.equal(await isLeftOver(await cgroupName('/some/bundle')), false);
    assert.equal(await isLeftOver('user.slice'), false);
  });

  it('is false of numbers that no process of another namespace has', async () => {
    for (const pid of ['0', '99999999999999999999'])
      assert.equal(await isLeftOver(`terrarium-${pid}-1-1-0123456789abcdef`), false);
  });

  it('is true of another process with that PID', async () => {
    const name = await cgroupName('/some/bundle');
    const [, , begun] = name.split('-');
    assert.equal(await isLeftOver(name.replace(`-${begun}-`, '-1-')), true);
  });

  it('is true of a zombie', async () => {
    // Becomes a program that reaps nobody, and its child ends after that.
    const child = 'until grep -q sleep /proc/$PPID/comm; do :; done';
    const script = 'sh -c "$1" & echo $!; exec sleep 60';
    const parent = spawn('/bin/sh', ['-c', script, 'sh', child], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const [, , namespace] = (await ownName()).split('-');
    const name = `terrarium-${pid}-${await startTimeOf(pid)}-${namespace}-0123456789abcdef`;
    while (parseStat(readFileSync(`/proc/${pid}/stat`)).state !== 'Z')
      await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await isLeftOver(name), true);
  });
});
