/** The text of the document that shows what is inside a process. Everything from the container is made visible. */
import * as vscode from 'vscode';
import type { ProcessInspection } from '../../../protocol/inspection';
import { visible } from '../../../core/text/visible';
import { describeState } from '../../../core/tree/describe';
import { formatBytes } from '../../../core/tree/formatAmounts';
import type { Inspection } from '../../services/Inspections';

/** A heading, a manual page, and what it is about: for the hover. */
export interface Section {
  readonly title: string;
  readonly manual: string;
  readonly about: string;
}

export type SectionName =
  | 'ids'
  | 'namespaces'
  | 'capabilities'
  | 'places'
  | 'cgroup'
  | 'limits'
  | 'files'
  | 'sockets'
  | 'memory'
  | 'mounts'
  | 'environment';

export function sections(): Record<SectionName, Section> {
  const { t } = vscode.l10n;
  return {
    ids: {
      title: t('Users and groups'),
      manual: 'credentials(7)',
      about: t(
        'The real ids say whose process it is, the effective ones what it may do. Inside is what it sees itself, outside what the host sees: they differ in a user namespace.',
      ),
    },
    namespaces: {
      title: t('Namespaces'),
      manual: 'namespaces(7)',
      about: t(
        'What of the system it sees. A number is the namespace itself: the same number, the same namespace.',
      ),
    },
    capabilities: {
      title: t('Privileges'),
      manual: 'capabilities(7)',
      about: t(
        'What root may do, in parts. Effective ones count now; the bounding set is the most that a program started from here can get.',
      ),
    },
    places: {
      title: t('Program and folders'),
      manual: 'proc_pid_cwd(5)',
      about: t('Paths as the container sees them.'),
    },
    cgroup: {
      title: t('Control groups'),
      manual: 'cgroups(7)',
      about: t('The groups in which its memory, CPU time and processes are counted and limited.'),
    },
    limits: {
      title: t('Resource limits'),
      manual: 'getrlimit(2)',
      about: t('The soft limit is in force; the process may raise it up to the hard one.'),
    },
    files: {
      title: t('Open files'),
      manual: 'proc_pid_fd(5)',
      about: t('Its descriptors: 0 is its input, 1 its output, 2 its errors.'),
    },
    sockets: {
      title: t('Sockets'),
      manual: 'proc_pid_net(5)',
      about: t('TCP, UDP and unix sockets among its open files.'),
    },
    memory: {
      title: t('Memory'),
      manual: 'proc_pid_smaps(5)',
      about: t(
        'Rss is all that is in memory; Pss divides what is shared by those who share it; Private is its alone.',
      ),
    },
    mounts: {
      title: t('Mounts'),
      manual: 'mount_namespaces(7)',
      about: t('What its mount namespace has where.'),
    },
    environment: {
      title: t('Environment'),
      manual: 'environ(7)',
      about: t(
        'As it was when the program began; what the program has changed since is not in it. It may hold secrets.',
      ),
    },
  };
}

export function inspectionText(inspection: Inspection): string {
  const { container, row: process, found } = inspection;
  const { t } = vscode.l10n;
  const part = sections();
  const lines: string[] = [];
  const section = ({ title, manual }: Section, rows: readonly string[]) => {
    if (rows.length > 0) lines.push('', `■ ${title}  ${manual}`, ...rows.map((row) => `  ${row}`));
  };
  if (process) {
    lines.push(
      t(
        '{0}: PID {1} in {2}, {3} on the host',
        visible(process.name),
        process.pid,
        visible(container),
        process.hostPid,
      ),
      `  ${process.commandLine === '' ? t('(no command line)') : visible(process.commandLine)}`,
      `  ${t('{0} · nice {1} · {2} · since {3}', inspection.goneAt ? t('ended') : t(describeState(process.state)), process.nice, process.threads === 1 ? t('1 thread') : t('{0} threads', process.threads), new Date(process.startedAt).toLocaleString(vscode.env.language))}`,
    );
  }
  lines.push(...(process ? [''] : []), ...standing(inspection));
  if (found.heldUp)
    lines.push('', t('Its memory is left alone: reading it kept everybody waiting before.'));
  const place = (name: string, path: string | undefined) =>
    path === undefined ? [] : [`${name.padEnd(12)}${visible(path)}`];
  section(part.places, [
    ...place(t('program'), found.exe),
    ...place(t('folder'), found.cwd),
    ...place(t('root'), found.root),
    ...untold(found, 'places'),
  ]);
  section(part.ids, [
    ...table([
      ['', t('inside'), t('outside')],
      ...found.ids.map(({ of, inside, outside }) => [of, String(inside), String(outside)]),
    ]),
    ...(found.groups.length > 0 ? [t('supplementary groups: {0}', found.groups.join(' '))] : []),
  ]);
  section(part.namespaces, [
    ...table(
      found.namespaces.map(({ type, inode, isHosts, isPid1s }) => [
        type,
        visible(inode),
        isHosts ? t('the host’s') : t('its own, not the host’s'),
        isPid1s ? t('same as PID 1') : t('another than PID 1'),
      ]),
    ),
    // One that this kernel does not have is none that is missing.
    ...(found.ended || found.namespaces.length === 0 ? untold(found, 'namespaces') : []),
  ]);
  const { capabilities } = found;
  const set = (names: readonly string[]) =>
    names.length === 0 ? t('none') : names.length > 40 ? t('all') : names.map(visible).join(' ');
  section(part.capabilities, [
    ...table([
      [t('effective'), set(capabilities.effective)],
      [t('permitted'), set(capabilities.permitted)],
      [t('bounding'), set(capabilities.bounding)],
      [t('inheritable'), set(capabilities.inheritable)],
      [t('ambient'), set(capabilities.ambient)],
      [
        'no_new_privs',
        found.noNewPrivileges ? t('yes: no program it starts can gain any') : t('no'),
      ],
      ['seccomp', found.seccomp],
    ]),
  ]);
  section(part.memory, [...memoryRows(found), ...untold(found, 'memory')]);
  section(part.cgroup, [...found.cgroup.map(visible), ...table(found.cgroupLimits.map(limitRow))]);
  section(part.files, [
    ...found.files.entries.map(({ fd, target }) => `${String(fd).padStart(4)}  ${visible(target)}`),
    ...left(found.files),
    ...untold(found, 'files'),
  ]);
  section(
    part.sockets,
    table(
      found.sockets.map(({ protocol, local, remote, state }) =>
        [protocol, local, remote, state].map(visible),
      ),
    ),
  );
  section(
    part.limits,
    table([
      ['', t('soft'), t('hard')],
      ...found.limits.map(({ name, soft, hard, unit }) => [name, soft, hard, unit].map(visible)),
    ]),
  );
  section(part.mounts, [
    ...table(
      found.mounts.entries.map(({ place: at, type, source, options }) =>
        [at, type, source, options].map(visible),
      ),
    ),
    ...left(found.mounts),
    ...untold(found, 'mounts'),
  ]);
  section(
    part.environment,
    found.environment || found.ended
      ? [...(found.environment ?? []).map(visible), ...untold(found, 'environment')]
      : [t('Not read. “Show Environment” above this line reads it.')],
  );
  return `${lines.join('\n')}\n`;
}

/** What has become of it since, and from when what follows is. */
function standing({ found, parent, readAt, goneAt }: Inspection): string[] {
  const { t } = vscode.l10n;
  const [read, gone] = [readAt, goneAt].map(
    (at) => at?.toLocaleTimeString(vscode.env.language) ?? '',
  ) as [string, string];
  const words: string[] = [];
  if (goneAt)
    words.push(
      t('It has ended: noticed at {0}. What follows is the last reading, of {1}.', gone, read),
    );
  else if (found.ended)
    words.push(
      parent
        ? t(
            'It is a zombie: it has ended, and its parent {0} (PID {1}) has not asked for its exit status.',
            visible(parent.name),
            parent.pid,
          )
        : t('It is a zombie: it has ended.'),
      t('The kernel keeps what follows until its exit status is asked for.'),
    );
  if (found.thread !== undefined)
    words.push(
      t(
        'Its main thread has ended, and others run on: what follows is of thread {0}.',
        found.thread,
      ),
    );
  if (!goneAt) words.push(t('Read at {0}.', read));
  return words;
}

/** Why a part is missing, or something in it. */
function untold(
  { ended, untold: all }: ProcessInspection,
  part: ProcessInspection['untold'][number]['part'],
): string[] {
  const { t } = vscode.l10n;
  if (ended) return [t('Gone: the kernel freed it when the process ended.')];
  const errno = all.find((one) => one.part === part)?.errno;
  switch (errno) {
    case undefined:
      return [];
    case 'EACCES':
    case 'EPERM':
      return [t('The kernel does not tell it to this helper ({0}).', errno)];
    case 'ENAMETOOLONG':
      return [t('A path is longer than the kernel can tell ({0}).', errno)];
    default:
      return [t('It was gone when it was asked for ({0}).', visible(errno))];
  }
}

/** A limit of a cgroup in words: what it is, and which cgroup has it. */
function limitRow({ file, value, cgroup }: ProcessInspection['cgroupLimits'][number]): string[] {
  const isBytes = /^memory\./.test(file) && /^\d+$/.test(value);
  return [file, isBytes ? formatBytes(Number(value)) : value, cgroup].map(visible);
}

function memoryRows({ memory }: ProcessInspection): string[] {
  const wanted = ['Rss', 'Pss', 'Private_Clean', 'Private_Dirty', 'Shared_Clean', 'Swap'];
  return table(
    memory
      .filter(({ name }) => wanted.includes(name))
      .map(({ name, kib }) => [name.replace('_', ' '), formatBytes(kib * 1024)]),
  );
}

function left({
  entries,
  total,
}: {
  readonly entries: readonly unknown[];
  readonly total: number;
}) {
  return total > entries.length ? [vscode.l10n.t('{0} more', total - entries.length)] : [];
}

/** Columns as wide as their widest entry, within reason. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => (widths[at] = Math.min(32, Math.max(widths[at] ?? 0, cell.length))));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
