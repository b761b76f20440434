/**
 * What the random configurations of conformance.test.ts ask of this machine: a device filter, binds with ids of their own,
 * a label. Each as the kernel answers it inside, where the machine and the engine have it.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { OciConfig } from '../../src/core/config/schema';
import { isBind } from '../../src/core/config/mountKinds';

/** No driver has it: who may open it is told ENXIO, who may not EPERM. */
const major = 254;
const minors = [1_048_573, 1_048_574, 1_048_575] as const;
const nodes = minors.map((minor) => `/dev/lab-${minor}`);

export interface MachineDraw {
  /** What the filter lets through, after it refuses all. A minor left out is every one. */
  readonly allowed:
    | readonly { readonly minor: (typeof minors)[number] | undefined; readonly access: string }[]
    | undefined;
  /** The user that owners of the bound folder become on this machine. */
  readonly boundAs: number | undefined;
  readonly isLabelled: boolean;
}

const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

export const machineDraws: fc.Arbitrary<MachineDraw> = fc.record({
  allowed: optional(
    fc.array(
      fc.record({
        minor: fc.constantFrom(...minors, undefined),
        access: fc.constantFrom('r', 'w', 'm', 'rw', 'rm', 'rwm'),
      }),
      { maxLength: 3 },
    ),
  ),
  boundAs: optional(fc.constantFrom(5000, 100_007)),
  isLabelled: fc.boolean(),
});

/** What can be asked for. */
export interface MachineCan {
  readonly devices: boolean;
  readonly idMaps: boolean;
  /** Of the AppArmor profile that is loaded for this. */
  readonly profile: string | undefined;
}

/**
 * To be called when the other mounts are there.
 * @returns what is done when the bundle's files have their owners
 */
export function changeMachine(config: OciConfig, draw: MachineDraw, can: MachineCan): void {
  const { linux, process } = config;
  if (can.devices && draw.allowed) {
    linux.devices = minors.map((minor, index) => ({
      ...{ path: nodes[index]!, type: 'c' as const, major, minor, fileMode: 0o666 },
    }));
    linux.resources = {
      devices: [
        { allow: false, access: 'rwm' },
        ...draw.allowed.map(({ minor, access }) => ({
          ...{ allow: true, type: 'c' as const, major, access },
          ...(minor === undefined ? {} : { minor }),
        })),
      ],
    };
  }
  if (can.idMaps && draw.boundAs !== undefined)
    for (const mount of config.mounts.filter(isBind)) {
      const range = [{ containerID: 0, hostID: draw.boundAs, size: 1 }];
      Object.assign(mount, { uidMappings: range, gidMappings: range });
    }
  if (can.profile !== undefined && draw.isLabelled) process.apparmorProfile = can.profile;
}

/** The mappings name whose files they are of, which is known once these have their owners. */
export function mapOwners(config: OciConfig, bundle: string): boolean {
  const mapped = config.mounts.filter(({ uidMappings }) => uidMappings !== undefined);
  for (const { source, uidMappings, gidMappings } of mapped) {
    const { uid, gid } = statSync(path.resolve(bundle, source!));
    Object.assign(uidMappings![0]!, { containerID: uid });
    Object.assign(gidMappings![0]!, { containerID: gid });
  }
  return mapped.length > 0;
}

/** Sections for the script of conformance.test.ts. */
export const machineScript = `echo "@@devices"
for node in ${nodes.join(' ')}; do
  [ -c $node ] || continue
  (: <$node) 2>&1; (: >>$node) 2>&1
done
echo "@@owners"; for place in /mnt/c /srv; do stat -c "$place %u %g" $place; done
echo "@@label"; cat /proc/1/attr/current 2>/dev/null`;

type Facts = Record<string, unknown>;

/** @param inside the id that an id of this machine has in the container */
export function wantedOfMachine(config: OciConfig, inside: (id: number) => number): Facts {
  const { devices, resources } = config.linux;
  const rules = resources?.devices?.slice(1) ?? [];
  const mayOpen = (minor: number, access: string) =>
    rules.some((one) => [undefined, minor].includes(one.minor) && one.access?.includes(access));
  const mapped = config.mounts.filter(({ uidMappings }) => uidMappings !== undefined);
  const { apparmorProfile } = config.process;
  return {
    ...(devices && {
      devices: minors.flatMap((minor) => ['r', 'w'].map((access) => mayOpen(minor, access))),
    }),
    ...(mapped.length > 0 && {
      owners: mapped
        .map(({ destination, uidMappings, gidMappings }) => {
          const ids = [uidMappings, gidMappings].map((maps) => inside(maps![0]!.hostID));
          return [destination, ...ids].join(' ');
        })
        .sort(),
    }),
    ...(apparmorProfile !== undefined && { label: `${apparmorProfile} (enforce)` }),
  };
}

/** @param want what is asked for at all */
export function foundOfMachine(section: (title: string) => string, want: Facts): Facts {
  const lines = (title: string) => section(title).trim().split('\n');
  const opened = (line: string) => {
    const [, said] = /: ([^:]+)$/.exec(line) ?? [];
    return (
      said === 'No such device or address' || (said === 'Operation not permitted' ? false : line)
    );
  };
  const places = ((want.owners ?? []) as string[]).map((one) => one.split(' ')[0]);
  return {
    ...(want.devices ? { devices: lines('devices').map(opened) } : {}),
    ...(want.owners
      ? {
          owners: lines('owners')
            .filter((line) => places.includes(line.split(' ')[0]))
            .sort(),
        }
      : {}),
    ...(want.label ? { label: section('label').trim() } : {}),
  };
}
