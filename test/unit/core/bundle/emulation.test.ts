import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type CheckOptions, checkCommand } from '../../../../src/core/bundle/checkCommand';
import {
  type Emulation,
  type EmulationPlaces,
  emulationOf,
  findEmulator,
  hasOwnBinfmt,
} from '../../../../src/core/bundle/emulation';
import type { ElfInfo } from '../../../../src/core/bundle/elf';
import { defaultConfigFor } from '../../../../src/core/bundle/loadBundleOrFolder';
import type { Mount, OciConfig } from '../../../../src/core/config/schema';
import { TerrariumError } from '../../../../src/core/errors';
import { elfProgram, plant, temporaryFolder } from './temporaryFolder';

const aarch64: ElfInfo = { class: 64, endianness: 'little', machine: 'aarch64', static: true };
const emulator = elfProgram({});

describe('emulationOf', () => {
  const folder = temporaryFolder();
  const places = (change: Partial<EmulationPlaces> = {}): EmulationPlaces => ({
    ...{ machine: 'x86_64', kernel: '6.7.0-1-amd64', binfmt: path.join(folder(), 'binfmt') },
    ...{ folders: [path.join(folder(), 'bin')], owner: process.getuid!() },
    ...change,
  });
  const config = (change: Partial<OciConfig> = {}): OciConfig => ({
    ...defaultConfigFor('box'),
    ...change,
  });
  const whole = () => plant(folder(), { 'bin/qemu-aarch64-static': emulator, binfmt: null });
  const ask = (at: Partial<EmulationPlaces> = {}, of = config(), elf = aarch64) =>
    emulationOf(
      { elf, start: elfProgram({ machine: 183 }) },
      { rootfs: folder(), config: of },
      places(at),
    );

  it('has the container register an emulator where the machine has none registered', async () => {
    whole();
    const found = (await ask()) as Emulation;
    assert.equal(found.processor, 'aarch64');
    assert.equal(found.own?.emulator, path.join(folder(), 'bin/qemu-aarch64-static'));
    assert.match(found.own?.text ?? '', /^:qemu-aarch64:M::(\\x..){20}:(\\x..){20}:\/.*:POCF$/);
  });

  it('leaves it to the machine where that has one, on every kernel and for every engine', async () => {
    plant(folder(), {
      'binfmt/qemu':
        'enabled\ninterpreter /usr/bin/q\nflags: F\noffset 0\nmagic 7f454c46\nmask ffffffff\n',
    });
    const annotations = { 'dev.terrarium.engine': 'crun' };
    assert.deepEqual(await ask({ kernel: '4.19.0' }, config({ annotations })), {
      processor: 'aarch64',
    });
  });

  for (const [what, change, of, why, remedy] of [
    [
      'an older kernel',
      { kernel: '6.1.0-38-amd64' },
      {},
      /Linux 6\.1\.0-38-amd64 has one for the whole machine/,
      /Install qemu-user-static and binfmt-support.*Linux 6\.7 or later/,
    ],
    [
      'no emulator',
      { folders: ['/nowhere'] },
      {},
      /no qemu-aarch64-static in \/nowhere/,
      /Install the package qemu-user-static/,
    ],
    ['no module', { binfmt: '/nowhere' }, {}, /module binfmt_misc is not loaded/, /modprobe/],
    [
      'another engine',
      {},
      { annotations: { 'dev.terrarium.engine': 'runc' } },
      /runc registers none/,
      /Remove the annotation dev\.terrarium\.engine/,
    ],
    [
      'a start by hand',
      {},
      { annotations: { 'dev.terrarium.root': 'chroot' } },
      /by hand registers none/,
      /Remove the annotation dev\.terrarium\.root/,
    ],
    [
      'no procfs',
      {},
      { mounts: [] as Mount[] },
      /mounts no procfs at \/proc/,
      /Add a mount of type proc/,
    ],
  ] as const)
    it(`says what to do with ${what}`, async () => {
      whole();
      const found = await ask(change, config(of));
      assert.ok('why' in found);
      assert.match(found.why, why);
      assert.match(found.remedy, remedy);
    });

  it('knows no emulator for a processor that qemu-user has none for', async () => {
    whole();
    const found = await ask({}, config(), { ...aarch64, endianness: 'big' });
    assert.ok('why' in found);
    assert.match(found.remedy, /Use a rootfs for this machine/);
  });

  it('is said by the check of a program, with all of it in one message', async () => {
    whole();
    plant(folder(), { 'rootfs/bin/sh': elfProgram({ machine: 183 }) });
    const check = (options: CheckOptions) =>
      checkCommand(
        { rootfs: path.join(folder(), 'rootfs'), config: config({ mounts: config().mounts }) },
        { places: places(), machine: 'x86_64', ...options },
      );
    const { emulation } = (await check({}))!;
    assert.equal(emulation?.processor, 'aarch64');
    await assert.rejects(check({ places: places({ kernel: '6.1.0' }) }), (error: unknown) => {
      assert.ok(error instanceof TerrariumError);
      assert.equal(error.code, 'foreign-architecture');
      assert.match(error.problem, /built for aarch64, and this machine is x86_64.*Linux 6\.1\.0/);
      return true;
    });
    // A container that runs has registered what it has.
    await assert.rejects(
      check({ running: { emulation: undefined } }),
      /started without an emulator/,
    );
    assert.deepEqual(await check({ running: { emulation } }), { inside: '/bin/sh', emulation });
  });

  it('is not left to the machine beside an emulator of the container’s own', async () => {
    whole();
    const flags = 'enabled\ninterpreter /usr/bin/q\nflags: F\noffset 0\n';
    plant(folder(), {
      'binfmt/riscv': `${flags}magic 7f454c460201010000000000000000000200f3\n`,
      'binfmt/notes': `${flags}magic 6e6f7465\n`,
      'binfmt/off': 'disabled\n',
      'rootfs/bin/sh': elfProgram({ machine: 243 }),
      'rootfs/bin/notes': 'notes',
    });
    const { own } = (await ask()) as Emulation;
    assert.deepEqual(own?.hides, ['notes', 'riscv']);
    const check = (command: string, emulation: Emulation) =>
      checkCommand(
        {
          rootfs: path.join(folder(), 'rootfs'),
          config: { ...config({ mounts: [] }), process: { ...config().process, args: [command] } },
        },
        { places: places(), machine: 'x86_64', running: { emulation } },
      );
    const machines: Emulation = { processor: 'aarch64' };
    assert.ok(await check('/bin/sh', machines));
    assert.ok(await check('/bin/notes', machines));
    const its: Emulation = { processor: 'aarch64', ...(own ? { own } : {}) };
    await assert.rejects(check('/bin/sh', its), /started without an emulator/);
    await assert.rejects(check('/bin/notes', its), /text file without a #! line/);
  });

  it('stands against a start on a scratch layer, unless that may bring another program', async () => {
    const native = elfProgram();
    plant(folder(), {
      'rootfs/usr/bin/busybox': elfProgram({ machine: 183 }),
      'rootfs/bin': '-> usr/bin',
      'rootfs/usr/bin/sh': '-> busybox',
      '.terrarium/upper/usr/bin/other': native,
    });
    const annotations = { 'dev.terrarium.overlay': 'true' };
    const check = async (command = '/bin/sh') => {
      const { process } = config();
      const checked = await checkCommand(
        {
          ...{ path: folder(), rootfs: path.join(folder(), 'rootfs') },
          config: config({ annotations, process: { ...process, args: [command] }, mounts: [] }),
        },
        { places: places({ kernel: '6.1.0' }), machine: 'x86_64' },
      );
      return checked;
    };
    await assert.rejects(check(), { code: 'foreign-architecture' });
    await assert.rejects(check('sh'), { code: 'foreign-architecture' });
    assert.equal(await check('/bin/other'), undefined, 'missing in the rootfs');
    plant(folder(), { '.terrarium/upper/usr/bin/busybox': native });
    assert.equal(await check(), undefined, 'behind links');
    assert.equal(await check('sh'), undefined);
  });
});

describe('findEmulator', () => {
  const folder = temporaryFolder();
  const find = (owner = process.getuid!()) =>
    findEmulator(
      { name: 'aarch64' },
      { folders: [path.join(folder(), 'bin')], machine: 'x86_64', owner },
    );
  const plain = () => plant(folder(), { 'bin/qemu-aarch64': emulator });

  it('takes one of either name, and the file that a link leads to', async () => {
    plain();
    assert.equal(await find(), path.join(folder(), 'bin/qemu-aarch64'));
    symlinkSync('qemu-aarch64', path.join(folder(), 'bin/qemu-aarch64-static'));
    assert.equal(await find(), path.join(folder(), 'bin/qemu-aarch64'));
  });

  it('takes none that others could write, or their folder, or that is somebody else’s', async () => {
    plain();
    assert.equal(
      await find(process.getuid!() + 1),
      process.getuid!() === 0 ? await find() : undefined,
    );
    chmodSync(path.join(folder(), 'bin'), 0o777);
    assert.equal(await find(), undefined, 'a folder');
    chmodSync(path.join(folder(), 'bin'), 0o755);
    chmodSync(path.join(folder(), 'bin/qemu-aarch64'), 0o775);
    assert.equal(await find(), undefined, 'a file');
  });

  it('takes none that needs a loader, is for another machine, or is no program', async () => {
    for (const file of [
      elfProgram({ interpreter: '/lib/ld.so' }),
      elfProgram({ machine: 183 }),
      '#!/bin/sh\n',
    ]) {
      plant(folder(), { 'bin/qemu-aarch64': file });
      assert.equal(await find(), undefined);
    }
  });
});

it('knows the kernels whose user namespaces have a binfmt_misc', () => {
  const kernels = ['5.15.0', '6.6.99', '6.7.0-rc1', '6.10.3', '7.0.0', 'strange'];
  assert.deepEqual(kernels.map(hasOwnBinfmt), [false, false, true, true, true, false]);
});
