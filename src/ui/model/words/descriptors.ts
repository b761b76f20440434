/** What an open file is, by the kind that /proc/PID/fd tells (proc_pid_fd(5)). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const descriptors = (t: Translate): Table => ({
  0: [t('Its standard input.'), 'stdin(3)'],
  1: [t('Its standard output.'), 'stdin(3)'],
  2: [t('Its standard error.'), 'stdin(3)'],
  socket: [t('A socket: if it is a TCP, UDP or unix one, “Sockets” has it.'), 'socket(7)'],
  pipe: [t('A pipe: the same number in brackets is the same pipe.'), 'pipe(7)'],
  eventpoll: [t('epoll: waits for many descriptors at once.'), 'epoll(7)'],
  eventfd: [t('eventfd: a counter by which threads and processes wake each other.'), 'eventfd(2)'],
  timerfd: [t('timerfd: a timer that is read like a file.'), 'timerfd_create(2)'],
  signalfd: [t('signalfd: signals that are read like a file.'), 'signalfd(2)'],
  inotify: [t('inotify: watches files for changes.'), 'inotify(7)'],
  pidfd: [t('pidfd: another process, whatever becomes of its number.'), 'pidfd_open(2)'],
  io_uring: [t('io_uring: system calls by way of shared memory.'), 'io_uring(7)'],
  anonymous: [t('Something of the kernel’s that has no file.'), 'proc_pid_fd(5)'],
  memfd: [t('Memory that can be passed on and mapped like a file.'), 'memfd_create(2)'],
  terminal: [t('A terminal.'), 'tty(4)'],
  device: [t('A device.'), 'mknod(2)'],
  deleted: [t('It has no name any more; its space is freed when it is closed.'), 'unlink(2)'],
  file: [t('A file or folder.'), 'open(2)'],
});
