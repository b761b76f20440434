/** A bundle by hand: unshare, mount and chroot as one types them, with bash as PID 1 on the host's filesystem. */
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import {
  Workplace,
  commandLineOf,
  ended,
  privileges,
  processesWith,
  until,
  usePlace,
} from './containers';
import { CheckReport } from '../../src/protocol/doctor';
import { Served, size } from './serving';

const byHand = (config: OciConfig) => {
  config.annotations = { 'dev.terrarium.root': 'chroot' };
  config.mounts = [{ destination: '/proc', type: 'proc', source: 'none' }];
  delete config.hostname;
};

describe('by hand', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  const namespaceOf = (pid: number | 'self', type: string) =>
    readlinkSync(`/proc/${pid}/ns/${type}`);

  it('works where terrarium-init is missing, which the check and every other start name', async () => {
    const program = path.join(path.dirname(place.helper), `terrarium-init-${process.arch}`);
    renameSync(program, `${program}.away`);
    try {
      const other = await place.run('root', await place.bundle('root'), ['/bin/true']);
      assert.equal(other.code, 125);
      const { stdout } = await ended(place.start('root', ['check']));
      const { checks } = CheckReport.parse(JSON.parse(stdout));
      const check = checks.find(({ code }) => code === 'start-program')!;
      assert.equal(check.verdict, 'failed');
      for (const text of [other.stderr, `${check.found} ${check.remedy}`]) {
        assert.match(text, /terrarium-init-\w+, which carries out a start, cannot be executed/);
        assert.match(text, /“By hand”.*runc or crun.*“Export Start Script…”/);
      }
      const bundle = await place.bundle('root', 'notes', byHand);
      const { code, stderr } = await place.run('root', bundle, ['/bin/sh', '-c', 'exit 3']);
      assert.equal(code, 3, stderr);
      assert.equal(
        (
          await place.runScript(
            'root',
            await place.bundle('root', 'notes', (config) => {
              config.process.args = ['/bin/sh', '-c', 'exit 4'];
            }),
          )
        ).code,
        4,
      );
    } finally {
      renameSync(`${program}.away`, program);
    }
  });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('is bash on the host’s filesystem with a /proc of its own, and sh in the rootfs is its child', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const rootfs = path.join(bundle, 'rootfs');
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, console, hostPid } = await client.start(bundle);
        const screen = await client.attach(console);
        const shown = await screen.shows(/#$/);
        const user = privilege === 'rootless' ? '--user --map-root-user ' : '';
        const said = shown.replaceAll('\n', '');
        for (const words of [
          `unshare ${user}--pid --uts --ipc --mount --fork --mount-proc bash`,
          `mount -t proc none ${rootfs}/proc`,
          `chroot ${rootfs} /bin/sh`,
        ])
          assert.ok(said.includes(words), `${words} in ${shown}`);
        assert.match(said, /no \/dev\/null/, 'what is not there is said before it is met');

        const pid = hostPid!;
        assert.equal(readFileSync(`/proc/${pid}/cmdline`, 'latin1'), 'bash\0');
        assert.match(readlinkSync(`/proc/${pid}/exe`), /\/bash$/);
        assert.equal(readlinkSync(`/proc/${pid}/root`), '/');
        for (const type of ['pid', 'uts', 'ipc', 'mnt'])
          assert.notEqual(namespaceOf(pid, type), namespaceOf('self', type), type);
        const procs = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
          .split('\n')
          .filter((line) => line.includes(' - proc '))
          .map((line) => line.split(' ')[4]);
        assert.deepEqual(procs.slice(-2), ['/proc', `${rootfs}/proc`], 'two of its own');
        assert.match(readFileSync(`/proc/${pid}/root/proc/1/comm`, 'utf8'), /^bash$/m);

        screen.type('ps; echo $$ $PPID; tty; echo end\r');
        const inside = await screen.shows(/^end$/m);
        assert.match(inside, /^ +1 \S+ +\S* ?bash$/m);
        const [, sh, parent] = /^(\d+) (\d+)$/m.exec(inside)!;
        assert.notEqual(sh, '1');
        assert.equal(parent, '1');
        const tree = await client.rpc.request('inspectProcess', {
          ...{ id, pid: 1, environment: false },
          startTime: startTimeOf(pid),
        });
        assert.equal(tree.rootIs, 'host');
        const program = Number(
          readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0],
        );
        const ofSh = await client.rpc.request('inspectProcess', {
          ...{ id, pid: Number(sh), environment: false },
          startTime: startTimeOf(program),
        });
        assert.equal(ofSh.root, rootfs);
        assert.equal(ofSh.rootIs, 'folder');
        await served.stop();
      });

      it('keeps what is typed on its terminal inside', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { console } = await client.start(bundle);
        const screen = await client.attach(console);
        await screen.shows(/#$/);
        screen.type('sleep 3041\r');
        await until('sleep', () => processesWith('sleep 3041').length > 0);
        screen.type('\x03');
        await until('its end', () => processesWith('sleep 3041').length === 0);
        screen.type('echo status $?\r');
        await screen.shows(/^status 130$/m);
        screen.type('sleep 3042\r');
        await until('sleep', () => processesWith('sleep 3042').length > 0);
        screen.type('\x1c');
        await until('its end', () => processesWith('sleep 3042').length === 0);
        screen.type('echo still $((40 + 2))\r');
        await screen.shows(/^still 42$/m);
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        screen.type('exit 7\r');
        assert.equal((await over).exit?.code, 7);
        await served.stop();
      });

      it('opens further shells in the rootfs and the namespaces, each with a terminal of its own', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, hostPid } = await client.start(bundle);
        const { stream } = await client.rpc.request('openSession', { id, args: [], ...size });
        const session = await client.attach(stream);
        await session.shows(/#$/);
        session.type(
          'cd /proc/self/ns; for one in pid uts; do readlink $one; done; ls /; sleep 3043\r',
        );
        await until('sleep', () => processesWith('sleep 3043').length > 0);
        session.type('\x03');
        session.type('echo status $?\r');
        const shown = await session.shows(/^status 130$/m);
        for (const type of ['pid', 'uts'])
          assert.ok(shown.includes(namespaceOf(hostPid!, type)), shown);
        assert.doesNotMatch(shown, /\bboot\b/, 'the rootfs, and not the host');
        const over = client.next('streamEnded', ({ stream: one }) => one === stream);
        session.type('exit 5\r');
        assert.equal((await over).code, 5);
        await served.stop();
      });

      it('passes exit codes and signals of the program on as they are', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        for (const [command, code, signal] of [
          ['exit 7', 7, undefined],
          ['exit 137', 137, undefined],
          ['kill -9 $$', 137, 'SIGKILL'],
          ['kill -15 $$', 143, 'SIGTERM'],
          ['kill -9 0', 137, 'SIGKILL'],
          ['kill -40 $$', 168, 'SIGRTMIN+6'],
        ] as const) {
          await changeArguments(bundle, ['/bin/sh', '-c', command]);
          const exit = await client.startToEnd(bundle);
          assert.deepEqual([exit?.code, exit?.signal], [code, signal], command);
        }
        await served.stop();
      });

      it('asks the program to stop, because bash as PID 1 hears no SIGTERM', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const script = 'trap "echo got it; exit 7" TERM; echo up; while :; do sleep 0.1; done';
        const child = place.start(privilege, ['run', bundle, '--', '/bin/sh', '-c', script]);
        const result = ended(child);
        await new Promise((resolve) => child.stdout!.once('data', resolve));
        const [helper] = processesWith(place.helper).filter(
          (pid) => commandLineOf(pid).includes(bundle) && !commandLineOf(pid).includes('sudo'),
        );
        process.kill(helper!, 'SIGTERM');
        const { code, stdout } = await result;
        assert.deepEqual([stdout, code], ['up\ngot it\n', 7]);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, console } = await client.start(bundle);
        await (await client.attach(console)).shows(/#$/);
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        await client.rpc.request('stop', { id, graceMs: 20_000 });
        assert.equal((await over).exit?.signal, 'SIGHUP', 'as an interactive shell ends');
        await served.stop();
      });

      it('is gone with everything in it when the helper is killed', async () => {
        const bundle = await place.bundle(privilege, 'notes', byHand);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { console } = await client.start(bundle);
        const screen = await client.attach(console);
        await screen.shows(/#$/);
        screen.type('setsid sleep 3044 &\r');
        await until('sleep', () => processesWith('sleep 3044').length > 0);
        await served.kill(client);
        for (const left of ['sleep 3044', '--mount-proc --kill-child bash'])
          await until(`the end of ${left}`, () => processesWith(left).length === 0);
      });

      it('says what a failed command has said, and leaves nothing', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          byHand(config);
          config.mounts.push({
            destination: '/tmp',
            type: 'tmpfs',
            source: 'none',
            options: ['mode=x'],
          });
        });
        const { code, stderr } = await place.run(privilege, bundle);
        assert.equal(code, 125);
        assert.match(stderr, /Mount a tmpfs at \/tmp.*mount: .*(bad option|wrong fs type)/);
      });

      it('has a script that does the same', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          byHand(config);
          config.process.args = [
            '/bin/sh',
            '-c',
            'ps; hostname; echo "$@" "$PATH"; exit 7',
            'sh',
            "it's $HOME",
          ];
        });
        const file = await place.exportedScript(privilege, bundle);
        const child = place.startProgram(privilege, ['sh', file]);
        child.stdin!.end();
        const { code, stdout, stderr } = await ended(child);
        assert.equal(code, 7, stderr);
        assert.match(stdout, /^ +1 \S+ +.*bash .*--inside$/m);
        assert.match(stdout, /^it's \$HOME \/usr\/local\/sbin/m);
      });
    });
  }
});

async function changeArguments(bundle: string, args: [string, ...string[]]): Promise<void> {
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = path.join(bundle, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as OciConfig;
  config.process.args = args;
  await writeFile(file, JSON.stringify(config));
}

function startTimeOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[19]!;
}
