/**
 * Programs for another processor where the machine has registered an emulator, as binfmt-support does. A user namespace
 * that maps every id and has a binfmt_misc of its own plays the machine. `npm run test:vm -- emulationByMachine` is a
 * machine of its own: with Debian's kernel, whose user namespaces have no binfmt_misc.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { findEmulator, hasOwnBinfmt, usualPlaces } from '../../src/core/bundle/emulation';
import { processors, registration } from '../../src/core/bundle/emulators';
import { messageOf } from '../../src/core/errors';
import { CheckReport } from '../../src/protocol/doctor';
import { skipBecause } from '../skip';
import { type TestPrivilege, type Workplace, ended, usePlace } from './containers';
import { bundleWith, foreignBusybox, treeWith } from './foreign';
import { type Client, useServed } from './serving';

const { binfmt, kernel } = usualPlaces;
const mount = ['-t', 'binfmt_misc', 'binfmt_misc', binfmt];
const processor = processors.find(({ name }) => name === 'aarch64')!;
/** Set by vm.mjs. */
const isOwnMachine = process.env.TERRARIUM_TEST_MACHINE === 'own';

describe('programs for a processor whose emulator the machine has registered', function () {
  this.timeout(120_000);
  let place: Workplace;
  let busybox = '';
  let emulator = '';
  let machine: ChildProcess | undefined;
  before(() => {
    if (isOwnMachine) assert.equal(spawnSync('mount', mount).status, 0);
  });
  after(() => {
    if (isOwnMachine) spawnSync('umount', [binfmt]);
  });
  usePlace((opened) => (place = opened));

  before(async function () {
    if (process.arch !== 'x64') skipBecause(this, 'the programs are for other machines than x64');
    if (!hasOwnBinfmt(kernel) && !isOwnMachine)
      skipBecause(this, `Linux ${kernel}: it would be registered on this machine`);
    if (!existsSync(binfmt)) skipBecause(this, 'this kernel has no binfmt_misc');
    const found = await findEmulator(processor, { ...usualPlaces, machine: os.machine() });
    if (found === undefined) skipBecause(this, 'no qemu-aarch64-static here');
    emulator = found!;
    try {
      busybox = await foreignBusybox('arm64');
    } catch (error) {
      skipBecause(this, messageOf(error).split('\n', 1)[0]!);
    }
    if (isOwnMachine) return;
    const all = '0 0 4294967295';
    machine = spawn('unshare', ['--user', '--mount', 'sh', '-c', 'echo up; read -r end'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(machine.stdout!, 'data');
    for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${machine.pid}/${map}`, all);
    const of = (namespace: string) => `/proc/${machine!.pid}/ns/${namespace}`;
    place.prefix = ['nsenter', `--user=${of('user')}`, `--mount=${of('mnt')}`, '--'];
    onMachine('exec "$@"', 'mount', ...mount);
  });
  after(async () => {
    if (!machine) return;
    const over = once(machine, 'exit');
    machine.stdin!.end();
    await over;
  });

  /** As root of the machine. */
  function onMachine(script: string, ...words: string[]): void {
    const [program, ...rest] = [...place.prefix, 'sh', '-c', script, 'sh', ...words];
    const { status, stderr } = spawnSync(program!, rest, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }

  const withBusybox = (
    privilege: TestPrivilege,
    point: 'notes' | 'safe',
    args: [string, ...string[]],
  ) =>
    bundleWith(place, busybox, privilege, point, (config) => {
      config.process.args = args;
    });

  it('are refused before, where a container can have none of its own, and the check of the machine says what to install', async function () {
    if (hasOwnBinfmt(kernel)) return skipBecause(this, `Linux ${kernel}: a container has its own`);
    const bundle = await withBusybox('rootless', 'notes', ['/bin/uname', '-m']);
    const { code, stderr } = await place.run('rootless', bundle);
    assert.equal(code, 126, stderr);
    assert.equal(
      stderr,
      `terrarium: "/bin/uname" is built for aarch64, and this machine is x86_64. It is not registered in binfmt_misc, and Linux ${kernel} has one for the whole machine only. Install qemu-user-static and binfmt-support, which register it for the machine; use Linux 6.7 or later, where a container registers its own; or use a rootfs for this machine.\n`,
    );
    const check = await ended(place.start('rootless', ['check', place.folder]));
    const { checks } = CheckReport.parse(JSON.parse(check.stdout || assert.fail(check.stderr)));
    const told = checks.find(({ code: one }) => one === 'binfmt');
    assert.deepEqual(told, {
      ...{ code: 'binfmt', title: 'Programs for other processors', verdict: 'limited' },
      found:
        'None can run: none is registered, and a container cannot have a binfmt_misc of its own (mount: /proc/sys/fs/binfmt_misc: permission denied.).',
      remedy:
        'Install qemu-user-static and binfmt-support, which register emulators for the machine; or use Linux 6.7 or later with the module binfmt_misc (sudo modprobe binfmt_misc).',
    });
  });

  describe('once it is', () => {
    before(() => {
      const line = registration(processor, emulator);
      onMachine(`printf '%s' "$1" >${binfmt}/register`, line);
    });
    after(() => {
      onMachine(`echo -1 >${binfmt}/qemu-${processor.name}`);
    });

    for (const privilege of isOwnMachine
      ? (['root', 'sudo', 'rootless'] as const)
      : (['root', 'rootless'] as const))
      describe(privilege, () => {
        let client: Client;
        useServed(
          () => place,
          privilege,
          (connected) => (client = connected),
        );

        it('run by it, register nothing themselves, and are shown by what is emulated', async () => {
          const bundle = await withBusybox(privilege, 'safe', ['/bin/sleep', '1000']);
          const { id, warnings = [] } = await client.start(bundle);
          assert.match(
            warnings.join('\n'),
            /are for aarch64 and run emulated, by what this machine has registered/,
          );
          assert.doesNotMatch(warnings.join('\n'), /emulator is registered/);
          const [first] = await treeWith(client, id, ['/bin/sleep 1000']);
          const { name, commandLine, emulated } = first!;
          assert.deepEqual(
            { name, commandLine, emulated },
            { name: 'sleep', commandLine: '/bin/sleep 1000', emulated: 'aarch64' },
          );
          // Root of a user namespace may make no devices: Safe has them bound.
          const other = await withBusybox(privilege, 'safe', ['/bin/uname', '-m']);
          const { stdout, stderr } = await place.run(privilege, other);
          assert.equal(stdout.replaceAll('\r', ''), 'aarch64\n', stderr);
        });
      });
  });
});
