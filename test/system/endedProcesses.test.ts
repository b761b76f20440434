/**
 * Processes that have ended, wholly or in part, that were adopted, or that keep other things from who
 * reads /proc: what the reader tells of them, and what becomes of signals to them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { reniceProcess } from '../../src/helper/processes/reniceProcess';
import { signalProcess } from '../../src/helper/processes/signalProcess';
import { unheardBy } from '../../src/helper/processes/unheard';
import { ProcessInspection } from '../../src/protocol/inspection';
import type { ProcessInfo } from '../../src/protocol/processes';
import { skipBecause } from '../skip';
import { Box, code, isRoot } from './Box';
import { compile } from './compile';

for (const [kind, user] of [
  ['as root', false],
  ['in a user namespace', true],
] as const) {
  describe(`processes that have ended, ${kind}`, function () {
    this.timeout(30_000);
    let box: Box;
    let folder: string;

    before(async function () {
      if (!user && !isRoot) skipBecause(this, 'namespaces without a user namespace need root');
      folder = mkdtempSync(path.join(tmpdir(), 'terrarium-ended-'));
      compile(this, 'mainEnds.c', path.join(folder, 'bin/main-ends'));
      // The person of a user namespace runs it too.
      for (const one of [folder, path.join(folder, 'bin')]) chmodSync(one, 0o755);
      try {
        box = await Box.start(user);
      } catch (error) {
        if (user) skipBecause(this, `no user namespaces here: ${String(error)}`);
        throw error;
      }
    });
    after(async () => {
      await box?.end();
      rmSync(folder, { recursive: true, force: true });
    });

    const inspect = ({ pid, startTime }: ProcessInfo, environment = false) => {
      const found = box.reader.inspect(pid, startTime, environment);
      assert.ok(found, `process ${pid} is there`);
      return ProcessInspection.parse(found); // as the client does
    };
    const aZombie = async () => {
      await box.run('sh -c "sleep 0 & exec sleep 1002" &');
      const all = await box.until((one) => one.some(({ state }) => state === 'Z'));
      return all.find(({ state }) => state === 'Z')!;
    };

    it('tells of a zombie what the kernel still has, and what not', async () => {
      const zombie = await aZombie();
      const found = inspect(zombie, true);
      assert.equal(found.ended, true);
      assert.equal(found.thread, undefined);
      assert.equal(found.ids.length, 8);
      assert.ok(found.limits.length >= 16);
      assert.ok(found.cgroup.length > 0);
      const types = found.namespaces.map(({ type }) => type);
      assert.deepEqual(
        ['pid', 'user', 'mnt', 'net'].map((type) => types.includes(type)),
        [true, true, false, false],
      );
      assert.deepEqual([found.exe, found.cwd, found.root], [undefined, undefined, undefined]);
      for (const part of [found.memory, found.mounts.entries, found.files.entries, found.sockets])
        assert.deepEqual(part, []);
      const errnos = new Map(found.untold.map(({ part, errno }) => [part, errno]));
      assert.equal(errnos.get('places'), 'ENOENT');
      assert.equal(errnos.get('mounts'), 'EINVAL');
      assert.equal(errnos.get('memory'), 'ESRCH');
      assert.equal(errnos.get('environment'), 'ESRCH');
    });

    it('sends no signal to a zombie, and says so', async () => {
      const { pid, startTime } = await aZombie();
      for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT'])
        assert.equal(await signalProcess(box.reader, pid, startTime, signal), 'ended');
    });

    it('says what a signal does nothing to', async () => {
      const said = async (commandLine: string, signal: string) => {
        const { pid, startTime } = await box.find(commandLine);
        return signalProcess(box.reader, pid, startTime, signal);
      };
      const [init] = box.reader.read();
      const toInit = (signal: string) => signalProcess(box.reader, 1, init!.startTime, signal);
      assert.equal(await toInit('SIGTERM'), 'init');
      assert.equal(await toInit('SIGUSR1'), 'init');
      assert.equal(await toInit('SIGWINCH'), 'ignored');
      await box.run('trap : TERM');
      assert.equal(await unheardBy(box.hostPid, constants.signals.SIGTERM), undefined);
      await box.run('trap - TERM');
      await box.run('(trap "" TERM; exec sleep 1411) &');
      assert.equal(await said('sleep 1411', 'SIGTERM'), 'ignored');
      await box.run('sleep 1412 &');
      assert.equal(await said('sleep 1412', 'SIGSTOP'), undefined);
      await box.until((all) =>
        all.some(({ commandLine, state }) => commandLine === 'sleep 1412' && state === 'T'),
      );
      assert.equal(await said('sleep 1412', 'SIGTERM'), 'stopped');
      assert.equal(await said('sleep 1412', 'SIGCONT'), undefined);
      assert.equal(await said('sleep 1411', 'SIGKILL'), undefined);
    });

    it('takes a PID 1 that waits for signals for one that hears', async function () {
      compile(this, 'waitsForSignals.c', path.join(folder, 'bin/waits'));
      const program = path.join(folder, 'bin/waits');
      await box.run(`unshare --pid --fork --kill-child ${program} &`);
      const { pid, startTime, hostPid } = await box.find(program);
      await box.until(() =>
        /^(?:128|137) /.test(readFileSync(`/proc/${hostPid}/syscall`, 'latin1')),
      );
      assert.equal(await signalProcess(box.reader, pid, startTime, 'SIGTERM'), undefined);
      await box.until((all) => !all.some(({ key }) => key.includes(`:${pid}:${startTime}`)));
    });

    it('changes no nice value of a zombie, and says why', async () => {
      const { pid, startTime } = await aZombie();
      await assert.rejects(reniceProcess(box.reader, pid, startTime, 5), code('process-ended'));
    });

    it('shows one whose main thread has ended as what it does, and looks into it', async () => {
      const program = path.join(folder, 'bin/main-ends');
      await box.run(`${program} &`);
      const running = await box.find(program);
      const { hostPid } = running;
      await box.until(() => / Z /.test(readFileSync(`/proc/${hostPid}/stat`, 'latin1')));
      const all = await box.until((now) =>
        now.some(
          ({ key, cpu, mainThreadEnded }) => key === running.key && mainThreadEnded && cpu > 10,
        ),
      );
      const info = all.find(({ key }) => key === running.key)!;
      assert.equal(info.state, 'R');
      assert.equal(info.threads, 2);
      assert.equal(info.commandLine, program);
      assert.ok(info.rss > 16 << 20, `rss ${info.rss}`);
      const withPss = (
        await box.until((now) =>
          now.some(({ key, pss }) => key === running.key && pss !== undefined),
        )
      ).find(({ key }) => key === running.key)!;
      assert.ok(withPss.pss! > 16 << 20, `pss ${withPss.pss}`);
      const found = inspect(info, true);
      assert.equal(found.ended, false);
      assert.ok(found.thread !== undefined && found.thread !== info.pid, `thread ${found.thread}`);
      assert.equal(found.exe, program);
      assert.ok(found.mounts.total > 0 && found.memory.length > 0 && found.files.total > 0);
      assert.ok(found.environment?.some((line) => line.startsWith('PATH=')));
      assert.deepEqual(found.untold, []);
      await box.run(`kill -9 ${info.pid}`);
      await box.until((now) => now.every(({ key, state }) => key !== info.key || state === 'Z'));
    });

    it('looks into a process whose folder has a path that is too long to be told', async () => {
      // 40 folders of 120 characters; a shell would go there by the whole path, which is too long for it.
      const name = '"0" x 120';
      const script = `for (1..40) { mkdir ${name}; chdir ${name} } sleep 1401`;
      const top = `/tmp/${path.basename(folder)}-deep`;
      await box.run(`mkdir ${top}; (cd ${top}; exec perl -e '${script}') &`);
      const { key } = await box.find(`perl -e ${script}`);
      const all = await box.until((now) =>
        now.some((one) => one.key === key && one.state === 'S' && inspect(one).cwd === undefined),
      );
      const found = inspect(all.find((one) => one.key === key)!);
      assert.equal(found.cwd, undefined);
      assert.match(found.exe ?? '', /perl/);
      assert.deepEqual(
        found.untold.filter(({ part }) => part === 'places'),
        [{ part: 'places', errno: 'ENAMETOOLONG' }],
      );
      await box.run(`rm -rf ${top}`);
    });

    it('knows what was adopted before anybody looked', async () => {
      const adopted = async (commandLine: string) => (await box.find(commandLine)).adopted;
      await box.run('(sleep 1501 &)');
      await box.run('sleep 1502 &');
      await box.run('sh -c "setsid sh -c \'sleep 1503 & :\'"');
      assert.equal(await adopted('sleep 1502'), false);
      assert.equal(await adopted('sleep 1503'), true, 'of a session that is nobody’s');
      // Without job control all are in the group of PID 1: nothing tells it.
      assert.equal(await adopted('sleep 1501'), false);
    });

    it('counts what new processes share once, soon after they came', async () => {
      const size = 150;
      await box.run(`n=0; while [ $n -lt ${size} ]; do sleep 1601 & n=$((n+1)); done`);
      const is = ({ commandLine }: ProcessInfo) => commandLine === 'sleep 1601';
      await box.until((all) => all.filter(is).length === size);
      const all = await box.until((now) => now.every(({ pssUnread }) => pssUnread === undefined));
      const sum = (of: (one: ProcessInfo) => number) =>
        all.filter(is).reduce((n, one) => n + of(one), 0);
      assert.ok(sum(({ pss }) => pss!) < sum(({ rss }) => rss) / 2);
      for (const one of all) assert.ok((one.pss ?? 0) <= one.rss, `${one.pss} of ${one.rss}`);
      await box.run('kill $(jobs -p) 2>/dev/null; :');
    });

    it('tells the start by the clock of now, also after that was set', () => {
      const before = box.reader.read().find(({ pid }) => pid === 1)!;
      const { now } = Date;
      try {
        Date.now = () => now() + 3_600_000;
        const after = box.reader.read().find(({ pid }) => pid === 1)!;
        const moved = after.startedAt - before.startedAt - 3_600_000;
        assert.ok(Math.abs(moved) < 2000, `${moved} ms`);
      } finally {
        Date.now = now;
      }
    });
  });
}

describe('a process of an interactive shell that is PID 1', function () {
  this.timeout(30_000);

  it('is adopted where a subshell started it, and not as the rest of a pipeline', async function () {
    if (!isRoot) skipBecause(this, 'namespaces without a user namespace need root');
    const box = await Box.start(false);
    try {
      // Not by PID 1's `&`, which would have everything below ignore what the criterion looks at.
      const shell = 'unshare --pid --fork --mount-proc bash --norc -i';
      const enter = ['--target', String(box.hostPid), '--pid', '--mount'];
      const script = spawn('nsenter', [...enter, 'script', '-qec', shell, '/dev/null'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      script.stdin.write('(sleep 1701 &)\ntrue | sleep 1702 &\nsleep 1703 &\nsleep 1704\n');
      await box.find('sleep 1704');
      const adopted = async (commandLine: string) => (await box.find(commandLine)).adopted;
      const pid1 = await box.find('bash --norc -i');
      assert.equal((await box.find('sleep 1701')).ppid, pid1.pid);
      assert.equal(await adopted('sleep 1701'), true);
      await box.until((all) => !all.some(({ name }) => name === 'true'));
      assert.equal(await adopted('sleep 1702'), false);
      assert.equal(await adopted('sleep 1703'), false);
    } finally {
      await box.end();
    }
  });
});
