/**
 * What a command, option, namespace, capability, mount option, state … means: the one place for these texts.
 * Called by hovers, tooltips, the evidence of lessons and the panels.
 */
import type { Translate } from '../translate';
import { capabilities } from './capabilities';
import { capabilitySets } from './capabilitySets';
import { columns } from './columns';
import { commandTable, optionTable } from './commandTables';
import { containerStates } from './containerStates';
import { descriptors } from './descriptors';
import { fileName, files } from './files';
import { filesystems } from './filesystems';
import { hierarchies } from './hierarchies';
import { ids } from './ids';
import { limits } from './limits';
import { memory } from './memory';
import { mountOptionName, mountOptions } from './mountOptions';
import { namespaces } from './namespaces';
import { places } from './places';
import { processStates } from './processStates';
import { seccompActions } from './seccompActions';
import { signals } from './signals';
import { sockets } from './sockets';
import { terms } from './terms';
import { byName, type Table, type Word } from './WordTable';

const tables = {
  /** `unshare` */
  command: commandTable,
  /** With its command: `unshare --fork`, `mount -t`. */
  option: optionTable,
  /** As in /proc/PID/ns or as in config.json: `mnt`, `mount`. */
  namespace: namespaces,
  /** `CAP_KILL`, `KILL`, `kill` */
  capability: capabilities,
  /** `effective`, `bounding` …, `no_new_privs`, `seccomp` */
  capabilitySet: capabilitySets,
  /** `nosuid`, `size=64m`, `rro` */
  mountOption: mountOptions,
  /** `proc`, `tmpfs` */
  filesystem: filesystems,
  /** The letter of proc_pid_stat(5): `Z` */
  processState: processStates,
  /** `running`, `paused` */
  containerState: containerStates,
  /** `SIGTERM`, `TERM`, `15` */
  signal: signals,
  /** As in /proc/PID/limits or in config.json: `open files`, `RLIMIT_NOFILE`. */
  limit: limits,
  /** `SCMP_ACT_ERRNO` */
  seccompAction: seccompActions,
  /** `real user`, `map` */
  id: ids,
  /** `Pss` */
  memory,
  /** `program`, `folder`, `root` */
  place: places,
  /** A path, or a file of a cgroup: `/proc/self/uid_map`, `pids.max`. */
  file: files,
  /** What /proc/PID/fd leads to: `pipe`; and `0` to `2`. */
  descriptor: descriptors,
  /** `tcp`, `listening` */
  socket: sockets,
  /** Of a line of /proc/PID/cgroup: `unified` */
  hierarchy: hierarchies,
  /** `PID 1`, `parent`, `hostname`, `process in front` */
  term: terms,
  /** Of ps -o: `ppid` */
  column: columns,
} as const satisfies Record<string, (t: Translate) => Table>;

export type WordKind = keyof typeof tables;

export const wordKinds = Object.keys(tables) as WordKind[];

/**
 * @param name as the examples of `tables` have it; may come from a container
 * @param t `vscode.l10n.t`
 * @returns undefined where there is no word for it
 */
export function word(kind: WordKind, name: string, t: Translate): Word | undefined {
  return wordsOf(kind, t).get(usualName(kind, name));
}

/** Every name of a kind with its word. */
export function wordsOf(kind: WordKind, t: Translate): ReadonlyMap<string, Word> {
  let ofLanguage = made.get(t);
  if (!ofLanguage) made.set(t, (ofLanguage = new Map<WordKind, ReadonlyMap<string, Word>>()));
  let words = ofLanguage.get(kind);
  if (!words) ofLanguage.set(kind, (words = byName(tables[kind](t))));
  return words;
}

const made = new WeakMap<Translate, Map<WordKind, ReadonlyMap<string, Word>>>();

function usualName(kind: WordKind, name: string): string {
  switch (kind) {
    case 'capability':
      return name.toUpperCase().replace(/^CAP_/, '');
    case 'signal':
      return name.toUpperCase().replace(/^(?:SIG)?(?=[A-Z])/, 'SIG');
    case 'mountOption':
      return mountOptionName(name);
    case 'file':
      return fileName(name);
    default:
      return name;
  }
}
