/** What terrarium-init does and commands of the machine cannot, or not so: links, long options, filters, joins. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseStat } from '../../src/core/procfs/parseStat';
import type { OciConfig } from '../../src/core/config/schema';
import { lengthWord } from '../../src/core/sequence/encodeProgram';
import { skipWithSanitizers } from '../skip';
import {
  Workplace,
  commandLineOf,
  privileges,
  residentMemory,
  until,
  usePlace,
} from './containers';
import { parentOf } from './machineProcesses';
import { Served, size } from './serving';

/** What every program needs, and mkdir that fails as nothing else does. */
const filter = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 122 }],
} as const;

describe('terrarium-init', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  const program = () => path.join(path.dirname(place.helper), `terrarium-init-${process.arch}`);

  for (const privilege of privileges) {
    it(`follows links on the way to a mount inside the root, as /var/run is one (${privilege})`, async () => {
      const bundle = await place.bundle(privilege, 'notes', ({ mounts }) => {
        mounts.push(
          { destination: '/var/run/made', type: 'tmpfs', source: 'tmpfs' },
          {
            destination: '/etc/resolv.conf',
            type: 'bind',
            source: 'names',
            options: ['bind', 'ro'],
          },
        );
      });
      const rootfs = path.join(bundle, 'rootfs');
      mkdirSync(path.join(rootfs, 'run'), { recursive: true });
      mkdirSync(path.join(rootfs, 'var'), { recursive: true });
      symlinkSync('../run', path.join(rootfs, 'var/run'));
      rmSync(path.join(rootfs, 'etc/resolv.conf'), { force: true });
      symlinkSync('/run/resolver/resolv.conf', path.join(rootfs, 'etc/resolv.conf'));
      writeFileSync(path.join(bundle, 'names'), 'nameserver 127.0.0.1\n');
      if (privilege !== 'root') place.give(bundle);
      const look =
        'cat /etc/resolv.conf /run/resolver/resolv.conf; cut -d" " -f5 /proc/self/mountinfo';
      const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/sh', '-c', look]);
      const [first, second, ...mounts] = stdout.trim().split('\n');
      assert.deepEqual([first, second], ['nameserver 127.0.0.1', 'nameserver 127.0.0.1'], stderr);
      for (const wanted of ['/run/made', '/run/resolver/resolv.conf'])
        assert.ok(mounts.includes(wanted), `${wanted}: ${stdout}`);
    });

    it(`loads the filter of linux.seccomp, for further shells too (${privilege})`, async () => {
      const users: OciConfig['process']['user'][] = [
        { uid: 0, gid: 0 },
        { uid: 1000, gid: 1000 },
      ];
      for (const noNewPrivileges of [true, false])
        for (const user of users) {
          const bundle = await place.bundle(privilege, 'notes', ({ process, linux }) => {
            Object.assign(process, { noNewPrivileges, user });
            linux.seccomp = structuredClone(filter) as unknown as typeof linux.seccomp;
          });
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { id, console } = await client.start(bundle);
          const look = 'grep Seccomp: /proc/self/status; mkdir /tmp/x; echo done\r';
          const wanted = /^Seccomp:\s+2[^]*mkdir: .*(Quota|quota)[^]*^done$/m;
          const pid1 = await client.attach(console);
          await pid1.shows(/[#$]$/);
          pid1.type(look);
          await pid1.shows(wanted);
          const { stream } = await client.rpc.request('openSession', { id, args: [], ...size });
          const shell = await client.attach(stream);
          await shell.shows(/[#$]$/);
          shell.type(look);
          await shell.shows(wanted);
          await served.stop();
        }
    });
  }

  for (const privilege of privileges)
    for (const point of privilege === 'root' ? (['notes'] as const) : (['notes', 'safe'] as const))
      it(`lets the user of process.user open the pipe that it writes to by name (${privilege}, ${point})`, async () => {
        const bundle = await place.bundle(privilege, point, ({ process }) => {
          process.user = { uid: 1000, gid: 1000 };
        });
        const say = ['/bin/sh', '-c', 'echo out >/dev/stdout; echo errors >/dev/stderr'];
        const piped = `{ "$@" 2>&3 3>&- | cat; } 3>&1 | cat`;
        const run = [process.execPath, place.helper, 'run', bundle, '--', ...say];
        const { argv, input } = place.as(privilege, ['bash', '-c', piped, 'bash', ...run]);
        const { stdout } = spawnSync(argv[0]!, argv.slice(1), { cwd: '/', input });
        for (const line of ['out', 'errors'])
          assert.match(stdout.toString(), new RegExp(`^${line}$`, 'm'));
      });

  it('lets nobody write to its terminal by the group that it gets', async () => {
    const bundle = await place.bundle('root', 'notes', ({ linux }) => {
      const ids = (hostID: number) => [{ containerID: 0, hostID, size: 1000 }];
      Object.assign(linux, { uidMappings: ids(100_000), gidMappings: ids(100) });
      linux.namespaces.push({ type: 'user' });
    });
    spawnSync('chown', ['-hR', '100000:100', path.join(bundle, 'rootfs')]);
    // Terminals as most machines have them: the group tty may write (write(1)).
    const usual =
      'mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts /dev/pts && mount --bind /dev/pts/ptmx /dev/ptmx && exec "$@"';
    place.prefix = ['unshare', '--mount', 'sh', '-c', usual, 'sh'];
    const served = await Served.start(place, 'root');
    place.prefix = [];
    const client = await served.connect();
    const { console } = await client.start(bundle);
    const screen = await client.attach(console);
    await screen.shows(/[#$]$/);
    screen.type('stat -L -c "%a %u" /proc/self/fd/0\r');
    await screen.shows(/^600 0$/m);
    await served.stop();
  });

  it('leaves a file with a name to whom it belongs, though it is standard output', async () => {
    const bundle = await place.bundle('root', 'notes', ({ process }) => {
      process.user = { uid: 1000, gid: 1000 };
    });
    const [file, pipe] = [path.join(bundle, 'said'), path.join(bundle, 'pipe')];
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    const { argv } = place.command('root', ['run', bundle, '--', '/bin/echo', 'said']);
    const script = 'file=$1 pipe=$2; shift 2; exec 3<>"$pipe"; "$@" >"$file" 2>"$pipe"';
    assert.equal(spawnSync('sh', ['-c', script, 'sh', file, pipe, ...argv]).status, 0);
    assert.equal(readFileSync(file, 'utf8'), 'said\n');
    for (const one of [file, pipe, '/dev/null']) assert.equal(statSync(one).uid, 0, one);
  });

  it('opens what a bind shows before root inside is another user, who could not reach it', async () => {
    const users = [{ containerID: 0, hostID: 100_000, size: 1000 }];
    const bundle = await place.bundle('root', 'notes', ({ mounts, linux }) => {
      linux.namespaces.push({ type: 'user' });
      Object.assign(linux, { uidMappings: users, gidMappings: users });
      for (const source of ['closed/data', 'closed/data/file'])
        mounts.push({
          destination: `/mnt/${source}`,
          type: 'bind',
          source,
          options: ['bind', 'ro'],
        });
    });
    assert.equal(spawnSync('chown', ['-hR', '100000:100000', `${bundle}/rootfs`]).status, 0);
    mkdirSync(path.join(bundle, 'closed/data'), { recursive: true });
    writeFileSync(path.join(bundle, 'closed/data/file'), 'read\n');
    chmodSync(path.join(bundle, 'closed'), 0o700);
    const look =
      'cat /mnt/closed/data/file; mount -o remount,rw /mnt/closed/data; touch /mnt/closed/data/x';
    const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', look]);
    assert.equal(stdout, 'read\n', stderr);
    assert.match(stderr, /x: (Read-only file system|Permission denied)/);
    assert.ok(!existsSync(path.join(bundle, 'closed/data/x')));
  });

  it('takes options that fsconfig(2) does not, such as the lower folders of an overlay', async () => {
    const lower = Array.from({ length: 12 }, (_, at) => `lower-${at}-${'x'.repeat(40)}`);
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.mounts.push({
        ...{ destination: '/mnt', type: 'overlay', source: 'overlay' },
        options: [`lowerdir=${lower.map((one) => `BUNDLE/${one}`).join(':')}`, 'nosuid', 'ro'],
      });
    });
    const file = path.join(bundle, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('BUNDLE', bundle));
    for (const one of lower) {
      mkdirSync(path.join(bundle, one));
      writeFileSync(path.join(bundle, one, one), '');
    }
    const look = 'ls /mnt | wc -l; grep " /mnt " /proc/self/mounts | cut -d" " -f3,4 | cut -c1-18';
    const { stdout, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', look]);
    assert.equal(stdout, '12\noverlay ro,nosuid,\n', stderr);
  });

  it('opens nothing but a namespace where it is to join one, whatever lies there by then', async () => {
    const pipe = path.join(place.folder, 'no-namespace');
    spawnSync('mkfifo', [pipe]);
    // open(2) of a pipe for writing returns as soon as somebody has opened it for reading.
    const writer = spawn('sh', ['-c', 'exec 3>"$0"', pipe], { stdio: 'ignore' });
    const ended = once(writer, 'exit');
    const waits = () => parseStat(readFileSync(`/proc/${writer.pid}/stat`)).state === 'S';
    await until('it to wait', () => commandLineOf(String(writer.pid)).includes(pipe) && waits());
    const words = [
      ...['terrarium-init', '1', 'rootfs', '/', 'namespaces', '0', 'cwd', '/'],
      ...['join', '1', String(0x40000000), pipe],
      ...['environment', '0', 'arguments', '1', '/bin/true', 'steps', 'end'],
    ];
    const plan = path.join(place.folder, 'plan');
    const encoded = Buffer.from(words.map((word) => `${word}\0`).join(''));
    writeFileSync(plan, Buffer.concat([lengthWord(encoded), encoded]));
    const run = '"$0" start </dev/null 3>/dev/null 4</dev/null 5<"$1" 6>/dev/null';
    const { stderr } = spawnSync('sh', ['-c', run, program(), plan], { encoding: 'utf8' });
    const isWaiting = waits();
    writer.kill('SIGKILL');
    await ended;
    assert.match(stderr, /no-namespace: Invalid argument/);
    assert.ok(isWaiting, 'the pipe was opened');
  });

  it('does nothing of a plan that it does not understand, and says what is wrong', () => {
    const words = (...all: string[]) => Buffer.from(all.map((one) => `${one}\0`).join(''));
    const start = ['terrarium-init', '1'];
    const step = (kind: string, ...all: string[]) =>
      words(
        ...start,
        'steps',
        'step',
        '0',
        'inside',
        '',
        '/',
        kind,
        `${all.length}`,
        ...all,
        'end',
      );
    const broken: [RegExp, Buffer][] = [
      [/empty/, Buffer.alloc(0)],
      [/cut off/, Buffer.from('terrarium-init')],
      [/another version/, words('terrarium-init', '2')],
      [/no such setting/, words(...start, 'nonsense')],
      [/too early/, words(...start, 'rootfs')],
      [/not absolute/, words(...start, 'rootfs', 'x', 'steps', 'end')],
      [/twice/, words(...start, 'rootfs', '/', 'rootfs', '/')],
      [/none, or too large/, words(...start, 'namespaces', '01')],
      [/none, or too large/, words(...start, 'follows', '3')],
      [/none, or too large/, words(...start, 'timeoffsets', '0', '1', '1000000000')],
      [/none, or too large/, words(...start, 'timeoffsets', '2', '1', '1')],
      [/other words/, step('bind', '0', '0', '0', '0 0 1;', '', '/a', '.')],
      [/other words/, step('bind', '0', '2', '0', '', '', '/a', '.')],
      [/other words/, step('scheduler', '3', '0', '40', '0', '0', '0', '0')],
      [/other words/, step('ioPriority', '-1')],
      [/fewer words/, words(...start, 'arguments', '100000', 'x')],
      [/lacks/, words(...start, 'steps', 'end')],
      [
        /other words/,
        words(...start, 'steps', 'step', '0', 'inside', '', '/', 'mount', '1', 'x', 'end'),
      ],
      [
        /no such kind/,
        words(...start, 'steps', 'step', '0', 'inside', '', '/', 'dance', '0', 'end'),
      ],
    ];
    const whole = words(...start, 'rootfs', '/');
    const given: [RegExp, Buffer][] = [
      ...broken.map(([said, plan]): [RegExp, Buffer] => [
        said,
        Buffer.concat([lengthWord(plan), plan]),
      ]),
      [/empty/, whole], // without its length
      [/empty/, Buffer.concat([words('16777217'), whole])],
      [/cut off/, Buffer.concat([lengthWord(whole), whole.subarray(1, -1)])],
    ];
    for (const [said, input] of given) {
      const script = 'exec "$0" start 3>/dev/null 4</dev/null 5<&0 6>/dev/null';
      const { status, stderr } = spawnSync('sh', ['-c', script, program()], { input });
      assert.equal(status, 125);
      assert.match(stderr.toString(), new RegExp(`the plan cannot be read: .*${said.source}`));
    }
  });

  it('keeps no terminal open in its monitor, its own or another container’s', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    for (const bundle of [await place.bundle('root'), await place.bundle('root')]) {
      const { hostPid } = await client.start(bundle);
      const monitor = parentOf(hostPid!);
      const open = readdirSync(`/proc/${monitor}/fd`).map((name) =>
        readlinkSync(`/proc/${monitor}/fd/${name}`),
      );
      assert.deepEqual(
        open.filter((link) => /ptmx|pts/.test(link)),
        [],
      );
      // Nothing for 0 and 1, messages, reports, words, the pipe to PID 1 and its pidfd.
      assert.equal(open.length, 7, open.join());
    }
    await served.stop();
  });

  it('is forked for each start by one that keeps nothing of them, and need not outlive them', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const spawnerOf = ({ hostPid }: { readonly hostPid?: number }) => parentOf(parentOf(hostPid!));
    // The very first start does not wait for it.
    const { pid: helper } = await client.rpc.request('hello', { client: 'test' });
    const children = `/proc/${helper}/task/${helper}/children`;
    await until('its spawner', () => readFileSync(children, 'latin1') !== '');
    const first = await client.start(await place.bundle('root'));
    const second = await client.start(await place.bundle('root'));
    const spawner = spawnerOf(first);
    assert.equal(spawnerOf(second), spawner);
    assert.match(readFileSync(`/proc/${spawner}/cmdline`, 'latin1'), /\0spawner\0/);
    const sockets = (pid: string | number) =>
      readdirSync(`/proc/${pid}/fd`)
        .map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
        .filter((link) => link.startsWith('socket:'));
    for (const { hostPid } of [first, second]) {
      const own = sockets(parentOf(hostPid!));
      const [another] = [first, second].filter((one) => one.hostPid !== hostPid);
      const others = [...sockets(spawner), ...sockets(parentOf(another!.hostPid!))];
      assert.deepEqual(
        own.filter((one) => others.includes(one)),
        [],
      );
      assert.equal(getsid(hostPid!), hostPid);
      assert.equal(getsid(parentOf(hostPid!)), parentOf(hostPid!));
    }
    process.kill(spawner, 'SIGKILL');
    await until('its end', () => !existsSync(`/proc/${spawner}`));
    const third = await client.start(await place.bundle('root'));
    assert.notEqual(spawnerOf(third), spawner);
    const { containers } = await client.rpc.request('list', {});
    assert.deepEqual(
      containers.map(({ state }) => state),
      ['running', 'running', 'running'],
    );
    await served.stop();
  });

  it('is all that a running container takes beside its own processes: less than half a MiB', async function () {
    skipWithSanitizers(this, 'it takes more memory');
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const { hostPid } = await client.start(await place.bundle('root'));
    const parent = parentOf(hostPid!);
    assert.match(readFileSync(`/proc/${parent}/cmdline`, 'latin1'), /terrarium-init/);
    assert.ok(residentMemory(Number(parent)) < 512, `${residentMemory(Number(parent))} KiB`);
    const over = client.next('containerChanged', ({ state }) => state === 'stopped');
    process.kill(Number(parent), 'SIGKILL');
    await until('the end of PID 1, which ends with its monitor', () => {
      try {
        return readFileSync(`/proc/${hostPid}/cmdline`, 'latin1') === '';
      } catch {
        return true;
      }
    });
    assert.equal((await over).exit?.signal, 'SIGKILL');
    await served.stop();
  });
});

function getsid(pid: number): number {
  return parseStat(readFileSync(`/proc/${pid}/stat`)).session;
}
