/**
 * Crash-only: whatever dies, nothing is left on the host and what lives goes on. Each fault several
 * times in a row (TERRARIUM_FAULT_RUNS), with the host compared after every one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseStat } from '../../src/core/procfs/parseStat';
import { startTimeOf } from '../../src/helper/processes/alive';
import { removeCgroup } from '../../src/helper/cgroup/removeCgroup';
import { cgroupMount } from './cgroups';
import { compile } from './compile';
import {
  Workplace,
  ended,
  assertSameHost,
  hostState,
  privileges,
  processesWith,
  until,
  residentMemory,
} from './containers';
import { Client, Served, graceMs, size } from './serving';

const runs = Number(process.env.TERRARIUM_FAULT_RUNS ?? 3);
const prompt = /\/ #$/;

/**
 * FOLDER BUNDLE COMMAND...: runs the command twice on a small disk of its own that can take no further
 * file: first without a mount point for /proc, then with it.
 */
const onFullDisk = `
folder=$1 bundle=$2
shift 2
mount -t tmpfs -o mode=755,nr_inodes=1000000 tmpfs "$folder" && cp -a "$bundle" "$folder/box" || exit
limit() { mount -o "remount,nr_inodes=$(df --output=iused "$folder" | tail -n 1 | tr -d ' ')" "$folder"; }
rmdir "$folder/box/rootfs/proc" && limit || exit
"$@"
echo "first $?"
mount -o remount,nr_inodes=1000000 "$folder" && mkdir "$folder/box/rootfs/proc" && limit || exit
"$@"
echo "then $?"
`;

describe('faults', function () {
  this.timeout(60_000);
  let place: Workplace;
  let hostBefore: ReturnType<typeof wholeState>;
  before(async function () {
    place = await Workplace.open(this);
    hostBefore = wholeState();
  });
  afterEach(() => assertSameHost(hostBefore, { look: wholeState }));
  after(() => place?.close());

  /** Also what lies in /run and /tmp; the bundles and sockets of the test are below its own folder. */
  function wholeState() {
    return {
      ...hostState(),
      // What is in `terrarium` stands in `folders`.
      run: readdirSync('/run')
        .filter((name) => name !== 'terrarium')
        .sort(),
      tmp: readdirSync('/tmp').filter(
        (name) => name.startsWith('terrarium-') && place.folder.endsWith(name),
      ),
    };
  }

  /** A container with a child, a stubborn process and a session: what a kill could leave. */
  async function busy(client: Client, bundle: string) {
    const info = await client.start(bundle);
    const screen = await client.attach(info.console);
    await screen.shows(prompt);
    screen.type("(trap '' TERM HUP; sleep 1000) & sleep 1000 &\r");
    const { stream } = await client.rpc.request('openSession', {
      id: info.id,
      args: ['/bin/sleep', '1000'],
      ...size,
    });
    await until('its processes', () => processesWith('sleep 1000').length >= 3);
    return { info, screen, stream };
  }

  /** Not those of other helpers of the machine. */
  const ownPrograms = () => processesWith(path.join(place.folder, 'dist/terrarium-init-'));

  /** The one that serves, not the sudo before it. */
  async function helperPid(client: Client): Promise<number> {
    return (await client.rpc.request('hello', { client: 'test' })).pid;
  }

  /** One test of as many runs in a row, each with the host compared after it. */
  function inARow(title: string, fault: () => Promise<void>) {
    it(`${title} (${runs} times in a row)`, async function () {
      this.timeout(60_000 + 15_000 * runs);
      for (let run = 1; run <= runs; run++) {
        await fault();
        await assertSameHost(hostBefore, { look: wholeState, when: `after run ${run}` });
      }
    });
  }

  for (const privilege of privileges) {
    inARow(
      `${privilege}: kill -9 of the helper leaves nothing, and the next one starts`,
      async () => {
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { info, screen } = await busy(client, await place.bundle(privilege));
        if (privilege !== 'rootless') await client.rpc.request('pause', { id: info.id });
        const pid = await helperPid(client);
        const programs = ownPrograms();
        const answer = assert.rejects(
          client.rpc.request('stop', { id: info.id, graceMs: 60_000 }),
          /connection to the helper was lost/,
        );
        process.kill(pid, 'SIGKILL');
        await answer;
        await Promise.all([screen.closed, client.rpc.closed]);
        await until('the first one’s end', () => processesWith(served.home.directory).length === 0);
        const next = await Served.start(place, privilege, served.home);
        await until('the end of all', () => processesWith('sleep 1000').length === 0);
        // Its monitor ends after it, which was frozen until the next helper has freed it. That one has a program too.
        await until(
          'its monitor’s end',
          () => !ownPrograms().some((one) => programs.includes(one)),
        );
        const again = await next.connect();
        assert.deepEqual((await again.rpc.request('list', {})).containers, []);
        await next.stop();
        assert.deepEqual(readdirSync(served.home.directory), []);
      },
    );

    inARow(`${privilege}: kill -9 of PID 1 takes its tree and is told as such`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const { info } = await busy(client, await place.bundle(privilege));
      const over = client.next('containerChanged', ({ state }) => state === 'stopped');
      process.kill(info.hostPid!, 'SIGKILL');
      assert.deepEqual((await over).exit, {
        code: 137,
        signal: 'SIGKILL',
        message: '“box” was ended by SIGKILL.',
      });
      await until('the end of all', () => processesWith('sleep 1000').length === 0);
      await served.stop();
    });

    inARow(`${privilege}: a window that is killed detaches and nothing else`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const info = await client.start(await place.bundle(privilege));
      const screen = await client.attach(info.console);
      await screen.shows(prompt);
      screen.type('echo be; echo fore\r');
      await screen.shows(/^fore$/m);
      screen.close();
      client.close();
      const other = await served.connect();
      const again = await other.attach(info.console);
      await again.shows(/^fore\n\/ #$/m);
      again.type('echo af; echo ter\r');
      await again.shows(/^ter$/m);
      await served.stop();
    });

    inARow(`${privilege}: a terminal that hangs up ends what is on it, and no more`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        // It gives its terminal up and goes on without.
        config.process.args = ['/bin/sh', '-c', 'exec </dev/null >/dev/null 2>&1; sleep 1000'];
      });
      const info = await client.start(bundle);
      const screen = await client.attach(info.console);
      await until('its process', () => processesWith('sleep 1000').length > 0);
      const { stream } = await client.rpc.request('openSession', {
        id: info.id,
        args: ['/bin/sh'],
        ...size,
      });
      const session = await client.attach(stream);
      await session.shows(prompt);
      const ended = client.next('streamEnded', (one) => one.stream === stream);
      session.type('kill -HUP $$\r');
      await ended;
      const { containers } = await client.rpc.request('list', {});
      assert.equal(containers[0]?.state, 'running');
      await client.rpc.request('stop', { id: info.id, graceMs: 0 });
      await screen.closed;
      await served.stop();
    });

    inARow(`${privilege}: a machine that sleeps and wakes loses nothing`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const info = await client.start(await place.bundle(privilege));
      const screen = await client.attach(info.console);
      await screen.shows(prompt);
      const pid = await helperPid(client);
      process.kill(pid, 'SIGSTOP'); // what the kernel's freezer does to it (PM, freezing-of-tasks)
      screen.type('echo typed while; echo asleep\r');
      const list = client.rpc.request('list', {});
      // A sudo stops with what it runs: woken before that, it would sleep on.
      const sleepers = processesWith(served.home.directory);
      const sleeps = (one: number) => parseStat(readFileSync(`/proc/${one}/stat`)).state === 'T';
      await until('their sleep', () => sleepers.every(sleeps));
      for (const one of sleepers) process.kill(one, 'SIGCONT');
      await screen.shows(/^asleep\n\/ #$/m);
      assert.equal((await list).containers[0]?.state, 'running');
      await served.stop();
    });

    inARow(
      `${privilege}: a full disk refuses a start by name, and does not end what runs`,
      async () => {
        const folder = mkdtempSync(path.join(place.folder, 'full-'));
        const bundle = await place.bundle(privilege);
        const command = 'echo x > /file && echo written; echo; echo went on';
        const { argv, input } = place.as(privilege, [
          ...[process.execPath, place.helper, 'run', path.join(folder, 'box')],
          ...['--', '/bin/sh', '-c', command],
        ]);
        const child = spawn(
          'unshare',
          ['--mount', '--', 'sh', '-c', onFullDisk, 'sh', folder, bundle, ...argv],
          { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' },
        );
        child.stdin.end(input + input);
        const { stdout, stderr } = await ended(child);
        assert.match(
          stderr,
          /\/proc in its rootfs is not a folder and cannot be made one: .*No space left/,
        );
        assert.match(stderr, /can't create \/file: No space left on device/);
        assert.equal(stdout, 'first 125\n\nwent on\nthen 0\n');
      },
    );
  }

  it('goes on where the sudo that started it is killed', async () => {
    const served = await Served.start(place, 'sudo');
    const client = await served.connect();
    const info = await client.start(await place.bundle('sudo'));
    const gone = new Promise((resolve) => served.child.once('exit', resolve));
    served.child.kill('SIGKILL');
    await gone;
    const screen = await client.attach(info.console);
    await screen.shows(prompt);
    await client.rpc.request('stop', { id: info.id, graceMs });
    await client.rpc.request('shutdown', {});
    await client.rpc.closed;
    await until('its end', () => processesWith(served.home.directory).length === 0);
  });

  it('makes its socket anew where its folder was deleted', async () => {
    for (const privilege of privileges) {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const info = await client.start(await place.bundle(privilege));
      // The helper may write its record just then.
      if (privilege === 'root')
        rmSync(served.home.directory, { recursive: true, maxRetries: 10, retryDelay: 10 });
      else rmSync(served.socket);
      await until('the socket', () => existsSync(served.socket));
      const other = await served.connect();
      const { containers } = await other.rpc.request('list', {});
      assert.equal(containers[0]?.id, info.id);
      await served.stop();
    }
  });

  it('refuses a window that has lost its token, and lives on', async () => {
    const served = await Served.start(place, 'root');
    await assert.rejects(
      Client.connect(served.socket, '0'.repeat(64)),
      /refused the connection: The token is wrong/,
    );
    await (await served.connect()).rpc.request('list', {});
    await served.stop();
  });

  it('keeps a container whose bundle was moved or deleted while it runs', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root');
    const info = await client.start(bundle);
    const screen = await client.attach(info.console);
    await screen.shows(prompt);
    rmSync(bundle, { recursive: true });
    screen.type('echo still he; echo re\r');
    await screen.shows(/^re$/m);
    await client.rpc.request('stop', { id: info.id, graceMs });
    const { containers } = await client.rpc.request('list', {});
    assert.equal(containers[0]?.state, 'stopped');
    await served.stop();
  });

  it('pauses every process of a container, and lets them go on (27)', async () => {
    for (const privilege of ['root', 'sudo'] as const) {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.process.args = ['/bin/sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i >/n; done'];
      });
      const info = await client.start(bundle);
      const count = () => Number(readFileSync(path.join(bundle, 'rootfs/n'), 'utf8'));
      await until('progress', () => existsSync(path.join(bundle, 'rootfs/n')) && count() > 1);
      await client.rpc.request('pause', { id: info.id });
      const held = count();
      for (let look = 0; look < 20; look++) {
        await new Promise((resolve) => setTimeout(resolve, 10)); // nothing happens meanwhile
        assert.equal(count(), held);
      }
      await assert.rejects(
        client.rpc.request('openSession', { id: info.id, args: [], ...size }),
        /is paused: a shell in it would not move either/,
      );
      await client.rpc.request('resume', { id: info.id });
      await until('progress', () => count() > held);
      await client.rpc.request('pause', { id: info.id });
      await client.rpc.request('stop', { id: info.id, graceMs });
      await served.stop();
    }
  });

  it('pauses one whose main thread has ended while others run on', async function () {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.process.args = ['/bin/sh', '-c', '/bin/main-ends /n & exec sleep 1000'];
    });
    compile(this, 'mainEnds.c', path.join(bundle, 'rootfs/bin/main-ends'));
    const info = await client.start(bundle);
    const count = () => Number(readFileSync(path.join(bundle, 'rootfs/n'), 'latin1'));
    await until('progress', () => existsSync(path.join(bundle, 'rootfs/n')) && count() > 0);
    for (let turn = 0; turn < 2; turn++) {
      await client.rpc.request('pause', { id: info.id });
      const held = readFileSync(path.join(bundle, 'rootfs/n'), 'latin1');
      for (let look = 0; look < 20; look++) {
        await new Promise((resolve) => setTimeout(resolve, 10)); // nothing happens meanwhile
        assert.equal(readFileSync(path.join(bundle, 'rootfs/n'), 'latin1'), held);
      }
      await client.rpc.request('resume', { id: info.id });
      await until('progress', () => count() > Number(held));
    }
    await client.rpc.request('stop', { id: info.id, graceMs });
    await served.stop();
  });

  describe('with the machine’s cgroups mounted inside', () => {
    /** Each takes the freezer's cgroup as its first argument, as root of a container sees it. */
    async function startWith(client: Client, script: string) {
      const bundle = await place.bundle('root', 'notes', (config) => {
        const begin = `mkdir -p /mnt && mount -t cgroup2 none /mnt && echo >/up
          until [ -s /name ]; do sleep 0.02; done; set -- /mnt/$(cat /name)`;
        config.process.args = ['/bin/sh', '-c', `${begin}\n${script}`];
      });
      const info = await client.start(bundle);
      await until('its mount', () => existsSync(path.join(bundle, 'rootfs/up')));
      const helper = await helperPid(client);
      const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
      // cgroupName
      const name = `terrarium-${helper}-${await startTimeOf(helper)}-${namespace}-${info.id}`;
      writeFileSync(path.join(bundle, 'rootfs/name'), name);
      return { bundle, id: info.id };
    }

    it('resumes and stops one that goes back into the cgroup which held it', async () => {
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const other = await client.start(await place.bundle('root'));
      const { id } = await startWith(
        client,
        `while :; do
          [ -d "$1" ] && mkdir -p "$1/sub" &&
            (sh -c 'echo $$ >"$1/sub/cgroup.procs"; exec sleep 1000' sh "$1" &)
          sleep 0.02
        done`,
      );
      await client.rpc.request('pause', { id });
      await client.rpc.request('resume', { id }).catch((error: Error) => {
        assert.match(error.message, /^The cgroup .* cannot be removed.*They go on/);
      });
      await client.rpc.request('stop', { id, graceMs });
      const { containers } = await client.rpc.request('list', {});
      const states = new Map(containers.map((one) => [one.id, one.state]));
      assert.deepEqual([states.get(id), states.get(other.id)], ['stopped', 'running']);
      await client.rpc.request('stop', { id: other.id, graceMs });
      await served.stop();
    });

    it('gives up on one below which a process stays, and takes it away once that has ended', async () => {
      const [folder, below] = ['', 'a/b/c'].map((name) =>
        path.join(cgroupMount()!, `lab-stays-${process.pid}`, name),
      ) as [string, string];
      mkdirSync(below, { recursive: true });
      const stays = spawn('sleep', ['1000']);
      try {
        writeFileSync(path.join(below, 'cgroup.procs'), String(stays.pid));
        await assert.rejects(removeCgroup(folder), { code: 'EBUSY' });
        assert.ok(existsSync(below));
      } finally {
        stays.kill('SIGKILL');
        await removeCgroup(folder);
      }
      assert.ok(!existsSync(folder));
    });

    it('pauses none that fetches its processes out again, or all of it (27)', async () => {
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const { bundle, id } = await startWith(
        client,
        `fetch() {
          while :; do
            for pid in $(cat "$1/cgroup.procs"); do echo $pid >/mnt/cgroup.procs; done
            echo >>/n
          done 2>/dev/null
        }
        for i in 1 2 3 4 5 6 7 8; do fetch "$1" & done; wait`,
      );
      const count = () => statSync(path.join(bundle, 'rootfs/n')).size;
      await until('progress', () => existsSync(path.join(bundle, 'rootfs/n')) && count() > 10);
      const refusal = await client.rpc.request('pause', { id }).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (refusal === undefined) {
        const held = count();
        await new Promise((resolve) => setTimeout(resolve, 300)); // nothing happens meanwhile
        assert.equal(count(), held);
      } else assert.match(refusal, /could not be paused: .*It goes on as before/);
      await client.rpc.request('stop', { id, graceMs });
      await served.stop();
    });
  });

  it('holds 100 containers, lists them, stops them, and nothing is left', async function () {
    this.timeout(300_000);
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundles: string[] = [];
    for (let index = 0; index < 100; index++) bundles.push(await place.bundle('root'));
    const pid = await helperPid(client);
    const [before, begun] = [residentMemory(pid), performance.now()];
    for (const bundle of bundles) await client.start(bundle);
    const started = performance.now();
    const { containers } = await client.rpc.request('list', {});
    assert.equal(containers.filter(({ state }) => state === 'running').length, 100);
    const perContainer = (residentMemory(pid) - before) / 100;
    await Promise.all(containers.map(({ id }) => client.rpc.request('stop', { id, graceMs })));
    const ms = (value: number) => Math.round(value / 100);
    console.log(
      `      each: start ${ms(started - begun)} ms, stop ${ms(performance.now() - started)} ms, ${Math.round(perContainer)} KiB of the helper`,
    );
    await served.stop();
  });
});
