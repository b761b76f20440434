/** The process reader and signals against real PID namespaces, with processes that try to fool it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcfsReader } from '../../src/helper/processes/ProcfsReader';
import { signalProcess } from '../../src/helper/processes/signalProcess';
import type { ProcessInfo } from '../../src/protocol/processes';
import { skipBecause } from '../skip';
import { Box, code, isRoot } from './Box';

for (const [kind, user] of [
  ['as root', false],
  ['in a user namespace', true],
] as const) {
  describe(`processes of a container ${kind}`, function () {
    this.timeout(20_000);
    let box: Box;

    before(async function () {
      if (!user && !isRoot) skipBecause(this, 'namespaces without a user namespace need root');
      try {
        box = await Box.start(user);
      } catch (error) {
        if (user) skipBecause(this, `no user namespaces here: ${String(error)}`);
        throw error;
      }
    });
    after(() => box?.end());

    it('shows PID 1 with both numbers', () => {
      const [init, ...others] = box.reader.read();
      assert.deepEqual(others, []);
      assert.equal(init?.pid, 1);
      assert.equal(init?.hostPid, box.hostPid);
      assert.equal(init?.ppid, 0);
      assert.equal(init?.name, 'sh');
      assert.match(init?.commandLine ?? '', /^sh -c echo ready/);
      assert.equal(init?.threads, 1);
      const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${box.hostPid}/status`, 'utf8'));
      assert.ok(Math.abs(init.rss - Number(rss?.[1]) * 1024) < 1 << 20, `rss ${init.rss}`);
    });

    it('shows root inside as uid 0, whoever that is outside', () => {
      assert.deepEqual(
        box.reader.read().map(({ uid }) => uid),
        [0],
      );
    });

    it('shows a new process, its parent inside and its host PID', async () => {
      const [pid] = await box.run('sleep 1001 & echo $!');
      const found = await box.find('sleep 1001');
      assert.equal(found.pid, Number(pid));
      assert.equal(found.ppid, 1);
      await box.until((all) => all.some(({ key, state }) => key === found.key && state === 'S'));
      const status = readFileSync(`/proc/${found.hostPid}/status`, 'utf8');
      assert.match(status, new RegExp(`^NSpid:\\t.*\\b${found.hostPid}\\t${found.pid}$`, 'm'));
    });

    it('finds the processes of a tree that grew between two reads', async () => {
      await box.run('sh -c "sh -c \\"sleep 1101; :\\"; :" &');
      const leaf = await box.find('sleep 1101');
      const processes = box.reader.read();
      const parentOf = (one: ProcessInfo) => processes.find(({ pid }) => pid === one.ppid)!;
      assert.equal(parentOf(parentOf(parentOf(leaf))).pid, 1);
    });

    it('shows that PID 1 adopted an orphan', async () => {
      await box.run('sh -c "sleep 1102 & sleep 0.3" ; :');
      const orphan = await box.find('sleep 1102');
      await box.until((processes) =>
        processes.some(({ key, ppid }) => key === orphan.key && ppid === 1),
      );
    });

    it('shows a zombie, without a command line', async () => {
      await box.run('sh -c "sleep 0 & exec sleep 1002" &');
      const processes = await box.until((all) => all.some(({ state }) => state === 'Z'));
      const zombie = processes.find(({ state }) => state === 'Z')!;
      assert.equal(zombie.commandLine, '');
      assert.equal(zombie.name, 'sleep');
      assert.ok(zombie.hostPid > 0);
    });

    it('shows a stopped process as stopped', async () => {
      const [pid] = await box.run('sleep 1003 & echo $!');
      const { key } = await box.find('sleep 1003');
      await box.run(`kill -STOP ${pid}`);
      await box.until((all) => all.some((one) => one.key === key && one.state === 'T'));
    });

    it('follows exec to another program of the same name under the same key', async () => {
      const first = 'sleep 0.3; exec sh -c "sleep 1004; :"';
      await box.run(`sh -c '${first}' &`);
      const before = await box.find(`sh -c ${first}`);
      const after = await box.find('sh -c sleep 1004; :');
      assert.equal(after.key, before.key);
      assert.equal(after.name, before.name);
    });

    it('shows a renamed process, and is not fooled by what it calls itself', async () => {
      const [pid] = await box.run(
        `sh -c 'printf ") R 1\\n\\033[2J" >/proc/$$/comm; sleep 1005; :' & echo $!`,
      );
      const processes = await box.until((all) => all.some(({ name }) => name.startsWith(')')));
      const renamed = processes.find((one) => one.pid === Number(pid));
      assert.equal(renamed?.name, ') R 1\n\x1b[2J');
      assert.equal(renamed?.ppid, 1);
    });

    it('shows a session that joined as a root of its own', async () => {
      const session = spawn(
        'nsenter',
        [
          `--target=${box.hostPid}`,
          ...(user ? ['--user', ...(isRoot ? [] : ['--preserve-credentials'])] : []),
          ...['--pid', '--mount', 'sleep', '1006'],
        ],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      const exited = new Promise((resolve) => session.once('exit', resolve));
      const joined = await box.find('sleep 1006');
      assert.equal(joined.ppid, 0);
      assert.notEqual(joined.pid, 1);
      process.kill(joined.hostPid, 'SIGKILL');
      await exited;
      await box.until((all) => !all.some(({ key }) => key === joined.key));
    });

    it('shows the processes of a PID namespace inside the container', async () => {
      await box.run('unshare --pid --fork --kill-child sleep 1007 &');
      const nested = await box.find('sleep 1007');
      const parent = box.reader.read().find(({ pid }) => pid === nested.ppid);
      assert.equal(parent?.name, 'unshare');
      assert.match(
        readFileSync(`/proc/${nested.hostPid}/status`, 'utf8'),
        new RegExp(`^NSpid:.*\\t${nested.pid}\\t1$`, 'm'),
      );
    });

    it('signals the process that was meant', async () => {
      await box.run('sleep 1008 &');
      const { key, pid, startTime } = await box.find('sleep 1008');
      await signalProcess(box.reader, pid, startTime, 'SIGTERM');
      await box.until((all) => !all.some((one) => one.key === key && one.state !== 'Z'));
    });

    it('refuses to signal a process that only has the same number', async () => {
      await box.run('sleep 1009 &');
      const { key, pid, startTime } = await box.find('sleep 1009');
      const older = String(Number(startTime) - 1);
      await assert.rejects(signalProcess(box.reader, pid, older, 'SIGKILL'), code('process-gone'));
      await assert.rejects(signalProcess(box.reader, 99999, '1', 'SIGKILL'), code('process-gone'));
      assert.ok(box.reader.read().some((one) => one.key === key && one.state !== 'Z'));
    });

    it('refuses a signal once the number belongs to another process', async () => {
      await box.run('sleep 1010 &');
      const meant = await box.find('sleep 1010');
      await box.run(`{ kill -9 ${meant.pid}; wait ${meant.pid}; } 2>/dev/null; :`);
      await sleep(20); // start times count hundredths of a second
      await box.run(`echo ${meant.pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 1011 &`);
      const other = await box.find('sleep 1011');
      assert.equal(other.pid, meant.pid, 'the kernel gave the number out again');
      assert.notEqual(other.key, meant.key);
      await assert.rejects(
        signalProcess(box.reader, meant.pid, meant.startTime, 'SIGKILL'),
        code('process-gone'),
      );
      assert.ok(box.reader.read().some(({ key }) => key === other.key));
    });

    it('survives a storm of short-lived processes', async () => {
      const storm = box.run('n=0; while [ $n -lt 300 ]; do sh -c : & n=$((n+1)); done; wait $!; :');
      for (let reads = 0; reads < 15; reads++) {
        const processes = box.reader.read();
        assert.ok(processes.some(({ pid }) => pid === 1));
        assert.equal(new Set(processes.map(({ key }) => key)).size, processes.length);
        assert.ok(processes.every(({ hostPid }) => hostPid > 0));
      }
      await storm;
    });

    it('is not fooled by mounts below /proc or over it', async () => {
      const before = await box.find('sleep 1001');
      await box.run('mount -t tmpfs none /mnt && mkdir /mnt/fake && mkfifo /mnt/fifo');
      await box.run('printf "1 (forged) R 0 0" >/mnt/fake/stat');
      await box.run(
        `mount --bind /mnt/fake /proc/1 && mount --bind /mnt/fifo /proc/${before.pid}/stat`,
      );
      const check = () => {
        const processes = box.reader.read();
        assert.equal(processes.find(({ pid }) => pid === 1)?.name, 'sh');
        assert.equal(processes.find(({ key }) => key === before.key)?.hostPid, before.hostPid);
      };
      check();
      await box.run('mount -t tmpfs none /proc');
      check();
      await box.run('sleep 1012 &');
      assert.equal((await box.find('sleep 1012')).ppid, 1);
    });

    it('reads nothing more once the container has ended', async () => {
      await box.kill();
      await box.until((all) => all.length === 0);
      box.reader.close();
      assert.deepEqual(box.reader.read(), []);
    });
  });
}

describe('a process reader that may keep no file open', function () {
  this.timeout(20_000);
  let box: Box;
  before(async function () {
    if (!isRoot) skipBecause(this, 'namespaces without a user namespace need root');
    box = await Box.start(false);
  });
  after(() => box?.end());

  it('sees the same as one that may, also of what comes, changes and goes', async () => {
    const poor = new ProcfsReader({
      procfs: `/proc/${box.hostPid}/root/proc`,
      hostPid: box.hostPid,
      maxFiles: 1,
    });
    const own = () => readdirSync('/proc/self/fd').length;
    const before = own();
    await box.run('for n in 1 2 3 4 5 6; do sleep 130$n & done');
    await box.find('sleep 1306');
    assert.ok(own() >= before + 6, 'the other one keeps theirs');
    const alike = () => {
      const kept = own();
      // How much memory use a read tells depends on the time that it has.
      const calm = ({
        rss: _,
        pss: __,
        pssUnread: ___,
        cpu: ____,
        startedAt: _____,
        ...one
      }: ProcessInfo) => one;
      const [rich, scarce] = [box.reader.read(), poor.read()].map((all) => all.map(calm));
      assert.deepEqual(scarce, rich);
      assert.ok(own() <= kept + 1, 'it keeps one at most');
      return rich!;
    };
    await box.until((all) => all.filter(({ state }) => state === 'S').length === 7);
    assert.equal(alike().length, 7);
    const { pid } = await box.find('sleep 1303');
    await box.run(`kill -STOP ${pid}`);
    // The shell that was told this may still be on its way back to sleep.
    await box.until((all) => all.filter(({ state }) => state === 'S').length === 6);
    await box.until((all) => all.some((one) => one.pid === pid && one.state === 'T'));
    assert.equal(alike().find((one) => one.pid === pid)?.state, 'T');
    await box.run(`{ kill -9 ${pid}; wait ${pid}; } 2>/dev/null; :`);
    await box.until((all) => !all.some((one) => one.pid === pid));
    await box.until((all) => all.every(({ state }) => state === 'S'));
    assert.equal(alike().length, 6);
    poor.close();
  });
});

describe('a process reader', () => {
  it('refuses a folder that is no procfs', () => {
    assert.throws(() => new ProcfsReader({ procfs: '/', hostPid: 1 }), code('not-procfs'));
  });

  it('refuses a container that shares the PID namespace of the host', () => {
    const reader = new ProcfsReader({ procfs: '/proc', hostPid: process.pid });
    assert.throws(() => reader.read(), code('no-pid-namespace'));
    reader.close();
  });
});
