/**
 * The emulator of a container for another processor, registered in a binfmt_misc of its own: a user namespace may have
 * one since Linux 6.7, and nothing of the machine's changes. Used by `planStart`.
 */
import { binfmtFolder } from '../bundle/emulators';
import type { Bundle } from '../bundle/loadBundle';
import { isBind } from '../config/mountKinds';
import type { NamespaceType } from '../config/namespaceTypes';
import type { Mount } from '../config/schema';
import type { StartWay } from '../config/startWay';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { firstOf } from '../text/firstOf';
import type { EmulationFacts, HostFacts } from './hostFacts';
import type { Step } from './step';
import { type Mappings, mappingsFor } from './userNamespace';

/** Nothing in it is to be executed, and it is no place for devices. */
const options = ['nosuid', 'nodev', 'noexec'];

/** Of the handlers that the container does not see. */
const namesShown = 5;

/** Behind the mounts of config.json, which have a procfs, and before any of them is masked or made read-only. */
export function emulationSteps({ emulation }: EmulationFacts): Step[] {
  if (!emulation?.own) return [];
  const { processor, own } = emulation;
  // Handlers last as long as a mount of their file system does, so it stays there, below the container's procfs.
  const common = { where: 'namespaces', cwd: binfmtFolder } as const;
  return [
    {
      id: 'mount-binfmt',
      ...{
        ...common,
        kind: 'mount',
        type: 'binfmt_misc',
        source: 'binfmt_misc',
        name: '.',
        options,
      },
      why: 'Mount a binfmt_misc of this user namespace: the machine’s own stays as it is',
    },
    {
      id: 'register-emulator',
      ...{ ...common, kind: 'register', name: './register', text: own.text },
      why: `Have the kernel run programs for ${processor} by ${own.emulator}, which it opens now and keeps open`,
    },
    {
      id: 'readonly-binfmt',
      ...{ ...common, kind: 'remount', name: '.', options: ['ro', ...options] },
      why: 'Let nobody inside register another one',
    },
  ];
}

/** @returns whether a user namespace is to be made only for the emulator: root starts others without one */
export function addsUsers(
  { emulation, privilege }: EmulationFacts & Pick<HostFacts, 'privilege'>,
  wanted: ReadonlySet<NamespaceType>,
): boolean {
  return privilege === 'root' && emulation?.own !== undefined && !wanted.has('user');
}

/** In a user namespace that is there only for the emulator everybody is who they are. */
export function usersOf(
  { config }: Pick<Bundle, 'config'>,
  facts: HostFacts,
  addedByRoot: boolean,
): Mappings {
  if (!addedByRoot) return mappingsFor(config, facts);
  const { uid = [], gid = [] } = facts.machineIds ?? {};
  return { uid, gid, byUnshare: false, lacksRange: false, ofRange: false, ofMachine: true };
}

/** Root inside is root of the machine, and owns what is mounted below its /sys. */
const ofMachineSysfs = ['rbind', 'rro', 'rnosuid', 'rnodev', 'rnoexec'];

/** What those take the place of. */
const attribute = /^r?(ro|rw|(no)?(suid|dev|exec))$/;

/**
 * A container that shares the machine's network cannot mount a sysfs in such a user namespace (sysfs_init_fs_context of
 * fs/sysfs/mount.c): it gets the view of the machine, as a rootless one does, read-only with all that is mounted below.
 * @returns a bundle without that mount for a script, which cannot make all below read-only
 */
export function withMachineSysfs(
  bundle: Bundle,
  facts: HostFacts,
  way: StartWay,
): { readonly bundle: Bundle; readonly facts: HostFacts; readonly warnings: readonly string[] } {
  const asItIs = { bundle, facts, warnings: [] };
  const wanted = new Set(bundle.config.linux.namespaces.map(({ type }) => type));
  if (!addsUsers(facts, wanted) || wanted.has('network')) return asItIs;
  const isSysfs = (mount: Mount) => mount.type === 'sysfs' && !isBind(mount);
  const places = bundle.config.mounts.filter(isSysfs).map(({ destination }) => destination);
  if (places.length === 0) return asItIs;
  const withMounts = (mounts: Mount[]) => ({ ...bundle, config: { ...bundle.config, mounts } });
  if (way === 'script')
    return {
      bundle: withMounts(bundle.config.mounts.filter((mount) => !isSysfs(mount))),
      facts,
      warnings: places.map(
        (place) =>
          `sysfs at ${escapeControlCharacters(place)} is left out: with the network of this machine and a user namespace for the emulator it would be this machine’s /sys, and commands of this machine do not make all that is mounted below it read-only.`,
      ),
    };
  const others = ({ options = [] }: Mount) => options.filter((option) => !attribute.test(option));
  const mounts = bundle.config.mounts.map((mount) =>
    isSysfs(mount)
      ? { ...mount, type: 'bind', source: '/sys', options: [...ofMachineSysfs, ...others(mount)] }
      : mount,
  );
  return {
    bundle: withMounts(mounts),
    facts: { ...facts, sources: new Map([...facts.sources, ['/sys', 'directory']]) },
    warnings: [],
  };
}

/** Variables that qemu-user takes for itself: they choose its libraries, its log and its debugger. */
const ofEmulator = /^QEMU_/;

/** What of process.env programs of a container get. */
export function withoutEmulators(
  env: readonly string[] | undefined = [],
  { emulation }: Pick<HostFacts, 'emulation'>,
): readonly string[] {
  return emulation ? env.filter((variable) => !ofEmulator.test(variable)) : env;
}

export function emulationWarnings(
  { config }: Pick<Bundle, 'config'>,
  { emulation }: EmulationFacts,
  addedByRoot: boolean,
): string[] {
  if (!emulation) return [];
  const { processor, own } = emulation;
  const left = (config.process.env ?? []).filter((variable) => ofEmulator.test(variable));
  const names = left.map((variable) => escapeControlCharacters(variable.split('=', 1)[0]!));
  return [
    `Its programs are for ${processor} and run emulated, by ${own?.emulator ?? 'what this machine has registered in binfmt_misc'}: slower, and without new namespaces, ptrace(2) and seccomp(2) inside.`,
    ...(addedByRoot
      ? [
          'The emulator is registered in a user namespace, where everybody is who they are outside: root inside can make no devices and mount no disks.',
        ]
      : []),
    ...(own?.hides
      ? [
          `The container does not see what else this machine has registered in binfmt_misc: ${firstOf(own.hides.map(escapeControlCharacters), namesShown, (more) => `${more} more`).join(', ')}.`,
        ]
      : []),
    ...(names.length > 0
      ? [
          `process.env sets ${names.join(', ')}, which the emulator would take for itself: left out.`,
        ]
      : []),
  ];
}
