/**
 * What `config.json` asks for and the built-in engine does not do: a warning on that line of the
 * file in the editor, and a line in the start output. Never silence.
 */
import { posix } from 'node:path';
import type { CgroupLayout } from '../cgroup/cgroupFacts';
import { isCapability } from '../procfs/capabilities';
import { isUnitName } from './cgroupsPath';
import { keyName } from './describeIssue';
import { runtimeOf } from './engine';
import { insteadOfDevices } from './insteadOfDevices';
import { isBind } from './mountKinds';
import { isRecursive, isTravelling } from './mountOption';
import { engineFor } from './recursiveAttributes';
import { type SecurityModule, labelKeys, labelOf, moduleTitles } from './securityModules';
import type { OciConfig } from './schema';
import { type StartWay, startWay } from './startWay';
import { unsupportedLimits } from './unsupportedLimits';
import { ptmxDevices, usualDevices } from './usualDevices';

export interface ConfigWarning {
  /** Where in the document. */
  readonly path: readonly (string | number)[];
  /** One sentence. */
  readonly message: string;
}

/** Mount options that no engine of ours carries out. */
const foreignOption = /^(remount|move|copy-symlink|src-nofollow|dest-nofollow)$/;

/** Of those the ones that forbid something: they hold for the mount itself at least. */
const recursiveOption = /^r(ro|nosuid|nodev|noexec|nosymfollow)$/;

/** Those that terrarium-init has for a bind beside `ofBinds`. */
const ofProgram =
  /^r(idmap|ro|rw|(no)?(suid|dev|exec|atime|diratime|relatime|strictatime|symfollow))$|^idmap$/;

const otherEngine = 'set the annotation dev.terrarium.engine to "crun" or "runc" for it';

/** What mount(8) takes for itself and mount(2) never sees: no runtime knows them. */
const ownOption =
  /^(X-.*|x-.*|verity\..*|(loop|offset|sizelimit|u?helper|encryption|comment)(=.*)?|(no)?(auto|users?|owner|group|fail)|_netdev)$/;

const noneTravels = 'no mount travels between this machine and a container that its commands start';

/** Options of a mount itself, which a bind can have others of (mount(8)), and what kind of mount it is. */
export const ofBinds =
  /^(r?bind|r?(private|slave|shared|unbindable)|defaults|ro|rw|(no)?(suid|dev|exec|atime|diratime|relatime|strictatime|symfollow))$/;

/** Keys that the schema lets through as they stand, and what there is instead. */
const unsupportedKeys: readonly (readonly [
  part: 'process' | 'linux',
  key: string,
  reason: string,
])[] = [
  ['linux', 'netDevices', 'the built-in engine moves no interface of this machine'],
  ['linux', 'intelRdt', 'the built-in engine divides no cache'],
  ['linux', 'memoryPolicy', 'the built-in engine sets no memory policy'],
];

/** Whether the option is left out of that mount; `unsupported` says so. */
export function isForeignOption(
  option: string,
  mount: OciConfig['mounts'][number],
  way: StartWay,
): boolean {
  if (foreignOption.test(option) || ownOption.test(option)) return true;
  if (option === 'tmpcopyup') return way === 'script' || mount.type !== 'tmpfs' || isBind(mount);
  if (/^r?idmap$/.test(option)) return way === 'script' || !isBind(mount);
  return way === 'script' && isRecursive(option);
}

/** "ro" for "rro" and its like: what is to be forbidden below too is not to be allowed above. */
export function withoutRecursion(option: string): string {
  return recursiveOption.exec(option)?.[1] ?? option;
}

/**
 * @param cgroups undefined where not known: the editor cannot read the helper's machine
 * @param privilege a rootless container always has a user namespace
 * @param way what is to carry the start out
 * @param modules undefined where not known
 */
export function unsupported(
  config: OciConfig,
  cgroups?: CgroupLayout,
  privilege: 'root' | 'rootless' = 'root',
  way: StartWay = startWay(config),
  modules?: readonly SecurityModule[],
): ConfigWarning[] {
  if (runtimeOf(config)) return [];
  const { linux, process } = config;
  const found: ConfigWarning[] = [];
  const report = (path: (string | number)[], reason: string) =>
    found.push({ path, message: `${keyName(path)} is not carried out: ${reason}.` });
  if (linux.seccomp && way === 'script')
    report(['linux', 'seccomp'], `commands of this machine filter no system calls; ${otherEngine}`);
  for (const { path, reason } of unsupportedLimits(config, privilege, way)) report(path, reason);
  if (linux.cgroupsPath !== undefined && isUnitName(linux.cgroupsPath))
    report(
      ['linux', 'cgroupsPath'],
      `it names a unit of systemd, and the built-in engine makes cgroups itself; ${otherEngine}`,
    );
  for (const { path, module } of labelKeys) {
    if (labelOf(config, path) === undefined) continue;
    if (way !== 'program' && path[0] === 'process')
      report([...path], `commands of this machine set no label; ${otherEngine}`);
    else if (modules && !modules.includes(module))
      report([...path], `${moduleTitles[module]} is not enabled on this machine`);
  }
  if (way === 'script' && /shared|slave/.test(linux.rootfsPropagation ?? ''))
    report(['linux', 'rootfsPropagation'], noneTravels);
  if (privilege === 'root' && !linux.namespaces.some(({ type }) => type === 'user'))
    for (const key of ['uidMappings', 'gidMappings'] as const)
      if (linux[key]?.length)
        report(
          ['linux', key],
          'ids are mapped in a user namespace only, and linux.namespaces lists none',
        );
  const newer = 'a recent crun or runc does it where the annotation dev.terrarium.engine names it';
  if (process.consoleSize !== undefined)
    report(['process', 'consoleSize'], 'the terminal is as large as the panel that shows it');
  for (const [part, key, reason] of unsupportedKeys)
    if ((config[part] as Record<string, unknown>)[key] !== undefined)
      report([part, key], `${reason}; ${newer}`);
  if (process.execCPUAffinity && way === 'script')
    report(['process', 'execCPUAffinity'], 'a further shell runs where PID 1 may run');
  if (linux.personality?.flags?.length)
    report(['linux', 'personality', 'flags'], 'there is no flag of an execution domain');
  if (linux.timeOffsets && !linux.namespaces.some(({ type, path }) => type === 'time' && !path))
    report(
      ['linux', 'timeOffsets'],
      'clocks have offsets in a new time namespace only, and linux.namespaces lists none',
    );
  else if (way === 'script')
    for (const clock of ['monotonic', 'boottime'] as const)
      if (linux.timeOffsets?.[clock]?.nanosecs)
        report(['linux', 'timeOffsets', clock, 'nanosecs'], 'unshare(1) takes whole seconds');
  for (const [set, names] of Object.entries(process.capabilities ?? {}))
    names?.forEach((name, index) => {
      if (!isCapability(name))
        report(
          ['process', 'capabilities', set, index],
          `there is no capability ${name} (capabilities(7)), so PID 1 starts without it`,
        );
    });
  const { permitted, effective, bounding } = process.capabilities ?? {};
  if (process.capabilities && process.user.uid === 0)
    for (const set of ['permitted', 'effective'] as const)
      if (!sameSet(set === 'permitted' ? permitted : effective, bounding))
        report(
          ['process', 'capabilities', set],
          'root gets its bounding set as permitted and effective at every execve(2) (capabilities(7))',
        );
  // capabilities(7): what is ambient must be inheritable, and the kernel takes it away without a word.
  const { ambient, inheritable } = process.capabilities ?? {};
  if (process.user.uid !== 0)
    ambient?.forEach((name, index) => {
      if (!inheritable?.includes(name))
        report(
          ['process', 'capabilities', 'ambient', index],
          `${name} has to be in "inheritable" and "permitted" too, or the kernel keeps it over no execve(2) (capabilities(7))`,
        );
    });
  const provided = insteadOfDevices(config);
  linux.devices?.forEach((device, index) => {
    const there = provided[index];
    const place = posix.resolve('/', device.path);
    const usual = { ...usualDevices, ...ptmxDevices }[place];
    if (there === 'mount')
      report(['linux', 'devices', index], `what "mounts" has at ${device.path} is there`);
    else if (there === 'earlier')
      report(['linux', 'devices', index], `an entry before it has the same path`);
    else if (there && usual && !isUsual(device, usual))
      report(
        ['linux', 'devices', index],
        there === 'ptmx'
          ? `${device.path} is the ptmx of the devpts that "mounts" has, c ${usual.join(':')}`
          : `the built-in engine makes ${device.path} as it usually is, c ${usual.join(':')} with the mode 0666 of root`,
      );
  });
  config.mounts.forEach((mount, index) => {
    if (mount.type === 'cgroup' && cgroups !== undefined && cgroups !== 'v2')
      report(
        ['mounts', index],
        `a cgroup mount needs cgroup v2 alone, and this machine has ${layoutNames[cgroups]}`,
      );
    for (const key of ['uidMappings', 'gidMappings'] as const)
      if (mount[key] !== undefined && (way === 'script' || !isBind(mount)))
        report(
          ['mounts', index, key],
          isBind(mount)
            ? `a script maps no ids of a mount; ${newer}`
            : 'the built-in engine maps the ids of binds alone',
        );
    mount.options?.forEach((option, at) => {
      // What is new has no peers outside, whatever its propagation.
      if (isBind(mount) && isTravelling(option) && (way === 'script' || option.endsWith('shared')))
        report(
          ['mounts', index, 'options', at],
          way === 'script'
            ? `"${option}" holds inside alone, because ${noneTravels}; ${otherEngine}`
            : `"${option}" shows inside what this machine mounts there, but no mount that is made inside reaches this machine`,
        );
      const isForeign = isForeignOption(option, mount, way);
      if (isBind(mount) && !isForeign && !ofBinds.test(option) && !ofProgram.test(option))
        report(
          ['mounts', index, 'options', at],
          `"${option}" has no effect on a bind mount, which has the options of the file system that it shows`,
        );
      if (isForeign)
        report(
          ['mounts', index, 'options', at],
          ownOption.test(option)
            ? `"${option}" is a word to mount(8), and no option of a mount`
            : option === 'remount'
              ? '"remount" would change a file system wherever it is mounted, on this machine too'
              : foreignReason(option, way),
        );
    });
  });
  return found;
}

/**
 * `helper.js run` keeps to `terminal: false`; a helper that serves shows what is printed in a
 * terminal, and that is what the program gets.
 */
export function terminalNote({ process }: OciConfig): ConfigWarning | undefined {
  if (process.terminal !== false) return undefined;
  return {
    path: ['process', 'terminal'],
    message:
      'process.terminal is not carried out: VS Code shows the output in a terminal, so the program has one; “helper.js run” gives it none.',
  };
}

function foreignReason(option: string, way: StartWay): string {
  if (way === 'program' && option === 'tmpcopyup') return '"tmpcopyup" is for a tmpfs alone';
  if (way === 'program' && option.endsWith('idmap'))
    return 'the built-in engine maps the ids of binds alone';
  const isOurs = isRecursive(option) || /^(tmpcopyup|r?idmap)$/.test(option);
  return `${isOurs ? 'mount(8) of this machine' : 'the built-in engine'} has no "${option}"${instead(option)}; ${recursively(option) ?? otherEngine}`;
}

const layoutNames: Record<CgroupLayout, string> = {
  v2: 'cgroup v2',
  hybrid: 'its controllers in cgroup v1 (hybrid)',
  v1: 'cgroup v1',
  none: 'no cgroups',
};

/** Of the options for all mounts below, which the two runtimes know, but not both of them rightly. */
function recursively(option: string): string | undefined {
  const engine = engineFor(option);
  return engine && `${engine} does it where the annotation dev.terrarium.engine names it`;
}

function instead(option: string): string {
  const narrow = withoutRecursion(option);
  return narrow === option ? '' : `, so the mount itself gets "${narrow}", and none below it`;
}

function isUsual(
  device: NonNullable<OciConfig['linux']['devices']>[number],
  [major, minor]: readonly [number, number],
): boolean {
  const { type, fileMode = 0o666, uid = 0, gid = 0 } = device;
  const isSame = (type === 'c' || type === 'u') && device.major === major && device.minor === minor;
  return isSame && fileMode === 0o666 && uid === 0 && gid === 0;
}

function sameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  const both = new Set([...one, ...other]);
  return both.size === new Set(one).size && both.size === new Set(other).size;
}
