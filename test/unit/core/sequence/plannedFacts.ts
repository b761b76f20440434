/** A machine and three people for plans.test.ts: nothing of it is read from where the test runs. */
import type { CgroupState } from '../../../../src/core/cgroup/cgroupFacts';
import { processors, registration } from '../../../../src/core/bundle/emulators';
import type { HostFacts } from '../../../../src/core/sequence/hostFacts';
import type { PlannedBundle } from './plannedBundles';

export const privileges = ['root', 'sudo', 'rootless', 'rootless with one id'] as const;
export type Privilege = (typeof privileges)[number];

const range = { start: 100000, count: 65536 };
const cgroup = (change: Partial<CgroupState>): CgroupState => ({
  ...{ controllers: ['cpu', 'cpuset', 'hugetlb', 'io', 'memory', 'pids'], enabled: [] },
  ...{ processes: false, populated: false },
  ...change,
});

function emulationOf({ emulated }: PlannedBundle): Pick<HostFacts, 'emulation' | 'machineIds'> {
  if (emulated === undefined) return {};
  if (emulated === 'machine') return { emulation: { processor: 'aarch64' } };
  const emulator = '/usr/bin/qemu-aarch64-static';
  const text = registration(
    processors.find(({ name }) => name === 'aarch64')!,
    emulator,
  );
  const everybody = [{ containerID: 0, hostID: 0, size: 2 ** 32 - 1 }];
  return {
    emulation: { processor: 'aarch64', own: { text, emulator, hides: ['python3.11'] } },
    machineIds: { uid: everybody, gid: everybody },
  };
}

export function factsFor(privilege: Privilege, bundle: PlannedBundle): HostFacts {
  const isRoot = privilege === 'root' || privilege === 'sudo';
  const id = privilege === 'root' ? 0 : 1000;
  return {
    privilege: isRoot ? 'root' : 'rootless',
    machine: 'x64',
    uid: id,
    gid: id,
    furtherGroups: !isRoot,
    ...(privilege === 'sudo' || privilege === 'rootless' ? { subuid: range, subgid: range } : {}),
    ...(privilege === 'rootless with one id'
      ? {}
      : { loopback: ['ip', 'link', 'set', 'lo', 'up'] }),
    tty: '/dev/pts/7',
    devices: new Map(Object.entries(bundle.devices ?? {})),
    mayMakeDevices: isRoot,
    makesDevices: isRoot,
    hasDeviceLinks: true,
    sources: new Map(Object.entries(bundle.sources ?? {})),
    flags: new Map(Object.entries(bundle.flags ?? {})),
    ...(isRoot ? { shells: { sh: '/usr/bin/dash', bash: '/usr/bin/bash' } } : {}),
    ...(bundle.rootfsOwner === undefined
      ? {}
      : {
          rootfsOwner: { uid: bundle.rootfsOwner, gid: bundle.rootfsOwner },
          rootfsRangeOf: 'student',
        }),
    ...(bundle.home === undefined ? {} : { home: bundle.home }),
    ...(bundle.missingCwd === undefined ? {} : { missingCwd: bundle.missingCwd }),
    ...emulationOf(bundle),
    securityModules: bundle.modules ?? [],
    cgroups: 'v2',
    ...(bundle.cgroup
      ? {
          cgroup: {
            ...{ layout: 'v2', mount: '/sys/fs/cgroup', name: 'terrarium-1-2-3' },
            base: isRoot ? '' : 'user.slice/user-1000.slice/user@1000.service',
            there: new Map([
              ['', cgroup({ processes: true, populated: true })],
              ['user.slice/user-1000.slice/user@1000.service', cgroup({ populated: true })],
            ]),
          },
        }
      : {}),
  };
}
