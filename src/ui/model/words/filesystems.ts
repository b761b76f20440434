/** Types of filesystems, for mount -t, config.json and the mount table. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const filesystems = (t: Translate): Table => ({
  proc: [t('The kernel’s view of processes, and its settings.'), 'proc(5)'],
  sysfs: [t('The kernel’s view of devices and drivers.'), 'sysfs(5)'],
  devtmpfs: [t('The device files of this machine, as the kernel makes them.'), 'mount(8)'],
  devpts: [t('Pseudo-terminals.'), 'pts(4)'],
  mqueue: [t('POSIX message queues, as files.'), 'mq_overview(7)'],
  'tmpfs, ramfs': [t('Files in memory: gone with the mount.'), 'tmpfs(5)'],
  'cgroup, cgroup2': [t('The tree of control groups.'), 'cgroups(7)'],
  overlay: [t('Layers of folders that look like one; changes go into the topmost.'), 'mount(8)'],
  'nfs, nfs4, cifs, 9p, virtiofs, ceph, fuse, fuseblk': [
    t('Files that another machine or program brings.'),
    'mount(8)',
  ],
  'ext2, ext3, ext4, xfs, btrfs, f2fs, zfs, vfat, squashfs, erofs': [
    t('Files on a disk, or a folder of it by bind mount.'),
    'mount(8)',
  ],
  bind: [
    t('No filesystem: a folder or file of this machine that is shown here as well.'),
    'mount(8)',
  ],
  binfmt_misc: [t('Which programs the kernel runs by which interpreter or emulator.'), 'mount(8)'],
  none: [t('A word in place of a device, where the filesystem has none.'), 'mount(8)'],
  nsfs: [t('A namespace as a file, which keeps the namespace alive.'), 'namespaces(7)'],
  securityfs: [t('The kernel’s view of its security modules.'), 'mount(8)'],
  debugfs: [t('What the kernel tells those who debug it.'), 'mount(8)'],
  bpf: [t('BPF programs and maps, as files.'), 'bpf(2)'],
  other: [t('A file system of this type.'), 'mount(8)'],
});
