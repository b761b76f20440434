// Of real processes, which choose their names.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { allHaveEnded, hasEnded } from '../../../../src/core/procfs/parseStat';
import { startTimeOf } from '../../../../src/helper/processes/alive';
import { readStat } from '../../../../src/helper/processes/readStat';

describe('readStat', () => {
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  /** A shell that has given itself a name (proc_pid_comm(5)) and waits. */
  async function named(name: string): Promise<number> {
    const script = 'printf %s "$1" >/proc/$$/comm && echo named && read -r line';
    child = spawn('/bin/sh', ['-c', script, 'sh', name], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout!, 'data');
    return child.pid!;
  }

  for (const name of [') R 1 (', 'a) Z 1 2 3', 'two\nlines) X 1', '))', '(', 'ordinary'])
    it(`reads who a process is that calls itself ${JSON.stringify(name)}`, async () => {
      const pid = await named(name);
      const stat = await readStat(`/proc/${pid}`);
      assert.ok(stat);
      assert.deepEqual([stat.pid, stat.comm, stat.ppid], [pid, name, process.pid]);
      assert.equal(hasEnded(stat.state), false);
      assert.equal(await startTimeOf(pid), stat.startTime);
      const own = await readStat('/proc/self');
      assert.ok(own && Number(stat.startTime) >= Number(own.startTime), stat.startTime);
      // It may begin to wait between the two.
      assert.deepEqual(
        { ...(await readStat(`/proc/${pid}/task/${pid}`)), state: stat.state },
        stat,
      );
    });

  it('knows none of a process that has been reaped', async () => {
    const pid = await named('short');
    child!.kill('SIGKILL');
    await once(child!, 'exit');
    assert.equal(await readStat(`/proc/${pid}`), undefined);
  });

  it('takes a process for ended where no thread of it runs on', () => {
    assert.equal(allHaveEnded({ state: 'Z', threads: 1 }), true);
    assert.equal(allHaveEnded({ state: 'X', threads: 0 }), true);
    assert.equal(allHaveEnded({ state: 'Z', threads: 2 }), false);
    assert.equal(allHaveEnded({ state: 'S', threads: 1 }), false);
  });
});
