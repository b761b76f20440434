/**
 * socketcall(2) and ipc(2) of i386: one system call for many, whose first argument says which. libseccomp
 * makes of an entry for `socket` one for both ways, and so does this. Arm's EABI and the others have neither.
 */

/** What a name is as a call of another system call. */
export interface MultiplexedCall {
  readonly name: 'socketcall' | 'ipc';
  /** The value of the first argument. */
  readonly call: number;
  /** Which of its bits the kernel looks at: ipc(2) has a version above its 16 bits. */
  readonly mask: number;
}

const socketcalls = // <linux/net.h>, from SYS_SOCKET = 1
  'socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom ' +
  'shutdown setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg';

const ipcCalls: Readonly<Record<string, number>> = {
  // <linux/ipc.h>
  ...{ semop: 1, semget: 2, semctl: 3, semtimedop: 4 },
  ...{ msgsnd: 11, msgrcv: 12, msgget: 13, msgctl: 14 },
  ...{ shmat: 21, shmdt: 22, shmget: 23, shmctl: 24 },
};

const calls = new Map<string, MultiplexedCall>([
  ...socketcalls
    .split(' ')
    .map((name, at) => [name, { name: 'socketcall', call: at + 1, mask: 0xffffffff }] as const),
  ...Object.entries(ipcCalls).map(
    ([name, call]) => [name, { name: 'ipc', call, mask: 0xffff }] as const,
  ),
]);

/** @returns undefined for what is no part of another system call */
export function multiplexedCall(name: string): MultiplexedCall | undefined {
  return calls.get(name);
}
