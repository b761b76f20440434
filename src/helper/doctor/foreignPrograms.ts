/** Whether programs for other processors run here: registered for the machine, or by a container for itself. */
import os from 'node:os';
import { handlerNames } from '../../core/bundle/binfmt';
import { type EmulationPlaces, findEmulator, usualPlaces } from '../../core/bundle/emulation';
import { processors } from '../../core/bundle/emulators';
import { hostRuns } from '../../core/bundle/machine';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Check } from '../../protocol/doctor';
import { type Attempt, attempt } from './attempt';

/** @param tryOwn mounts a binfmt_misc of a user namespace of its own */
export async function foreignPrograms(
  places: EmulationPlaces = { ...usualPlaces, machine: os.machine() },
  tryOwn: () => Promise<Attempt> = mountOwn,
): Promise<Check> {
  const common = { code: 'binfmt', title: 'Programs for other processors' };
  const registered = (await handlerNames(places.binfmt)).map(escapeControlCharacters);
  const found = await Promise.all(
    processors
      .filter((one) => !hostRuns(one, places.machine))
      .map(async (one) => ((await findEmulator(one, places)) ? one.name : [])),
  );
  const emulators = found.flat();
  const own = await tryOwn();
  const said = [
    ...(registered.length > 0 ? [`Registered for this machine: ${registered.join(', ')}.`] : []),
    ...(own.worked && emulators.length > 0
      ? [`A container registers its own emulator: ${emulators.join(', ')}.`]
      : []),
  ];
  if (said.length > 0) return { ...common, verdict: 'ok', found: said.join(' ') };
  return {
    ...common,
    verdict: 'limited',
    found: own.worked
      ? 'None can run: there is no emulator.'
      : `None can run: none is registered, and a container cannot have a binfmt_misc of its own (${own.said || 'it cannot be mounted'}).`,
    remedy: own.worked
      ? 'Install the package qemu-user-static where a rootfs needs it.'
      : 'Install qemu-user-static and binfmt-support, which register emulators for the machine; or use Linux 6.7 or later with the module binfmt_misc (sudo modprobe binfmt_misc).',
  };
}

function mountOwn(): Promise<Attempt> {
  const mount = ['mount', '-t', 'binfmt_misc', 'binfmt_misc', usualPlaces.binfmt];
  return attempt('unshare', '--user', '--map-root-user', '--mount', '--', ...mount);
}
