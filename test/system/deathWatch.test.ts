/** What ends a rootless runtime's container after its helper was killed, also in the middle of its start. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import script from '../../src/helper/engine/oci/deathWatch.sh';
import { until } from './containers';

describe('the watch beside a rootless runtime', () => {
  const id = `terrarium-${process.pid}0123456789abcdef`;
  let folder: string;
  let runtime: ChildProcess;
  let payload: number;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-watch-'));
    // It has what it starts, and lives on after SIGTERM, as crun does; its words end as a runtime's.
    const waits = `trap '' TERM; sleep 3003 & wait`;
    runtime = spawn('/bin/sh', ['-c', waits, 'run', `${folder}/pid`, id], { stdio: 'ignore' });
    const children = `/proc/${runtime.pid}/task/${runtime.pid}/children`;
    payload = await until(
      'it has begun',
      () => Number(readFileSync(children, 'utf8')) || undefined,
    );
  });
  afterEach(() => {
    // Where it has not been killed, the payload is its child still, and has its PID.
    if (runtime.exitCode === null && runtime.signalCode === null) process.kill(payload, 'SIGKILL');
    runtime.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** @param said before the helper is killed @returns whether the container was deleted */
  const watch = async (said: string) => {
    const deleted = path.join(folder, 'deleted');
    const words = ['-c', script, 'sh', id, '/bin/touch', deleted];
    const shell = spawn('/bin/sh', words, { stdio: ['pipe', 'inherit', 'inherit'] });
    shell.stdin.end(said);
    await once(shell, 'exit');
    return existsSync(deleted);
  };

  for (const [when, said] of [
    ['runs', () => `${runtime.pid}\n`],
    ['has begun, and the watch does not know its PID', () => ''],
  ] as const)
    it(`kills it and what it has started where it ${when}`, async () => {
      const over = once(runtime, 'exit');
      assert.equal(await watch(said()), true);
      assert.deepEqual(await over, [null, 'SIGKILL']);
      await until('the payload has ended', () => !existsSync(`/proc/${payload}`));
    });

  it('does nothing where the container has ended, and kills nobody who has its PID now', async () => {
    assert.equal(await watch(`${runtime.pid}\nrevoked\n`), false);
    assert.equal(await watch('revoked\n'), false);
    assert.equal(await watch(`${process.pid}\n`), true);
    assert.equal(runtime.exitCode ?? runtime.signalCode, null);
  });
});
