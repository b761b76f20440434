/** The system calls of files, links, nodes and names (src/init/files.c). For systemCalls.ts. */
import { usualDevices } from '../config/usualDevices';
import { placeOf } from './mountCalls';
import type { StepOf } from './step';
import { type Trace, quoted } from './straceText';
import type { CallFacts } from './systemCalls';

/** Goes down to the last component of a path below the root, which is made there; all before it are there. */
function goTo(trace: Trace, root: number, path: string): { here: number; name: string } {
  const parts = path.split('/').filter((part) => part !== '');
  let here = trace.opens(`openat(${root}, ".", O_RDONLY|O_CLOEXEC|O_PATH|O_DIRECTORY)`);
  for (const part of parts.slice(0, -1)) {
    const next = trace.opens(
      `openat(${here}, ${quoted(part)}, O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_PATH)`,
    );
    trace.close(here);
    here = next;
  }
  return { here, name: parts.at(-1) ?? '.' };
}

export function createFilesCalls(
  trace: Trace,
  step: StepOf<'createFiles'>,
  { root }: CallFacts,
): void {
  for (const file of step.names) {
    const place = placeOf(step.cwd, file);
    trace.looksFor(root, place);
    const { here, name } = goTo(trace, root, place);
    const flags = 'O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC';
    const made = trace.opens(`openat(${here}, ${quoted(name)}, ${flags}, 0644)`);
    trace.close(here, made);
  }
}

export function registerCalls(trace: Trace, step: StepOf<'register'>, { root }: CallFacts): void {
  const folder = trace.openPlace(root, step.cwd ?? '/', true);
  const flags = 'O_WRONLY|O_NOFOLLOW|O_CLOEXEC';
  const file = trace.opens(`openat(${folder}, ${quoted(plain(step.name))}, ${flags})`);
  const text = `${step.text}\n`;
  trace.add(`write(${file}, ${quoted(text)}, ${text.length})`, text.length);
  trace.close(file, folder);
}

export function createFolderCalls(
  trace: Trace,
  step: StepOf<'createFolder'>,
  { root }: CallFacts,
): void {
  trace.looksFor(root, step.cwd ?? '/', true);
  const { here, name } = goTo(trace, root, step.cwd ?? '/');
  trace.add(`mkdirat(${here}, ${quoted(name)}, 0755)`);
}

export function symlinksCalls(trace: Trace, step: StepOf<'symlinks'>, { root }: CallFacts): void {
  const folder = trace.openPlace(root, step.cwd ?? '/', true);
  for (const [target, name] of step.links)
    trace.add(`symlinkat(${quoted(target)}, ${folder}, ${quoted(plain(name))})`);
}

export function copyCalls(trace: Trace, step: StepOf<'copy'>, { root }: CallFacts): void {
  for (const source of step.sources) {
    const folder = trace.openPlace(root, step.cwd ?? '/', true);
    node(trace, folder, source.replace('/dev/', ''), 'c', 0o666, usualDevices[source] ?? []);
    trace.close(folder);
  }
}

export function mknodCalls(trace: Trace, step: StepOf<'mknod'>, { root }: CallFacts): void {
  const folder = trace.openPlace(root, step.cwd ?? '/', true);
  node(trace, folder, plain(step.name), step.type, step.mode ?? 0o666, step.numbers);
}

function node(
  trace: Trace,
  folder: number,
  name: string,
  type: string,
  mode: number,
  numbers: readonly number[],
): void {
  const kind = type === 'p' ? 'S_IFIFO' : type === 'b' ? 'S_IFBLK' : 'S_IFCHR';
  const device = kind === 'S_IFIFO' ? '' : `, makedev(${numbers.map(hex).join(', ')})`;
  trace.add(`mknodat(${folder}, ${quoted(name)}, ${kind}|${octal(mode)}${device})`);
}

export function chownCalls(trace: Trace, step: StepOf<'chown'>, { root }: CallFacts): void {
  const folder = trace.openPlace(root, step.cwd ?? '/', true);
  trace.add(
    `fchownat(${folder}, ${quoted(plain(step.name))}, ${step.uid}, ${step.gid}, AT_SYMLINK_NOFOLLOW)`,
  );
}

export function setNameCalls(trace: Trace, { program, value }: StepOf<'setName'>): void {
  trace.add(`set${program}(${quoted(value)}, ${Buffer.byteLength(value)})`);
}

export function loopbackCalls(trace: Trace): void {
  const asked = trace.opens('socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP)');
  trace.add(`ioctl(${asked}, SIOCGIFFLAGS, {ifr_name="lo", ifr_flags=IFF_LOOPBACK})`);
  trace.add(`ioctl(${asked}, SIOCSIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP|IFF_LOOPBACK})`);
}

function plain(name: string): string {
  return name.replace(/^\.\//, '');
}

function hex(number: number): string {
  return number === 0 ? '0' : `0x${number.toString(16)}`;
}

export function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}
