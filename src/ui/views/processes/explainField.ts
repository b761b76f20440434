/** A sentence about one field of the document that shows what is inside a process: for the hover. */
import * as vscode from 'vscode';
import type { SectionName } from './inspectionText';

/**
 * @param row a line of that section
 * @param word what the pointer is on
 * @returns undefined where the section's own explanation is enough
 */
export function explainField(section: SectionName, row: string, word: string): string | undefined {
  const name = row.trim();
  const fields = fieldsOf(section);
  const field = Object.keys(fields).find((one) => name === one || name.startsWith(`${one} `));
  const capability = section === 'capabilities' ? capabilities()[word] : undefined;
  if (capability !== undefined) return `**CAP_${word}**: ${capability}`;
  return field === undefined ? undefined : `**${field}**: ${fields[field]}`;
}

function fieldsOf(section: SectionName): Record<string, string> {
  const { t } = vscode.l10n;
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
        'effective group': t('What its access to files is judged by, beside the further groups.'),
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
        'file size': t('The longest file that it may write; then SIGXFSZ.'),
        'stack size': t('Of its main thread.'),
        'core file size': t('0 writes none when it crashes.'),
        processes: t('Of its real user together, threads counted, in its user namespace.'),
        'open files': t('One more than the highest descriptor that it may have.'),
        'locked memory': t('What it may keep out of swap.'),
        'address space': t('All of its mappings together.'),
      };
    default:
      return {};
  }
}

/** capabilities(7), each in a few words. */
function capabilities(): Record<string, string> {
  const { t } = vscode.l10n;
  return {
    CHOWN: t('give files to anybody.'),
    DAC_OVERRIDE: t('ignore the permissions of files.'),
    DAC_READ_SEARCH: t('read every file and folder.'),
    FOWNER: t('do to any file what only its owner may.'),
    FSETID: t('keep set-user-ID bits of files that it changes.'),
    KILL: t('signal processes of other users.'),
    SETGID: t('become any group.'),
    SETUID: t('become any user.'),
    SETPCAP: t('drop from the bounding set, and pass on capabilities.'),
    NET_BIND_SERVICE: t('listen on ports below 1024.'),
    NET_ADMIN: t('configure interfaces, routes and firewalls.'),
    NET_RAW: t('send and see raw packets.'),
    SYS_MODULE: t('load modules into the kernel: as good as the whole machine.'),
    SYS_RAWIO: t('reach ports and disks past the kernel.'),
    SYS_CHROOT: t('use chroot.'),
    SYS_PTRACE: t('look into and change any process.'),
    SYS_ADMIN: t('mount, and a hundred other things: nearly root.'),
    SYS_BOOT: t('reboot, and load another kernel.'),
    SYS_NICE: t('lower nice values and choose schedulers and CPUs.'),
    SYS_RESOURCE: t('raise limits and use reserved space.'),
    SYS_TIME: t('set the clock.'),
    MKNOD: t('make device files.'),
    AUDIT_WRITE: t('write to the kernel’s audit log.'),
    SETFCAP: t('give capabilities to files.'),
    SYSLOG: t('read the kernel’s log.'),
    BPF: t('load BPF programs.'),
    PERFMON: t('measure the whole system.'),
    CHECKPOINT_RESTORE: t('choose PIDs, and follow others’ links in /proc.'),
  };
}
