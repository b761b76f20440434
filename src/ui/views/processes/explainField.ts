/** A sentence about one field of the document about a process, for the hover. Called by `ProcessDocuments`. */
import type { Translate } from '../../model/translate';
import { capabilities } from './explainCapability';
import { explainCgroup, explainFile, explainMount, explainSocket } from './explainRow';
import type { SectionName } from './sections';

/**
 * @param row the line below the pointer
 * @param word the word below the pointer
 * @returns undefined where the explanation of the section is enough
 */
export function explainField(
  section: SectionName,
  row: string,
  word: string,
  t: Translate,
): string | undefined {
  const ofRow = rowExplainers[section]?.(row, t) ?? [];
  if (ofRow.length > 0) return ofRow.join(' ');
  const all = capabilities(t);
  if (section === 'capabilities' && Object.hasOwn(all, word))
    return `**CAP_${word}**: ${all[word]}`;
  const name = row.trim();
  const fields = fieldsOf(section, t);
  const field = Object.keys(fields).find((one) => name === one || name.startsWith(`${one} `));
  return field === undefined ? undefined : `**${field}**: ${fields[field]}`;
}

const rowExplainers: Partial<Record<SectionName, (row: string, t: Translate) => string[]>> = {
  files: explainFile,
  sockets: explainSocket,
  mounts: explainMount,
  cgroup: explainCgroup,
};

function fieldsOf(section: SectionName, t: Translate): Record<string, string> {
  switch (section) {
    case 'namespaces':
      return {
        pid: t('Which processes there are, and their numbers.'),
        mnt: t('Which file systems are mounted where.'),
        net: t('Network interfaces, addresses, routes, ports and firewall rules.'),
        uts: t('The host name.'),
        ipc: t('System V IPC and POSIX message queues.'),
        user: t('Users, groups and what capabilities count for.'),
        cgroup: t('Where the tree of cgroups seems to begin.'),
        time: t('How long the system seems to be up.'),
      };
    case 'ids':
      return {
        'real user': t('Whose process it is: who may signal it.'),
        'real group': t('The group of whoever started it.'),
        'effective user': t('What its access to files and to others is judged by.'),
        'effective group': t(
          'What its access to files is judged by, beside the supplementary groups.',
        ),
        'saved user': t('What it may change its effective user back to.'),
        'saved group': t('What it may change its effective group back to.'),
        'filesystem user': t('As the effective one, unless a file server set it.'),
        'filesystem group': t('As the effective one, unless a file server set it.'),
      };
    case 'capabilities':
      return {
        [t('effective')]: t('What the kernel checks at this moment.'),
        [t('permitted')]: t('What it may make effective.'),
        [t('bounding')]: t('What it and what it starts can ever get, even from set-user-ID root.'),
        [t('inheritable')]: t('What a program with file capabilities may keep across its start.'),
        [t('ambient')]: t('What ordinary programs that it starts keep.'),
        no_new_privs: t(
          'Once it is set, no program that it starts gains anything: no set-user-ID.',
        ),
        seccomp: t('Whether a filter decides which system calls it may make.'),
      };
    case 'memory':
      return {
        Rss: t('All of its pages that are in memory, shared ones in full.'),
        Pss: t('The same with shared pages divided among those who share them.'),
        'Private Clean': t('Its own pages that can be dropped: they are on disk too.'),
        'Private Dirty': t('Its own pages that exist nowhere else: what its end would free.'),
        'Shared Clean': t('Pages shared with others, mostly code of programs and libraries.'),
        Swap: t('What of it has been written out to swap.'),
      };
    case 'places':
      return {
        [t('program')]: t('The file that it runs.'),
        [t('folder')]: t('Where its relative paths begin.'),
        [t('root')]: t('Where its absolute paths begin.'),
      };
    case 'limits':
      return {
        'cpu time': t('Seconds on a CPU; then SIGXCPU.'),
        'file size': t('The largest size that it may write a file to; then SIGXFSZ.'),
        'data size': t('Its data and heap together.'),
        'stack size': t('Of its main thread.'),
        'core file size': t('0 writes none when it crashes.'),
        'resident set': t('Nothing: Linux does not enforce it.'),
        processes: t('Of its real user together, threads counted, in its user namespace.'),
        'open files': t('One more than the highest descriptor that it may have.'),
        'locked memory': t('What it may keep out of swap.'),
        'address space': t('All of its mappings together.'),
        'file locks': t('Nothing: Linux does not enforce it.'),
        'pending signals': t('Signals that wait for processes of its real user.'),
        'msgqueue size': t('Bytes in the POSIX message queues of its real user.'),
        'nice priority': t('How far it may lower its nice value: to 20 minus this.'),
        'realtime priority': t(
          'The highest priority that it may take under a real-time scheduling policy.',
        ),
        'realtime timeout': t(
          'Microseconds of CPU time under a real-time scheduling policy without a blocking system call; then SIGXCPU.',
        ),
      };
    default:
      return {};
  }
}
