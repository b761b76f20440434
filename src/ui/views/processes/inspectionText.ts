/**
 * The text of the document about a process: its sections, in order. Strings from the container are
 * escaped (`escapeControlCharacters`). Called by `registerProcessDocuments`.
 */
import * as vscode from 'vscode';
import type { ProcessInspection } from '../../../protocol/inspection';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { wrapWords } from '../../../core/text/wrapWords';
import { describeState } from '../../../core/tree/describe';
import { formatBytes } from '../../../core/tree/formatAmounts';
import type { Inspection } from '../../services/Inspections';
import { inspectionStatus } from './inspectionStatus';
import { type Section, sections } from './sections';
import { textTable } from './textTable';

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
        escapeControlCharacters(process.name),
        process.pid,
        escapeControlCharacters(container),
        process.hostPid,
      ),
      `  ${process.commandLine === '' ? t('(no command line)') : escapeControlCharacters(process.commandLine)}`,
      ...(process.emulated === undefined
        ? []
        : [
            `  ${t('emulated: a program for {0}, and what is below is of the emulator that runs it', process.emulated)}`,
          ]),
      `  ${t('{0} · nice {1} · {2} · since {3}', inspection.goneAt ? t('ended') : t(describeState(process.state)), process.nice, process.threads === 1 ? t('1 thread') : t('{0} threads', process.threads), new Date(process.startedAt).toLocaleString(vscode.env.language))}`,
    );
  }
  lines.push(...(process ? [''] : []), ...inspectionStatus(inspection));
  if (found.heldUp)
    lines.push('', t('Its memory is left alone: reading it kept everybody waiting before.'));
  const place = (name: string, path: string | undefined) =>
    path === undefined ? [] : [`${name.padEnd(12)}${escapeControlCharacters(path)}`];
  section(part.places, [
    ...place(t('program'), found.exe),
    ...place(t('folder'), found.cwd),
    ...place(t('root'), found.root).map((line) => `${line}  ${whoseRoot(found.rootIs)}`.trimEnd()),
    ...untold(found, 'places'),
  ]);
  section(part.ids, [
    ...textTable([
      ['', t('inside'), t('outside')],
      ...found.ids.map(({ of, inside, outside }) => [of, String(inside), String(outside)]),
    ]),
    ...(found.groups.length > 0
      ? wrapped(t('supplementary groups: {0}', found.groups.join(' ')))
      : []),
  ]);
  section(part.namespaces, [
    ...textTable(
      found.namespaces.map(({ type, inode, isHosts, isPid1s }) => [
        type,
        escapeControlCharacters(inode),
        isHosts ? t('the host’s') : t('its own, not the host’s'),
        isPid1s ? t('same as PID 1') : t('another than PID 1'),
      ]),
    ),
    // A namespace type that this kernel does not have is not missing.
    ...(found.ended || found.namespaces.length === 0 ? untold(found, 'namespaces') : []),
  ]);
  const { capabilities } = found;
  const set = (title: string, names: readonly string[]) => {
    const text =
      names.length === 0
        ? t('none')
        : names.length > 40
          ? t('all')
          : names.map(escapeControlCharacters).join(' ');
    return wrapped(text).map((line, at) => [at === 0 ? title : '', line]);
  };
  section(part.capabilities, [
    ...textTable([
      ...set(t('effective'), capabilities.effective),
      ...set(t('permitted'), capabilities.permitted),
      ...set(t('bounding'), capabilities.bounding),
      ...set(t('inheritable'), capabilities.inheritable),
      ...set(t('ambient'), capabilities.ambient),
      [
        'no_new_privs',
        found.noNewPrivileges ? t('yes: no program it starts can gain any') : t('no'),
      ],
      ['seccomp', found.seccomp],
    ]),
  ]);
  section(part.memory, [...memoryRows(found), ...untold(found, 'memory')]);
  section(part.cgroup, [
    ...found.cgroup.map(escapeControlCharacters),
    ...textTable(found.cgroupLimits.map(limitRow)),
  ]);
  section(part.files, [
    ...found.files.entries.map(
      ({ fd, target }) => `${String(fd).padStart(4)}  ${escapeControlCharacters(target)}`,
    ),
    ...left(found.files),
    ...untold(found, 'files'),
  ]);
  section(
    part.sockets,
    textTable(
      found.sockets.map(({ protocol, local, remote, state }) =>
        [protocol, local, remote, state].map(escapeControlCharacters),
      ),
    ),
  );
  section(
    part.limits,
    textTable([
      ['', t('soft'), t('hard')],
      ...found.limits.map(({ name, soft, hard, unit }) =>
        [name, soft, hard, unit].map(escapeControlCharacters),
      ),
    ]),
  );
  section(part.mounts, [
    ...textTable(
      found.mounts.entries.map(({ place: at, type, source, options }) =>
        [at, type, source, options].map(escapeControlCharacters),
      ),
    ),
    ...left(found.mounts),
    ...untold(found, 'mounts'),
  ]);
  section(
    part.environment,
    found.environment || found.ended
      ? [...(found.environment ?? []).map(escapeControlCharacters), ...untold(found, 'environment')]
      : [t('Not read. “Show Environment” above this line reads it.')],
  );
  return `${lines.join('\n')}\n`;
}

/** Why a part of the inspection is missing or incomplete. */
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
      return [t('It was gone when it was asked for ({0}).', escapeControlCharacters(errno))];
  }
}

function whoseRoot(rootIs: ProcessInspection['rootIs']): string {
  const { t } = vscode.l10n;
  switch (rootIs) {
    case 'host':
      return t('the host’s own: it sees the files of this machine');
    case 'folder':
      return t('a folder of what it was started on (chroot)');
    case 'own':
      return t('a root of its own');
    case undefined:
      return '';
  }
}

/** The row of a cgroup's limit: file, value, cgroup. */
function limitRow({ file, value, cgroup }: ProcessInspection['cgroupLimits'][number]): string[] {
  const isBytes = /^memory\./.test(file) && /^\d+$/.test(value);
  return [file, isBytes ? formatBytes(Number(value)) : value, cgroup].map(escapeControlCharacters);
}

function memoryRows({ memory }: ProcessInspection): string[] {
  const wanted = ['Rss', 'Pss', 'Private_Clean', 'Private_Dirty', 'Shared_Clean', 'Swap'];
  return textTable(
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

/** Lines that can be read beside the two side bars of a small screen. */
export function wrapped(text: string): string[] {
  return wrapWords(text, 64).split('\r\n');
}
