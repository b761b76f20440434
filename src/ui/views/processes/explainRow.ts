/**
 * The words for a row of the lists of open files, sockets, mounts and cgroups, for the hover. Called by
 * `explainField`.
 */
import type { Word } from '../../model/words/WordTable';
import type { WordKind } from '../../model/words/word';

/** `word` in the user's language. */
export type FindWord = (kind: WordKind, name: string) => Word | undefined;

type Patterns = readonly (readonly [pattern: RegExp, name: string])[];

const openFiles: Patterns = [
  [/^socket:\[/, 'socket'],
  [/^pipe:\[/, 'pipe'],
  ...['eventpoll', 'eventfd', 'timerfd', 'signalfd', 'inotify', 'pidfd', 'io_uring'].map(
    (name) => [new RegExp(`^anon_inode:.*${name}`), name] as const,
  ),
  [/^anon_inode:/, 'anonymous'],
  [/^\/memfd:/, 'memfd'],
  [/^\/dev\/(?:pts\/\d+|tty\d*|console)$/, 'terminal'],
  [/^\/dev\//, 'device'],
  [/ \(deleted\)$/, 'deleted'],
  [/^\//, 'file'],
];

/** proc_pid_fd(5): `  3  socket:[4711]` */
export function explainFile(row: string, find: FindWord): Word[] {
  const [, descriptor, target = ''] = /^ *(\d+) {2,}(.*)$/.exec(row) ?? [];
  if (descriptor === undefined) return [];
  const special = target === '/dev/null' ? find('file', target) : undefined;
  return [
    find('descriptor', descriptor),
    special ?? find('descriptor', first(openFiles, target) ?? ''),
  ].filter((one) => one !== undefined);
}

const protocols = ['tcp', 'udp', 'unix stream', 'unix datagram', 'unix'];
const states = [
  ...['listening', 'established', 'unconnected', 'connected', 'connecting', 'being accepted'],
  ...['time wait', 'closed by the other side', 'closing'],
];

/** proc_pid_net(5): `tcp  127.0.0.1:80  0.0.0.0:0  listening` */
export function explainSocket(row: string, find: FindWord): Word[] {
  const protocol = protocols.find((name) => row.trim().startsWith(name));
  const state = states.find((name) => row.endsWith(` ${name}`));
  return [protocol, protocol && state]
    .map((name) => (name === undefined ? undefined : find('socket', name)))
    .filter((one) => one !== undefined);
}

/** mount_namespaces(7): `/proc  proc  proc  rw,nosuid` */
export function explainMount(row: string, find: FindWord): Word[] {
  const type = row.trim().split(/ {2,}/)[1] ?? '';
  const found =
    find('filesystem', type.replace(/^fuse\..*/, 'fuse')) ??
    (/^\w+$/.test(type) ? find('filesystem', 'other') : undefined);
  return found ? [found] : [];
}

const memberships: Patterns = [
  [/^0::/, 'unified'],
  [/^\d+:name=/, 'named'],
  [/^\d+:/, 'controllers'],
];

/** cgroups(7): `0::/box`, `4:memory:/box`, `memory.max  512 MiB  /box` */
export function explainCgroup(row: string, find: FindWord): Word[] {
  const text = row.trim();
  const [file = ''] = text.split(' ');
  const found = file.includes(':')
    ? find('hierarchy', first(memberships, text) ?? '')
    : find('file', file);
  return found ? [found] : [];
}

function first(patterns: Patterns, text: string): string | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1];
}
