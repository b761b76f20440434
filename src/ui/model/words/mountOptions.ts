/** What stands behind mount -o, and in the options of a mount of config.json. Those with r in front are of config.json alone. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const mountOptions = (t: Translate): Table => ({
  ro: [t('Read-only: nothing can be written through this mount.'), 'mount(8)'],
  rw: [t('What the filesystem allows can be written.'), 'mount(8)'],
  nosuid: [
    t('Set-user-ID bits, set-group-ID bits and file capabilities have no effect on it.'),
    'mount(8)',
  ],
  suid: [t('Set-user-ID bits and file capabilities have their effect.'), 'mount(8)'],
  nodev: [t('Device files on it cannot be opened.'), 'mount(8)'],
  dev: [t('Device files on it are devices.'), 'mount(8)'],
  noexec: [t('No program on it can be executed.'), 'mount(8)'],
  exec: [t('Programs on it can be executed.'), 'mount(8)'],
  relatime: [
    t('Writes the access time only where it is older than the last change, or than a day.'),
    'mount(8)',
  ],
  norelatime: [
    t(
      'Does not ask for relatime. The kernel uses it all the same, unless strictatime or noatime is set.',
    ),
    'mount(8)',
  ],
  noatime: [t('Never writes access times.'), 'mount(8)'],
  atime: [
    t('Does not ask for noatime: the kernel’s default holds, which is relatime.'),
    'mount(8)',
  ],
  strictatime: [t('Writes the access time each time that a file is read.'), 'mount(8)'],
  nostrictatime: [t('Does not ask for strictatime: the kernel’s default holds.'), 'mount(8)'],
  nodiratime: [t('Never writes access times of folders.'), 'mount(8)'],
  diratime: [t('Folders get access times as files do.'), 'mount(8)'],
  nosymfollow: [t('Symbolic links on it are not followed.'), 'mount(8)'],
  symfollow: [t('Symbolic links on it are followed.'), 'mount(8)'],
  bind: [
    t('Shows a folder or file in a second place. What is mounted below it does not come along.'),
    'mount(8)',
  ],
  rbind: [t('Shows a folder in a second place, with all that is mounted below it.'), 'mount(8)'],
  remount: [t('Changes the options of a mount that is there.'), 'mount(8)'],
  private: [
    t('Mounts below it travel neither here from elsewhere nor the other way.'),
    'mount_namespaces(7)',
  ],
  rprivate: [t('Makes it private, and every mount below it.'), 'mount_namespaces(7)'],
  shared: [
    t('Mounts below it appear in its peer group, and those of the group appear here.'),
    'mount_namespaces(7)',
  ],
  rshared: [t('Makes it shared, and every mount below it.'), 'mount_namespaces(7)'],
  unchanged: [
    t('Of unshare: the mounts of the new namespace stay peers of those that they are copies of.'),
    'unshare(1)',
  ],
  slave: [t('Mounts come here from its master, and none go there.'), 'mount_namespaces(7)'],
  rslave: [t('Makes it a slave, and every mount below it.'), 'mount_namespaces(7)'],
  unbindable: [
    t('Makes it private, and it cannot be the source of a bind mount.'),
    'mount_namespaces(7)',
  ],
  runbindable: [t('Makes it unbindable, and every mount below it.'), 'mount_namespaces(7)'],
  rro: [
    t('The attribute without the first r, for this mount and every mount below it.'),
    'mount_setattr(2)',
  ],
  'idmap, X-mount.idmap': [
    t('Files on it have other owners than on the disk: a map says who is who.'),
    'mount_setattr(2)',
  ],
  ridmap: [t('Maps the owners of files, on every mount below it too.'), 'mount_setattr(2)'],
  tmpcopyup: [
    t('For runtimes, not for mount(8): the new tmpfs begins with a copy of what the folder held.'),
    'mount(8)',
  ],
  defaults: [t('The usual options: rw, suid, dev, exec and others.'), 'mount(8)'],
  size: [t('How much a tmpfs may hold at most.'), 'tmpfs(5)'],
  nr_inodes: [t('How many files a tmpfs may hold at most.'), 'tmpfs(5)'],
  mode: [
    t('Permissions, in octal: of the root of a tmpfs, or of new terminals of a devpts.'),
    'mount(8)',
  ],
  uid: [t('The owner of the root of a tmpfs, or of new terminals of a devpts.'), 'mount(8)'],
  gid: [
    t(
      'The group of the root of a tmpfs, or of new terminals of a devpts. In a procfs, who is exempt from hidepid.',
    ),
    'mount(8)',
  ],
  newinstance: [
    t('A devpts of its own. Since Linux 4.7 each one is, and the option changes nothing.'),
    'mount(8)',
  ],
  ptmxmode: [
    t('The permissions of ptmx in a devpts: who may open new terminals there.'),
    'mount(8)',
  ],
  hidepid: [
    t('In a procfs: 0 shows all processes to all, 1 locks their folders, 2 hides those of others.'),
    'proc(5)',
  ],
  subset: [t('In a procfs, pid leaves out everything but the folders of processes.'), 'proc(5)'],
  lowerdir: [t('The layers of an overlay that are only read, the topmost first.'), 'mount(8)'],
  upperdir: [t('The layer of an overlay that gets what is written.'), 'mount(8)'],
  redirect_dir: [
    t('Whether an overlay writes down where a folder was renamed from, and follows such notes.'),
    'mount(8)',
  ],
  metacopy: [
    t('Whether an overlay copies the metadata of a file alone where only these are changed.'),
    'mount(8)',
  ],
  index: [
    t('Whether an overlay remembers which file each copy is of, so that hard links stay links.'),
    'mount(8)',
  ],
  userxattr: [
    t('An overlay keeps its notes in attributes that need no root: “user.overlay.…”.'),
    'mount(8)',
  ],
  workdir: [t('An empty folder that overlay needs, on the filesystem of upperdir.'), 'mount(8)'],
  sync: [t('A write returns when the data is on the disk.'), 'mount(8)'],
  loop: [t('Mounts an image file, by way of a loop device.'), 'mount(8)'],
  nsdelegate: [
    t('Cgroup namespaces are borders of delegation: their inside may not move processes out.'),
    'cgroups(7)',
  ],
  context: [t('The SELinux label of every file on it.'), 'mount(8)'],
  fscontext: [t('The SELinux label of the filesystem itself.'), 'mount(8)'],
  defcontext: [t('The SELinux label of files that have none.'), 'mount(8)'],
  rootcontext: [t('The SELinux label of its root folder.'), 'mount(8)'],
});

/** Without its value. All that sets an attribute of mounts below too is one word: `size=64m`, `rro`, `rnosuid`. */
export function mountOptionName(option: string): string {
  const name = option.replace(/=.*$/s, '');
  return recursive.test(option) ? 'rro' : name;
}

const recursive =
  /^r(?:ro|rw|(?:no)?(?:suid|dev|exec|(?:diratime|relatime|strictatime|atime)|symfollow))$/;
