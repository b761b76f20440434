/** The system calls of mounts by terrarium-init (src/init/mounts.c), and those of mount(8) by hand. For systemCalls.ts. */
import { posix } from 'node:path';
import { isRecursive } from '../config/mountOption';
import { deviceBindOptions } from './mountOptions';
import type { StepOf } from './step';
import { type Trace, flagsText, quoted } from './straceText';
import type { CallFacts } from './systemCalls';

/** Longest value that fsconfig(2) takes (LONGEST_VALUE of mounts.c). */
const longestValue = 255;

/** In the order of their bits (linux/mount.h); each with the option that takes it back. */
const attributes = [
  ['ro', 'rw', 'MOUNT_ATTR_RDONLY'],
  ['nosuid', 'suid', 'MOUNT_ATTR_NOSUID'],
  ['nodev', 'dev', 'MOUNT_ATTR_NODEV'],
  ['noexec', 'exec', 'MOUNT_ATTR_NOEXEC'],
  ['noatime', '', 'MOUNT_ATTR_NOATIME'],
  ['strictatime', '', 'MOUNT_ATTR_STRICTATIME'],
  ['nodiratime', 'diratime', 'MOUNT_ATTR_NODIRATIME'],
  ['nosymfollow', 'symfollow', 'MOUNT_ATTR_NOSYMFOLLOW'],
] as const;

/** Of those relatime is none that is set. */
const atimes = /^(noatime|strictatime|relatime|atime|norelatime|nostrictatime)$/;

/** What nothing has set (configure of mounts.c). */
const unset = /^(async|nolazytime|nomand|silent|loud|tmpcopyup)$/;

interface Changes {
  readonly set: string;
  readonly clear: string;
}

function isAttribute(option: string): boolean {
  return (
    atimes.test(option) || attributes.some(([on, off]) => option === on || (off && option === off))
  );
}

/** The last of two that contradict one another counts. */
function changesOf(options: readonly string[]): Changes {
  const lastOf = (...names: readonly string[]) => options.findLast((one) => names.includes(one));
  const set: string[] = [];
  const clear: string[] = [];
  const atime = options.findLast((one) => atimes.test(one));
  for (const [on, off, name] of attributes) {
    if (atimes.test(on)) {
      if (on === atime) set.push(name);
      continue;
    }
    const last = lastOf(on, off);
    if (last === on) set.push(name);
    else if (last !== undefined) clear.push(name);
  }
  if (atime !== undefined) clear.splice(0, 0, 'MOUNT_ATTR__ATIME');
  return { set: flagsText(set), clear: flagsText(clear) };
}

function setAttributes(
  trace: Trace,
  mount: number,
  { set, clear }: Changes,
  more: {
    readonly recursive?: boolean;
    readonly propagation?: string;
    readonly users?: number;
  } = {},
): void {
  const { recursive, propagation = '0', users = 0 } = more;
  if (set === '0' && clear === '0' && propagation === '0') return;
  trace.add(
    `mount_setattr(${mount}, "", AT_EMPTY_PATH${recursive ? '|AT_RECURSIVE' : ''}, ` +
      `{attr_set=${set}, attr_clr=${clear}, propagation=${propagation}, userns_fd=${users}}, 32)`,
  );
}

const nothing: Changes = { set: '0', clear: '0' };

/** Options of the mount itself, and those of all below it (`rro`). */
function changeAttributes(trace: Trace, mount: number, options: readonly string[]): void {
  setAttributes(trace, mount, changesOf(options));
  const below = options.filter((one) => !isAttribute(one) && isRecursive(one));
  setAttributes(trace, mount, changesOf(below.map((one) => one.slice(1))), { recursive: true });
}

function put(trace: Trace, mount: number, place: number): void {
  const flags = 'MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH';
  trace.add(`move_mount(${mount}, "", ${place}, "", ${flags})`);
  trace.close(mount, place);
}

/** `.` or `./NAME` in the folder of a step. */
export function placeOf(cwd: string | undefined, name: string): string {
  const folder = cwd ?? '/';
  if (name === '.') return folder;
  return `${folder === '/' ? '' : folder}${name.slice(1)}`;
}

/** @param overlay where the root is to be one */
export function rootfsCalls(
  trace: Trace,
  { rootfs, follows, later, root }: CallFacts,
  overlay?: StepOf<'overlay'>,
): void {
  const { offsets } = later;
  if (offsets !== undefined) {
    trace.add('unshare(CLONE_NEWTIME)').write('/proc/self/timens_offsets', offsets);
    const made = trace.openHost('/proc/self/ns/time_for_children', 'O_RDONLY|O_CLOEXEC');
    trace.add(`setns(${made}, CLONE_NEWTIME)`);
    trace.close(made);
  }
  const machine = trace.openHost('/', 'O_RDONLY|O_CLOEXEC|O_PATH|O_DIRECTORY');
  const propagation = follows === undefined ? 'MS_PRIVATE' : 'MS_SLAVE';
  setAttributes(trace, machine, nothing, { recursive: true, propagation });
  trace.close(machine);
  const folder = trace.opens(openStraight(rootfs));
  if (overlay) {
    const mount = layerCalls(trace, folder, posix.join(rootfs, overlay.layer), overlay);
    trace.add(`fcntl(${mount}, F_DUPFD_CLOEXEC, 0)`, String(root));
    trace.close(mount);
  } else
    trace.add(
      `open_tree(${folder}, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)`,
      String(root),
    );
  if (follows === 'binds') setAttributes(trace, root, nothing, { propagation: 'MS_PRIVATE' });
  trace.add(
    `move_mount(${root}, "", ${folder}, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)`,
  );
}

export function overlayCalls(trace: Trace, step: StepOf<'overlay'>, facts: CallFacts): void {
  rootfsCalls(trace, facts, step);
}

const openFolder = 'O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_PATH|O_DIRECTORY';

/** A real path of this machine. */
function openStraight(folder: string): string {
  return `openat2(AT_FDCWD, ${quoted(folder)}, {flags=${openFolder}, resolve=RESOLVE_NO_SYMLINKS}, 24)`;
}

/** As mount_layer of overlay.c. */
function layerCalls(trace: Trace, rootfs: number, folder: string, step: StepOf<'overlay'>): number {
  const layer = trace.opens(openStraight(folder));
  const below = 'RESOLVE_NO_XDEV|RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH';
  const [upper, work] = ['upper', 'work'].map((name) =>
    trace.opens(`openat2(${layer}, "${name}", {flags=${openFolder}, resolve=${below}}, 24)`),
  ) as [number, number];
  const filesystem = trace.opens('fsopen("overlay", FSOPEN_CLOEXEC)');
  const set = (key: string, value: string) =>
    trace.add(`fsconfig(${filesystem}, FSCONFIG_SET_STRING, "${key}", "${value}", 0)`);
  set('source', 'overlay');
  for (const option of step.options.filter((one) => !isAttribute(one))) {
    const [key, value] = option.split('=') as [string, string?];
    if (value !== undefined) set(key, value);
    else trace.add(`fsconfig(${filesystem}, FSCONFIG_SET_FLAG, "${key}", NULL, 0)`);
  }
  for (const [key, folder] of Object.entries({ lowerdir: rootfs, upperdir: upper, workdir: work }))
    set(key, `/proc/self/fd/${folder}`);
  trace.add(`fsconfig(${filesystem}, FSCONFIG_CMD_CREATE, NULL, NULL, 0)`);
  const flags = changesOf(step.options.filter(isAttribute)).set;
  const mount = trace.opens(`fsmount(${filesystem}, FSMOUNT_CLOEXEC, ${flags})`);
  trace.close(filesystem, work, upper, layer);
  return mount;
}

export function filesystemCalls(trace: Trace, step: StepOf<'mount'>, { root }: CallFacts): void {
  const { type, source, options } = step;
  const place = trace.openPlace(root, placeOf(step.cwd, step.name));
  const values = [source, ...options.map((one) => one.split('=').slice(1).join('='))];
  const copies = options.includes('tmpcopyup');
  if (values.some((one) => Buffer.byteLength(one) > longestValue)) {
    const data = options.filter((one) => !isAttribute(one) && !isRecursive(one)).join(',');
    const flags = options.includes('ro') ? 'MS_RDONLY' : '0';
    const target = `/proc/self/fd/${place}`;
    trace.add(`mount(${[source, target, type].map(quoted).join(', ')}, ${flags}, ${quoted(data)})`);
    trace.close(place);
    return changeAttributes(trace, trace.openPlace(root, placeOf(step.cwd, step.name)), options);
  }
  const filesystem = trace.opens(`fsopen(${quoted(type)}, FSOPEN_CLOEXEC)`);
  const set = (key: string, value: string) =>
    trace.add(`fsconfig(${filesystem}, FSCONFIG_SET_STRING, ${quoted(key)}, ${quoted(value)}, 0)`);
  set('source', source);
  for (const option of options) {
    const isBoth = option === 'ro' || option === 'rw';
    if ((isAttribute(option) || isRecursive(option)) && (!isBoth || copies)) continue;
    if (unset.test(option)) continue;
    const at = option.indexOf('=');
    if (at >= 0) set(option.slice(0, at), option.slice(at + 1));
    else trace.add(`fsconfig(${filesystem}, FSCONFIG_SET_FLAG, ${quoted(option)}, NULL, 0)`);
  }
  trace.add(`fsconfig(${filesystem}, FSCONFIG_CMD_CREATE, NULL, NULL, 0)`);
  // Written to before it is read-only.
  const now = copies ? options.filter((one) => one !== 'ro') : options;
  const mount = trace.opens(
    `fsmount(${filesystem}, FSMOUNT_CLOEXEC, ${changesOf(now.filter(isAttribute)).set})`,
  );
  trace.close(filesystem);
  const later = options.filter((one) => (copies && one === 'ro') || !isAttribute(one));
  changeAttributes(trace, mount, later);
  put(trace, mount, place);
}

export function bindCalls(trace: Trace, step: StepOf<'bind'>, { root, follows }: CallFacts): void {
  const place = trace.openPlace(root, placeOf(step.cwd, step.name));
  const clone = 'OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC';
  const recursive = step.recursive ? '|AT_RECURSIVE' : '';
  let mount: number;
  if (step.mapped) {
    const users = trace.openHost('/proc/$pid/ns/user', 'O_RDONLY|O_CLOEXEC');
    mount = trace.opens(`open_tree(AT_FDCWD, ${quoted(step.source)}, ${clone}${recursive})`);
    const wanted = { set: 'MOUNT_ATTR_IDMAP', clear: '0' };
    setAttributes(trace, mount, wanted, { recursive: step.mapped.below, users });
    trace.close(users);
  } else {
    const from = step.source.startsWith('.')
      ? trace.openPlace(root, placeOf(step.cwd, step.source))
      : trace.opens(`open_tree(AT_FDCWD, ${quoted(step.source)}, OPEN_TREE_CLOEXEC)`);
    mount = trace.opens(`open_tree(${from}, "", ${clone}|AT_EMPTY_PATH${recursive})`);
    trace.close(from);
  }
  if (follows !== undefined && !step.follows)
    setAttributes(trace, mount, nothing, { recursive: true, propagation: 'MS_PRIVATE' });
  changeAttributes(trace, mount, step.options);
  put(trace, mount, place);
}

export function bindEachCalls(
  trace: Trace,
  step: StepOf<'bindEach'>,
  { root, follows }: CallFacts,
): void {
  const folder = trace.openHost(step.folder, 'O_RDONLY|O_CLOEXEC|O_PATH|O_DIRECTORY');
  for (const name of step.names) {
    const place = trace.openPlace(root, placeOf(step.cwd, `./${name}`));
    const mount = trace.opens(
      `open_tree(${folder}, ${quoted(`./${name}`)}, OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC)`,
    );
    if (follows !== undefined) setAttributes(trace, mount, nothing, { propagation: 'MS_PRIVATE' });
    setAttributes(trace, mount, changesOf(deviceBindOptions));
    put(trace, mount, place);
  }
}

export function remountCalls(trace: Trace, step: StepOf<'remount'>, { root }: CallFacts): void {
  changeAttributes(trace, trace.openPlace(root, placeOf(step.cwd, step.name)), step.options);
}

export function propagationCalls(
  trace: Trace,
  step: StepOf<'propagation'>,
  { root }: CallFacts,
): void {
  const place = trace.openPlace(root, placeOf(step.cwd, step.name));
  for (const change of step.changes) {
    const recursive = change.startsWith('r');
    const propagation = `MS_${change.slice(recursive ? 1 : 0).toUpperCase()}`;
    setAttributes(trace, place, nothing, { recursive, propagation });
  }
}

/** By mount(8), which from util-linux 2.39 on makes the calls of filesystemCalls. */
export function mountByHand(trace: Trace, step: StepOf<'mount' | 'bind'>): void {
  const flag = (option: string) => (option === 'ro' ? 'MS_RDONLY' : `MS_${option.toUpperCase()}`);
  const isFlag = (option: string) => attributes.some(([on]) => on === option);
  const flags = step.options.filter(isFlag).map(flag);
  const data = step.options.filter((one) => !isAttribute(one)).join(',');
  const [from, to] = [quoted(step.source), quoted(step.name)];
  if (step.kind === 'mount') {
    const told = data === '' ? 'NULL' : quoted(data);
    trace.add(`mount(${from}, ${to}, ${quoted(step.type)}, ${flagsText(flags)}, ${told})`);
    return;
  }
  const kind = ['MS_BIND', ...(step.recursive ? ['MS_REC'] : [])];
  trace.add(`mount(${from}, ${to}, NULL, ${flagsText(kind)}, NULL)`);
  if (flags.length > 0)
    trace.add(
      `mount("none", ${to}, NULL, ${flagsText([...flags, 'MS_REMOUNT', 'MS_BIND'])}, NULL)`,
    );
}
