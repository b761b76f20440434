/**
 * The filter of the Safe container: a deny list after Docker's default, for any engine. It takes what reaches
 * the kernel beyond a container's namespaces, or has been a way out again and again; the capabilities of Safe
 * forbid most of it too, and this is the second lock.
 *
 * What is new in a kernel is allowed until it stands here. What Docker allows is allowed: ptrace(2) and
 * process_vm_readv(2) of the container's own processes have asked a filter again since Linux 4.8.
 */
import type { OciConfig } from './schema';

/** Each fails with EPERM, as without the capability that it takes. */
const denied = [
  // The kernel's keyrings: until Linux 5.2 of no namespace, and with more holes than users since.
  ...['add_key', 'keyctl', 'request_key'],
  // The kernel itself: another one, its modules, its end.
  ...['kexec_load', 'kexec_file_load', 'reboot'],
  ...['init_module', 'finit_module', 'delete_module', 'create_module'],
  ...['query_module', 'get_kernel_syms'],
  // Mounts: they are as config.json has them. The new calls are for what the old ones do.
  ...['mount', 'umount', 'umount2', 'pivot_root'],
  ...['open_tree', 'move_mount', 'mount_setattr', 'fsopen', 'fsconfig', 'fsmount', 'fspick'],
  // A file by its inode number, on whatever disk of the machine that is mounted (“Shocker”, 2014).
  'open_by_handle_at',
  // Other namespaces; new ones are below.
  'setns',
  // Programs in the kernel, and its counters, which tell of other processes.
  ...['bpf', 'perf_event_open', 'lookup_dcookie'],
  // To hold the kernel up in the middle of a copy, which makes a race an exploit.
  'userfaultfd',
  // What a ring is asked for passes by every filter.
  ...['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  // What the machine has once: swap, clocks, accounts, quotas, the kernel's log.
  ...['swapon', 'swapoff', 'acct', 'quotactl', 'quotactl_fd', 'syslog'],
  ...['settimeofday', 'stime', 'clock_settime', 'clock_settime64'],
  // Ports of the hardware, and the 8086 in a process.
  ...['ioperm', 'iopl', 'vm86', 'vm86old'],
  // Of old, for no program of today.
  ...['nfsservctl', 'sysfs', 'uselib', 'ustat'],
];

/** sched.h; clone(2), unshare(2). */
const CLONE_NEWUSER = 0x10000000;

const ENOSYS = 38;

export const safeSeccomp = {
  defaultAction: 'SCMP_ACT_ALLOW',
  // For programs of 32 bits beside those of 64, on both kinds of machine.
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  syscalls: [
    { names: denied, action: 'SCMP_ACT_ERRNO' },
    // A new user namespace gives all capabilities in it, and with them most of the kernel's surface. The
    // other namespaces take CAP_SYS_ADMIN, which there is in a new user namespace alone.
    {
      names: ['clone', 'unshare'],
      action: 'SCMP_ACT_ERRNO',
      args: [{ index: 0, value: CLONE_NEWUSER, valueTwo: CLONE_NEWUSER, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    // Its flags are in memory, where no filter looks. C libraries take clone(2) where the kernel has none.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ],
} satisfies OciConfig['linux']['seccomp'];
