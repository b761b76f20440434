/** What the plan of a script must know of this machine beside the other facts. A start needs none of it. */
import { promises as files } from 'node:fs';
import { cpMakesDevices } from './deviceFacts';
import type { HostFacts, Shells } from './hostFacts';
import { hostFlags } from './mountSources';

const shellNames = { sh: ['/bin/sh'], bash: ['/usr/bin/bash', '/bin/bash'] };

/** @returns the facts with `makesDevices`, and of root's script `shells` with their flags */
export async function scriptFacts(facts: HostFacts): Promise<HostFacts> {
  const makesDevices = await cpMakesDevices(facts);
  if (facts.privilege !== 'root') return { ...facts, makesDevices };
  const [sh, bash] = await Promise.all([realOf(shellNames.sh), realOf(shellNames.bash)]);
  const shells: Shells = {
    ...(sh === undefined ? {} : { sh }),
    ...(bash === undefined ? {} : { bash }),
  };
  const ofShells = await hostFlags(Object.values(shells), facts.mounts ?? []);
  return { ...facts, makesDevices, shells, flags: new Map([...facts.flags, ...ofShells]) };
}

/** Of the first that is there. */
async function realOf(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    const real = await files.realpath(place).catch(() => undefined);
    if (real !== undefined) return real;
  }
  return undefined;
}
