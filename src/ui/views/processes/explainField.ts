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
        user: t('User and group ids, and the scope of capabilities.'),
        cgroup: t('The root of the cgroup tree as seen inside.'),
        time: t('Offsets of the monotonic and boot-time clocks.'),
      };
    case 'ids':
      return {
        'real user': t('The owner of the process: decides who may signal it.'),
        'real group': t('The primary group of the user who started it.'),
        'effective user': t('Used for permission checks: files, signals, other processes.'),
        'effective group': t('Used for permission checks on files, with the supplementary groups.'),
        'saved user': t('What it may change its effective user back to.'),
        'saved group': t('What it may change its effective group back to.'),
        'filesystem user': t(
          'Same as the effective one, unless the program changed it (setfsuid(2), setfsgid(2)).',
        ),
        'filesystem group': t(
          'Same as the effective one, unless the program changed it (setfsuid(2), setfsgid(2)).',
        ),
      };
    case 'capabilities':
      return {
        [t('effective')]: t('What the kernel checks at this moment.'),
        [t('permitted')]: t('Capabilities that it may make effective.'),
        [t('bounding')]: t(
          'The upper limit for it and its children, even through set-user-ID-root programs.',
        ),
        [t('inheritable')]: t(
          'Kept across execve(2) where the file’s inheritable set has them too.',
        ),
        [t('ambient')]: t('Kept across execve(2) of an ordinary program.'),
        no_new_privs: t(
          'No program that it starts gains privileges: set-user-ID bits and file capabilities have no effect.',
        ),
        seccomp: t('Whether a filter restricts its system calls.'),
      };
    case 'memory':
      return {
        Rss: t('All resident pages; shared pages count in full.'),
        Pss: t('Resident pages; each shared page is divided by the number of its users.'),
        'Private Clean': t('Private pages that can be dropped: they are also on disk.'),
        'Private Dirty': t('Private modified pages: what its exit would free.'),
        'Shared Clean': t('Pages shared with others, mostly code of programs and libraries.'),
        Swap: t('Pages that have been written out to swap.'),
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
        'stack size': t('The stack of its main thread.'),
        'core file size': t('0 writes none when it crashes.'),
        'resident set': t('Nothing: Linux does not enforce it.'),
        processes: t('Processes and threads of its real user, in its user namespace.'),
        'open files': t('One more than the highest descriptor that it may have.'),
        'locked memory': t('Memory that it may lock, so that it is not swapped out.'),
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
