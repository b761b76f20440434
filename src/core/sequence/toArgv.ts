/**
 * The command that does what a step does: the one place that knows how. What begins with a word of
 * steps.sh is run by that shell; everything else is a program.
 */
import { namespaceTypes } from '../config/namespaceTypes';
import { isRecursive } from '../config/mountOption';
import { isCapability } from '../procfs/capabilities';
import { ioPriorityArgv, personalityArgv, schedulerArgv } from './executionSteps';
import { hardenedMountFlags, labelWord } from './mountOptions';
import { overlayOptions } from './overlayStep';
import type { Entry, IdMapped, Operation, Privileges } from './operation';
import { pidPlaceholder } from './step';
import { offsetFlags } from './timeOffsets';

/** Words of steps.sh, by the kind of step that is carried out by one. */
const shellFunctions = {
  write: 'write_file',
  register: 'write_file',
  createFiles: 'make_files',
  createFolder: 'make_folder',
  symlinks: 'make_links',
  bindEach: 'bind_each',
  overlay: 'mount_layer',
} as const satisfies Partial<Record<Operation['kind'], string>>;

/** The word of steps.sh that carries it out; undefined where a program does. */
export function shellFunctionOf({ kind }: Pick<Operation, 'kind'>): string | undefined {
  return kind in shellFunctions ? shellFunctions[kind as keyof typeof shellFunctions] : undefined;
}

/** The end of unshare(1) ends what it has forked. */
export const killChild = '--kill-child';

/** Where bpftool(8) would have loaded the filter of devices; what stands in it is not for a line of a terminal. */
const pinnedFilter = '/sys/fs/bpf/devices';

/** How unshare(1) forks PID 1. */
export const forks = ['--fork', killChild];

/**
 * @returns never through a shell: each word is an argument as it is, but for `pidPlaceholder`. Of a
 *   ProcessOperation without the command that follows it.
 */
export function toArgv(step: Operation): string[] {
  switch (step.kind) {
    case 'mount':
      return [
        ...['mount', hardenedMountFlags, '-t', step.type],
        ...optionWords(step.options),
        ...(step.source.startsWith('-') ? ['--'] : []),
        ...[step.source, step.name],
      ];
    case 'bind': {
      const bind = step.recursive ? 'rbind' : 'bind';
      const options = [...step.options, ...idMapOption(step.mapped)];
      const how = options.length ? optionWords([bind, ...options]) : [`--${bind}`];
      return ['mount', hardenedMountFlags, ...how, step.source, step.name];
    }
    case 'overlay':
      return [shellFunctions.overlay, step.layer, overlayOptions(step)];
    case 'bindEach':
      return [shellFunctions.bindEach, step.folder, ...step.names];
    case 'remount':
      return [
        'mount',
        hardenedMountFlags,
        ...optionWords(['remount', 'bind', ...step.options]),
        step.name,
      ];
    case 'propagation':
      return [
        'mount',
        hardenedMountFlags,
        ...step.changes.map((change) => `--make-${change}`),
        step.name,
      ];
    case 'write':
      return [shellFunctions.write, step.text, step.file];
    case 'register':
      return [shellFunctions.register, step.text, step.name];
    case 'createFiles':
      return [shellFunctions.createFiles, ...step.names];
    case 'createFolder':
      return [shellFunctions.createFolder];
    case 'mkdir':
      return ['mkdir', step.folder];
    case 'symlinks':
      return [shellFunctions.symlinks, ...step.links.flat()];
    case 'copy':
      return ['cp', step.linksAlone ? '-P' : '-a', ...step.sources, '.'];
    case 'mknod': {
      const mode = step.mode === undefined ? [] : [`--mode=${step.mode.toString(8)}`];
      return ['mknod', ...mode, step.name, step.type, ...step.numbers.map(String)];
    }
    case 'chown':
      return ['chown', `${step.uid}:${step.gid}`, step.name];
    case 'join':
      return [
        'nsenter',
        ...step.paths.map(([type, path]) => `${namespaceTypes[type].flag}=${path}`),
      ];
    case 'unshare': {
      const flags = step.types.map((type) => namespaceTypes[type].flag);
      if (step.shell) return ['unshare', ...flags.flatMap(byHand(step)), ...forkedByHand(step)];
      return [
        ...['unshare', ...flags],
        ...(step.mapRootUser ? ['--map-root-user'] : []),
        ...(step.keepCaps ? ['--keep-caps'] : []),
        ...(step.follows ? ['--propagation=slave'] : []),
        ...offsetFlags(step.offsets ?? {}),
        ...forks,
      ];
    }
    case 'setsid':
      return ['setsid', ...(step.takesTerminal ? ['--ctty'] : [])];
    case 'switchUser':
      return [
        ...['setpriv', `--reuid=${step.uid}`, `--regid=${step.gid}`, '--clear-groups'],
        ...(step.dropsCapabilities ? ['--inh-caps=-all', '--ambient-caps=-all'] : []),
        ...['--pdeathsig=KILL', '--'],
      ];
    case 'scheduler':
      return schedulerArgv(step.scheduler);
    case 'ioPriority':
      return ioPriorityArgv(step.ioPriority);
    case 'personality':
      return personalityArgv(step.personality);
    case 'rlimits':
      return ['prlimit', ...limitArguments(step.limits)];
    case 'dropPrivileges':
      // setpriv(1) applies the signal last: changing ids has cleared what unshare --kill-child had set.
      return ['setpriv', ...privilegeArguments(step.privileges), '--pdeathsig=KILL'];
    case 'filter':
      // As util-linux has it from 2.41 on; what stands in the file is not for a line of a terminal.
      return ['setpriv', '--seccomp-filter', 'filter.bpf'];
    case 'deviceFilter':
      return [
        ...['bpftool', 'cgroup', 'attach', step.folder, 'device', 'pinned', pinnedFilter],
        ...(step.replaces ? [] : ['multi']),
      ];
    case 'environment':
      return ['env', '--', ...step.variables];
    case 'execute':
      return step.chroot === undefined ? [...step.args] : ['chroot', step.chroot, ...step.args];
    case 'idMap': {
      const numbers = step.mappings.flatMap((one) => [one.containerID, one.hostID, one.size]);
      return [step.tool, pidPlaceholder, ...numbers.map(String)];
    }
    case 'setName':
      return [...(step.busybox ? ['busybox'] : []), step.program, step.value];
    case 'loopback':
      return [...step.command];
    case 'pivotRoot':
      return [...enter(step.entry), '--wd', '--', 'pivot_root', '.', '.'];
    case 'umountOldRoot':
      return step.entry
        ? [...enter(step.entry), '--', 'umount', hardenedMountFlags, '-l', '/']
        : ['umount', hardenedMountFlags, '-N', pidPlaceholder, '-l', '/'];
  }
}

/** As mount(8) has them: "ro=recursive" (util-linux 2.39), and nothing that copies. */
function optionWords(options: readonly string[]): string[] {
  const words = options
    .filter((option) => option !== 'tmpcopyup')
    .map((option) => (isRecursive(option) ? `${option.slice(1)}=recursive` : option))
    .map(labelWord);
  return words.length ? ['-o', words.join(',')] : [];
}

/** As util-linux has it from 2.39 on. */
function idMapOption(mapped: IdMapped | undefined): string[] {
  if (!mapped) return [];
  const ranges = (letter: string, all: IdMapped['uid']) =>
    all.map((one) => `${letter}:${one.containerID}:${one.hostID}:${one.size}`);
  return [`X-mount.idmap=${[...ranges('u', mapped.uid), ...ranges('g', mapped.gid)].join(' ')}`];
}

type Unshare = Extract<Operation, { kind: 'unshare' }>;

function byHand({ mapRootUser }: Unshare) {
  return (flag: string) => (flag === '--user' && mapRootUser ? [flag, '--map-root-user'] : [flag]);
}

function forkedByHand({ shell, mountsProc }: Unshare): string[] {
  return ['--fork', ...(mountsProc ? ['--mount-proc'] : []), killChild, shell ?? 'sh'];
}

function enter({ user, preserveCredentials }: Entry): string[] {
  return [
    ...['nsenter', `--target=${pidPlaceholder}`],
    ...(user ? ['--user'] : []),
    ...(preserveCredentials ? ['--preserve-credentials'] : []),
    '--mount',
  ];
}

type Limits = Extract<Operation, { kind: 'rlimits' }>['limits'];

/** `process.rlimits` in the words of prlimit(1). */
function limitArguments(limits: Limits = []): string[] {
  return limits.map(
    ({ type, soft, hard }) =>
      `--${type.replace(/^RLIMIT_/, '').toLowerCase()}=${limitText(soft)}:${limitText(hard)}`,
  );
}

/** From 2^63 on it means RLIM_INFINITY (setrlimit(2)), whatever the number in the file lost as a double. */
function limitText(value: number): string {
  return value >= 2 ** 63 ? 'unlimited' : String(value);
}

function privilegeArguments(wanted: Privileges): string[] {
  const { bounding, inheritable, ambient, user, groups, noNewPrivileges } = wanted;
  return [
    ...(bounding ? [`--bounding-set=${capabilityList(bounding)}`] : []),
    ...(inheritable ? [`--inh-caps=${capabilityList(inheritable)}`] : []),
    ...(ambient ? [`--ambient-caps=${capabilityList(ambient)}`] : []),
    ...(user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`] : []),
    ...(groups === 'none' ? ['--clear-groups'] : []),
    ...(groups === 'keep' ? ['--keep-groups'] : []),
    ...(typeof groups === 'object' ? [`--groups=${groups.join(',')}`] : []),
    ...(noNewPrivileges ? ['--no-new-privs'] : []),
  ];
}

function capabilityList(names: readonly string[]): string {
  return [
    '-all',
    // Of others `unsupported` speaks: the specification asks that a start does not fail for them.
    ...names.filter(isCapability).map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`),
  ].join(',');
}
