/** Who a signal reaches: process groups, hangups of the console, a stop, and how an end by one is told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import { findTool } from '../../src/helper/host/hostTools';
import type { OciConfig } from '../../src/core/config/schema';
import { skipBecause } from '../skip';
import { compile } from './compile';
import {
  ended,
  privileges,
  until,
  usePlace,
  type TestPrivilege,
  type Workplace,
} from './containers';
import { type Client, useServed } from './serving';

const consoleOnly = (config: OciConfig, ...args: [string, ...string[]]) => {
  config.process.args = args;
  config.process.terminal = true;
};

describe('signals', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    it(`keeps a signal for PID 1’s process group inside (${privilege})`, async () => {
      const bundle = await place.bundle(privilege);
      const script = 'trap : USR1; kill -USR1 0; echo alive; kill -STOP 0; exit 5';
      const { code, stdout } = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
      assert.deepEqual([code, stdout], [5, 'alive\n']);
    });

    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (one) => (client = one),
      );

      it('has Ctrl+\\ reach what is in front, and nothing outside', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) =>
          consoleOnly(config, '/bin/sh'),
        );
        const info = await client.start(bundle);
        const screen = await client.attach(info.console);
        await screen.shows(/\/ #$/);
        screen.type('cut -d" " -f6,7 /proc/1/stat\r');
        await screen.shows(/^1 [1-9]\d*$/m); // its session, and its terminal
        screen.type('echo sl""eeps; sleep 1000\r');
        await screen.shows(/^sleeps$/m);
        screen.type('\x1c');
        screen.type('echo st""atus $?\r');
        await screen.shows(/^status 131$/m);
      });

      it('lets a getty of an init log somebody in on the console, with job control', async () => {
        const bundle = await withInit(
          privilege,
          'console::respawn:/sbin/getty -L console 0 vt100\n',
        );
        const info = await client.start(bundle);
        const screen = await client.attach(info.console);
        await screen.shows(/login: ?$/);
        screen.type('root\r');
        await screen.shows(/# ?$/);
        screen.type('echo sl""eeps; sleep 1000\r');
        await screen.shows(/^sleeps$/m);
        screen.type('\x03');
        screen.type('echo st""atus $?\r');
        await screen.shows(/^status 130$/m);
        screen.type('exit\r');
        await screen.shows(/status 130[^]*login: ?$/);
      });

      it('gives an init that waits for its signals the time to end its services', async () => {
        const bundle = await withInit(privilege, '::respawn:/bin/sh /service\n');
        writeFileSync(
          path.join(bundle, 'rootfs/service'),
          'trap "sleep 0.5; echo saved >/saved; exit 0" TERM; echo up >/up; while :; do sleep 0.1; done\n',
        );
        const info = await client.start(bundle);
        await until('the service', () => existsSync(path.join(bundle, 'rootfs/up')));
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        await client.rpc.request('stop', { id: info.id, graceMs: 20_000 });
        assert.ok(existsSync(path.join(bundle, 'rootfs/saved')));
        // BusyBox's init reboots at SIGTERM, which nobody sent a SIGHUP for.
        const { exit } = await over;
        assert.equal(exit?.reboot, 'restart');
        assert.match(exit.message, /^“.*” rebooted itself \(reboot\(2\)\)/);
      });

      it('says that an init halted itself, which the kernel tells by a signal', async () => {
        const bundle = await withInit(privilege, '::sysinit:/bin/busybox poweroff\n');
        const exit = await client.startToEnd(bundle);
        assert.deepEqual([exit?.reboot, exit?.signal, exit?.code], ['halt', 'SIGINT', 130]);
        assert.match(exit!.message, /halted itself \(reboot\(2\)\)\.$/);
      });

      it('keeps an init that takes its file systems away off this machine’s /dev/pts', async () => {
        const bundle = await withInit(
          privilege,
          '::respawn:/bin/sh\n::shutdown:/bin/sh -c "mount -o remount,ro /dev/console ; echo >/tried"\n',
        );
        const info = await client.start(bundle);
        const screen = await client.attach(info.console);
        await screen.shows(/# ?$/);
        const mounts = readFileSync(`/proc/${info.hostPid}/mountinfo`);
        const isMachines =
          parseMountinfo(mounts).find(({ mountPoint }) => mountPoint === '/dev/console')!.device ===
          machinesPts().device;
        // In a user namespace the kernel makes only the mount read-only, wherever the terminal is.
        assert.equal(isMachines, privilege === 'rootless');
        const before = machinesPts().superOptions;
        await client.rpc.request('stop', { id: info.id, graceMs: 20_000 });
        assert.ok(existsSync(path.join(bundle, 'rootfs/tried')));
        assert.deepEqual(machinesPts().superOptions, before);
      });

      it('does not wait for one that cannot hear', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) =>
          consoleOnly(config, '/bin/sleep', '1000'),
        );
        const info = await client.start(bundle);
        const before = Date.now();
        await client.rpc.request('stop', { id: info.id, graceMs: 45_000 });
        assert.ok(Date.now() - before < 40_000);
      });

      it('stops with the signal of the image, a real-time one too', async () => {
        for (const [signal, number] of [
          ['SIGUSR1', 10],
          ['SIGRTMIN+3', 37],
        ] as const) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            consoleOnly(config, '/bin/server');
            config.annotations = { 'org.opencontainers.image.stopSignal': signal };
          });
          const program = path.join(bundle, 'rootfs/bin/server');
          writeFileSync(
            program,
            `#!/bin/sh\ntrap 'exit 7' ${number}; echo up >/up; while :; do sleep 0.1; done\n`,
          );
          chmodSync(program, 0o755);
          const over = client.next('containerChanged', ({ state }) => state === 'stopped');
          const info = await client.start(bundle);
          await until('the server', () => existsSync(path.join(bundle, 'rootfs/up')));
          await client.rpc.request('stop', { id: info.id, graceMs: 20_000 });
          assert.equal((await over).exit?.code, 7, signal);
        }
      });
    });
  }

  it('survives a hangup of the console where PID 1 ignores SIGHUP', async function () {
    const bundle = await place.bundle('root', 'notes', (config) =>
      consoleOnly(config, '/bin/hangup'),
    );
    compile(this, 'hangup.c', path.join(bundle, 'rootfs/bin/hangup'));
    const words = [process.execPath, place.helper, 'run', bundle];
    const child = place.startProgram('root', [
      ...['script', '--quiet', '--return', '--command', words.join(' '), '/dev/null'],
    ]);
    const { code, stdout } = await ended(child);
    assert.equal(code, 7, stdout);
    assert.match(stdout, /still here/);
  });

  it('tells each signal that ended a PID 1 without a PID namespace', async () => {
    for (const [number, code] of [
      [15, 143],
      [34, 162],
      [37, 165],
      [64, 192],
    ] as const) {
      const bundle = await place.bundle('root', 'notes', ({ linux, mounts }) => {
        linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'pid');
        mounts.splice(0, mounts.length, ...mounts.filter(({ type }) => type !== 'proc'));
      });
      const { code: status } = await place.run('root', bundle, [
        ...['/bin/sh', '-c', `kill -${number} $$; sleep 5`],
      ]);
      assert.equal(status, code);
    }
  });

  it('ends dash with the status that it was told, on its console', async function () {
    const dash = findTool('dash');
    if (!dash) skipBecause(this, 'there is no dash');
    const bundle = await place.bundle('root', 'notes', (config) =>
      consoleOnly(config, '/bin/dash'),
    );
    const script =
      'mkdir -p "$2"; for file in "$1" $(ldd "$1" | grep -o "/[^ ]*"); do mkdir -p "$2$(dirname "$file")"; cp -L "$file" "$2$file"; done; cp -L "$1" "$2/bin/dash"';
    const copied = spawnSync('sh', ['-c', script, 'sh', dash, path.join(bundle, 'rootfs')]);
    assert.equal(copied.status, 0, String(copied.stderr));
    const child = place.startProgram('root', [
      ...['script', '--quiet', '--return', '--command'],
      `${process.execPath} ${place.helper} run ${bundle}`,
      '/dev/null',
    ]);
    let shown = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (shown += text));
    const over = new Promise((resolve) => child.once('close', resolve));
    await until('its prompt', () => /# $/.test(shown));
    child.stdin!.write('exit 3\r');
    assert.equal(await over, 3);
    assert.doesNotMatch(shown, /process group/);
  });

  const machinesPts = () =>
    parseMountinfo(readFileSync('/proc/self/mountinfo')).findLast(
      ({ mountPoint }) => mountPoint === '/dev/pts',
    )!;

  /** The rootfs of a small system: BusyBox init, with this inittab. */
  async function withInit(privilege: TestPrivilege, inittab: string): Promise<string> {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      consoleOnly(config, '/sbin/init');
      config.process.env = ['PATH=/bin:/sbin'];
    });
    const rootfs = path.join(bundle, 'rootfs');
    for (const folder of ['etc', 'sbin', 'root', 'bin'])
      mkdirSync(path.join(rootfs, folder), { recursive: true });
    for (const [file, target] of [
      ['sbin/init', '../bin/busybox'],
      ['sbin/getty', '../bin/busybox'],
      ['bin/login', 'busybox'],
      ['bin/reboot', 'busybox'],
      ['bin/mount', 'busybox'],
    ] as const)
      if (!existsSync(path.join(rootfs, file))) symlinkSync(target, path.join(rootfs, file));
    writeFileSync(path.join(rootfs, 'etc/inittab'), inittab);
    writeFileSync(path.join(rootfs, 'etc/passwd'), 'root::0:0:root:/root:/bin/sh\n');
    writeFileSync(path.join(rootfs, 'etc/group'), 'root:x:0:\n');
    if (privilege !== 'root') place.give(path.dirname(bundle));
    return bundle;
  }
});
