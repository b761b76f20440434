/** What changes who a process is and what it may do: sudo, setpriv, prlimit, capsh, chrt. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const privilegeCommands = (t: Translate): Commands => ({
  sudo: {
    section: 'sudo(8)',
    text: t('Runs a command as root, if /etc/sudoers allows it to you.'),
    options: {
      '--user, -u': t('Runs it as this user in place of root.'),
      '--non-interactive, -n': t('Never asks for a password: it fails instead.'),
      '--preserve-env, -E': t('Keeps your environment variables.'),
      '--login, -i': t('Starts a login shell of that user.'),
      '--shell, -s': t('Starts a shell.'),
      '--validate, -v': t('Asks for the password, and runs nothing.'),
      '--reset-timestamp, -k': t('Forgets that you gave the password.'),
    },
  },
  su: {
    section: 'su(1)',
    text: t('Starts a shell as another user, root unless one is named.'),
    options: {
      '--command, -c': t('Runs this command in place of a shell.'),
      '--login, -l': t('Starts it as a login shell, with the user’s environment.'),
    },
  },
  setpriv: {
    section: 'setpriv(1)',
    text: t('Starts a program with other IDs, capabilities and privileges.'),
    options: {
      '--reuid': t('Sets the real and effective user ID.'),
      '--regid': t('Sets the real and effective group ID.'),
      '--ruid': t('Sets the real user ID.'),
      '--euid': t('Sets the effective user ID.'),
      '--groups': t('Sets the supplementary groups.'),
      '--clear-groups': t('Removes all supplementary groups.'),
      '--keep-groups': t('Leaves the supplementary groups as they are.'),
      '--init-groups': t('Sets the supplementary groups that /etc/group has for the user.'),
      '--bounding-set': t(
        'Sets the bounding set: capabilities that are not in it cannot be had again.',
      ),
      '--inh-caps': t('Sets the inheritable capabilities.'),
      '--ambient-caps': t(
        'Sets the ambient capabilities, which an ordinary program keeps when it is started.',
      ),
      '--no-new-privs': t(
        'Sets no_new_privs: no program that is started gains privileges. It cannot be unset.',
      ),
      '--pdeathsig': t('The signal that the program gets when its parent ends.'),
      '--seccomp-filter': t('Loads a seccomp filter from a file of BPF. Since util-linux 2.41.'),
      '--securebits': t('Sets the securebits, which change what being root means.'),
      '--dump, -d': t('Shows the privileges that it has, and starts nothing.'),
      '--reset-env': t('Starts with an environment that is almost empty.'),
    },
  },
  bpftool: {
    section: 'bpftool(8)',
    text: t('Shows programs of BPF in the kernel, loads them and attaches them.'),
    options: {},
  },
  prlimit: {
    section: 'prlimit(1)',
    text: t('Shows and sets the resource limits of a process, or of a program that it starts.'),
    options: {
      '--pid, -p': t('The process whose limits these are.'),
      '--as, -v': t('Bytes of address space: soft and hard limit.'),
      '--core, -c': t('Bytes of a core file: soft and hard limit.'),
      '--cpu, -t': t('Seconds on a CPU: soft and hard limit.'),
      '--data, -d': t('Bytes of data and heap: soft and hard limit.'),
      '--fsize, -f': t('Bytes of a file that it writes: soft and hard limit.'),
      '--locks, -x': t('Nothing: Linux does not enforce it.'),
      '--memlock, -l': t('Bytes of locked memory: soft and hard limit.'),
      '--msgqueue, -q': t('Bytes in POSIX message queues: soft and hard limit.'),
      '--nice, -e': t('How far the nice value may be lowered: soft and hard limit.'),
      '--nofile, -n': t('Open files: soft and hard limit.'),
      '--nproc, -u': t('Processes and threads of the user: soft and hard limit.'),
      '--rss, -m': t('Nothing: Linux does not enforce it.'),
      '--rtprio, -r': t('The highest real-time priority: soft and hard limit.'),
      '--rttime, -y': t(
        'Microseconds of real-time CPU time without a blocking call: soft and hard limit.',
      ),
      '--sigpending, -i': t('Signals that may wait: soft and hard limit.'),
      '--stack, -s': t('Bytes of stack: soft and hard limit.'),
    },
  },
  capsh: {
    section: 'capsh(1)',
    text: t('Shows the capabilities of its process, and starts a shell with others.'),
    options: {
      '--print': t('Shows capability sets, securebits and IDs.'),
      '--decode': t('Names the capabilities of a number, as /proc/PID/status has it.'),
      '--drop': t('Removes capabilities from the bounding set.'),
      '--caps': t('Sets the capability sets.'),
      '--has-p': t('Fails unless this capability is permitted.'),
      '--has-b': t('Fails unless this capability is in the bounding set.'),
      '--chroot': t('Changes the root directory to this folder.'),
      '--user': t('Takes the IDs of this user.'),
      '--uid': t('Sets the user ID.'),
      '--gid': t('Sets the group ID.'),
      '--': t('Starts a shell; what follows are its arguments.'),
    },
  },
  getpcaps: { section: 'getpcaps(8)', text: t('Shows the capabilities of processes.') },
  setcap: { section: 'setcap(8)', text: t('Gives capabilities to a program file.') },
  getcap: { section: 'getcap(8)', text: t('Shows the capabilities of program files.') },
  id: {
    section: 'id(1)',
    text: t('Shows the user and the groups of its process, as its user namespace names them.'),
    options: {
      '--user, -u': t('Only the effective user ID.'),
      '--group, -g': t('Only the effective group ID.'),
      '--name, -n': t('The name in place of the number.'),
      '--groups, -G': t('All group IDs.'),
    },
  },
  whoami: { section: 'whoami(1)', text: t('Shows the name of the effective user.') },
  chown: {
    section: 'chown(1)',
    text: t('Changes who owns a file.'),
    options: {
      '--recursive, -R': t('Everything below the folder, too.'),
      '--no-dereference, -h': t('The link itself, not the file that it leads to.'),
    },
  },
  chmod: {
    section: 'chmod(1)',
    text: t('Changes the permissions of a file.'),
    options: {
      '--recursive, -R': t('Everything below the folder, too.'),
    },
  },
  chrt: {
    section: 'chrt(1)',
    text: t('Starts a program under another scheduling policy, or changes that of a process.'),
    options: {
      '--fifo, -f': t('SCHED_FIFO: a real-time policy; it runs until it blocks or yields.'),
      '--rr, -r': t('SCHED_RR: a real-time policy in which equal priorities take turns.'),
      '--other, -o': t('SCHED_OTHER: the usual policy.'),
      '--batch, -b': t('SCHED_BATCH: for work that needs the CPU and nobody’s answer.'),
      '--idle, -i': t('SCHED_IDLE: runs where nothing else wants to.'),
      '--deadline, -d': t('SCHED_DEADLINE: a share of CPU time in each period, before a deadline.'),
      '--sched-runtime, -T': t('CPU time in each period, in nanoseconds.'),
      '--sched-deadline, -D': t('The deadline within each period, in nanoseconds.'),
      '--sched-period, -P': t('The length of a period, in nanoseconds.'),
      '--reset-on-fork, -R': t('Children begin with the usual policy.'),
      '--pid, -p': t('The process that it is about.'),
    },
  },
  nice: {
    section: 'nice(1)',
    text: t('Starts a program with another nice value: the higher, the less CPU time it gets.'),
    options: {
      '--adjustment, -n': t('By how much the nice value is raised.'),
    },
  },
  renice: {
    section: 'renice(1)',
    text: t('Changes the nice value of a process.'),
    options: {
      '--priority, -n': t('The new nice value.'),
      '--pid, -p': t('The process that it is about.'),
    },
  },
  ionice: {
    section: 'ionice(1)',
    text: t('Starts a program with another priority at disks, or changes that of a process.'),
    options: {
      '--class, -c': t('The class: 1 is real-time, 2 best effort, 3 idle.'),
      '--classdata, -n': t('The priority in its class: 0 comes first, 7 last.'),
      '--pid, -p': t('The process that it is about.'),
    },
  },
  setarch: {
    section: 'setarch(8)',
    text: t(
      'Starts a program in another execution domain: under linux32, uname names the 32-bit architecture.',
    ),
  },
  taskset: {
    section: 'taskset(1)',
    text: t('Starts a program on certain CPUs only, or changes those of a process.'),
    options: {
      '--cpu-list, -c': t('The CPUs as a list, such as 0-3,7.'),
      '--pid, -p': t('The process that it is about.'),
    },
  },
});
