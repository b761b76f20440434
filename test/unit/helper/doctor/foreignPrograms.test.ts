import assert from 'node:assert/strict';
import path from 'node:path';
import type { EmulationPlaces } from '../../../../src/core/bundle/emulation';
import { foreignPrograms } from '../../../../src/helper/doctor/foreignPrograms';
import { elfProgram, plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

describe('the check for programs of other processors', () => {
  const folder = temporaryFolder();
  const ask = (worked: boolean, said = '') => {
    const places: EmulationPlaces = {
      ...{ machine: 'x86_64', kernel: '6.7.0', binfmt: path.join(folder(), 'binfmt') },
      ...{ folders: [path.join(folder(), 'bin')], owner: process.getuid!() },
    };
    return foreignPrograms(places, () => Promise.resolve({ worked, said }));
  };

  it('names the emulators that a container can register, and none for this machine itself', async () => {
    for (const name of ['riscv64', 'x86_64'])
      plant(folder(), { [`bin/qemu-${name}-static`]: elfProgram() });
    const { verdict, found } = await ask(true);
    assert.equal(verdict, 'ok');
    assert.equal(found, 'A container registers its own emulator: riscv64.');
  });

  it('names what the machine has registered, also where a container can have none of its own', async () => {
    plant(folder(), { 'binfmt/qemu-arm': 'enabled\n', 'binfmt/status': '', 'binfmt/register': '' });
    const { verdict, found } = await ask(false, 'Operation not permitted');
    assert.equal(verdict, 'ok');
    assert.equal(found, 'Registered for this machine: qemu-arm.');
  });

  it('says what to install, and where that is not enough what else there is', async () => {
    const lacks = await ask(true);
    assert.equal(lacks.verdict, 'limited');
    assert.match(lacks.remedy ?? '', /Install the package qemu-user-static/);
    const old = await ask(false, 'mount: /proc/sys/fs/binfmt_misc: permission denied.');
    assert.match(old.found, /cannot have a binfmt_misc of its own \(mount: .*permission denied/);
    assert.match(old.remedy ?? '', /binfmt-support.*Linux 6\.7 or later.*modprobe binfmt_misc/);
  });
});
