/** What starts, shows and ends processes: setsid, ps, kill, sleep. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const processCommands = (t: Translate): Commands => ({
  setsid: {
    section: 'setsid(1)',
    text: t('Starts a program in a new session, of which it is the leader.'),
    options: {
      '--ctty, -c': t('The terminal becomes the controlling terminal of the new session.'),
      '--fork, -f': t('Always starts it as a child.'),
      '--wait, -w': t('Waits for its end, and returns its exit status.'),
    },
  },
  env: {
    section: 'env(1)',
    text: t('Starts a program with other environment variables, or shows its own.'),
    options: {
      '--ignore-environment, -i': t('Begins with an empty environment.'),
      '--unset, -u': t('Leaves this variable out.'),
    },
  },
  ps: {
    section: 'ps(1)',
    text: t('Lists processes as it reads them from /proc: it sees what the procfs there shows.'),
    options: {
      '-e, -A': t('All processes, not only those of this terminal.'),
      '-f': t('Full lines: user, parent, start and arguments.'),
      '-o, --format, o': t('Which columns it shows.'),
      '-p, --pid, p': t('Only these processes.'),
      '-H': t('Children are indented below their parents.'),
      '-l': t('Long lines, with state and priority.'),
      '--ppid': t('Only children of these processes.'),
      '--forest, f': t('Draws who is whose child.'),
      '--no-headers': t('Without the line of headings.'),
      '-C': t('Only processes of this name.'),
      ax: t('All processes, also those without a terminal.'),
      aux: t('All processes, with their user, memory and CPU time.'),
    },
  },
  kill: {
    section: 'kill(1)',
    text: t('Sends a signal to processes: SIGTERM, unless another is named.'),
    options: {
      '-s, --signal': t('Which signal it sends.'),
      '-l, --list': t('Lists the names of signals.'),
      '-0': t('Sends nothing: the exit status tells whether a signal could be sent.'),
    },
  },
  killall: { section: 'killall(1)', text: t('Sends a signal to all processes of a name.') },
  pkill: {
    section: 'pkill(1)',
    text: t('Sends a signal to the processes whose name matches.'),
    options: {
      '-f, --full': t('Compares the whole command line.'),
      '-x, --exact': t('The name has to match as a whole.'),
    },
  },
  pgrep: {
    section: 'pgrep(1)',
    text: t('Lists the PIDs of the processes whose name matches.'),
    options: {
      '-f, --full': t('Compares the whole command line.'),
      '-x, --exact': t('The name has to match as a whole.'),
      '-n, --newest': t('Only the newest.'),
      '-P, --parent': t('Only children of this process.'),
      '-a, --list-full': t('The command line, too.'),
    },
  },
  pidof: { section: 'pidof(8)', text: t('Finds the PIDs of a program.') },
  pstree: {
    section: 'pstree(1)',
    text: t('Draws the processes as a tree.'),
    options: {
      '-p, --show-pids': t('With their PIDs.'),
    },
  },
  top: {
    section: 'top(1)',
    text: t('Shows the processes that use most, and goes on showing them.'),
  },
  sleep: { section: 'sleep(1)', text: t('Waits for some seconds, and does nothing.') },
  timeout: {
    section: 'timeout(1)',
    text: t('Ends a program that runs longer than this.'),
    options: {
      '--signal, -s': t('The signal that it sends, in place of SIGTERM.'),
      '--kill-after, -k': t('Sends SIGKILL where it still runs so much later.'),
      '--foreground': t('Leaves it in the foreground of the terminal.'),
    },
  },
  nohup: { section: 'nohup(1)', text: t('Starts a program that ignores SIGHUP.') },
  tty: { section: 'tty(1)', text: t('Names the terminal that its standard input is.') },
  script: {
    section: 'script(1)',
    text: t('Starts a shell on a terminal of its own, and writes down what it prints.'),
  },
  strace: {
    section: 'strace(1)',
    text: t('Shows the system calls of a program.'),
    options: {
      '-f': t('Those of its children, too.'),
      '-e': t('Only these calls.'),
      '-p': t('Of a process that runs already.'),
      '-o': t('Writes them to a file.'),
    },
  },
  bash: {
    section: 'bash(1)',
    text: t('A shell. As PID 1 of a PID namespace it is what adopts its orphans.'),
    options: {
      '-c': t('Runs the commands in the next word.'),
      '-i': t('Is interactive: it prompts, and keeps track of jobs.'),
      '-l, --login': t('Is a login shell.'),
      '-e': t('Ends with the first command that fails.'),
      '-x': t('Shows each command before it runs.'),
      '--norc': t('Reads no ~/.bashrc.'),
      '--noprofile': t('Reads no ~/.profile.'),
    },
  },
  sh: {
    section: 'sh(1)',
    text: t('The usual shell: dash on Debian, BusyBox in a small rootfs.'),
    options: {
      '-c': t('Runs the commands in the next word.'),
      '-i': t('Is interactive: it prompts, and keeps track of jobs.'),
      '-l': t('Is a login shell.'),
      '-e': t('Ends with the first command that fails.'),
      '-x': t('Shows each command before it runs.'),
    },
  },
  busybox: {
    section: 'busybox(1)',
    text: t(
      'Many small commands in one program. The name that it is called by says which one it is.',
    ),
    options: {
      '--list': t('Lists the commands that are in it.'),
      '--install': t('Makes links to it, by the names of its commands.'),
      '-s': t('Symbolic links in place of hard ones.'),
    },
  },
  sysctl: {
    section: 'sysctl(8)',
    text: t('Shows and sets parameters of the kernel, below /proc/sys.'),
    options: {
      '-w, --write': t('Sets a parameter.'),
      '-n, --values': t('Only the value.'),
    },
  },
});
