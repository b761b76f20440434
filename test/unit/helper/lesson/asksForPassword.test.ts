// Looks at processes that are called as those that ask for a password.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseStat } from '../../../../src/core/procfs/parseStat';
import { asksForPassword } from '../../../../src/helper/lesson/asksForPassword';
import { until } from '../../../system/containers';
import { temporaryFolder } from '../../core/bundle/temporaryFolder';

describe('asksForPassword', () => {
  const folder = temporaryFolder();
  let children: ChildProcess[] = [];
  afterEach(() => children.forEach((child) => child.kill('SIGKILL')));

  it('names those of several lessons that are looked at at once', async () => {
    const cat = execFileSync('/bin/sh', ['-c', 'command -v cat'], { encoding: 'utf8' }).trim();
    const names = ['sudo', 'su', 'doas', 'cat'];
    children = names.map((name) => {
      const program = path.join(folder(), name);
      copyFileSync(cat, program);
      return spawn(program, { stdio: ['pipe', 'ignore', 'ignore'] });
    });
    const pids = children.map((child) => child.pid!);
    for (const [at, pid] of pids.entries())
      await until(`${names[at]} reads`, () => {
        const stat = parseStat(readFileSync(`/proc/${pid}/stat`));
        return stat.state === 'S' && stat.comm === names[at];
      });
    assert.deepEqual(await Promise.all(pids.map(asksForPassword)), [
      ...['sudo', 'su', 'doas'],
      undefined,
    ]);
  });
});
