/** What changes the mount table or the root directory: mount, umount, pivot_root, chroot. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const mountCommands = (t: Translate): Commands => ({
  mount: {
    section: 'mount(8)',
    text: t(
      'Attaches a filesystem to a folder, in the mount namespace of who calls it. Without arguments it lists the mount table.',
    ),
    options: {
      '--types, -t': t('The type of the filesystem.'),
      '--options, -o': t('Options of the mount, with commas between them.'),
      '--bind, -B': t(
        'Shows a folder or file in a second place. What is mounted below it does not come along.',
      ),
      '--rbind, -R': t('Shows a folder in a second place, with all that is mounted below it.'),
      '--move, -M': t('Moves a mount to another folder.'),
      '--all, -a': t('Mounts everything that /etc/fstab lists, but for noauto.'),
      '--read-only, -r': t('Mounts read-only, like -o ro.'),
      '--make-private': t('Mounts below it travel neither here from elsewhere nor the other way.'),
      '--make-rprivate': t('Makes it private, and every mount below it.'),
      '--make-shared': t(
        'Mounts below it appear in its peer group, and those of the group appear here.',
      ),
      '--make-rshared': t('Makes it shared, and every mount below it.'),
      '--make-slave': t('Mounts come here from its master, and none go there.'),
      '--make-rslave': t('Makes it a slave, and every mount below it.'),
      '--make-unbindable': t('Makes it private, and it cannot be the source of a bind mount.'),
      '--make-runbindable': t('Makes it unbindable, and every mount below it.'),
      '--no-canonicalize, -c': t(
        'Takes paths as they are, and follows no link in them beforehand.',
      ),
      '--internal-only, -i': t('Runs no helper program such as mount.fuse.'),
      '--no-mtab, -n': t('Writes no line about it to /etc/mtab or /run/mount.'),
      '--namespace, -N': t('Mounts in the mount namespace of this process.'),
    },
  },
  umount: {
    section: 'umount(8)',
    text: t(
      'Takes a mount out of the mount table. It fails with EBUSY while something in it is in use.',
    ),
    options: {
      '--lazy, -l': t('Takes it out at once, and frees it when nothing uses it any more.'),
      '--recursive, -R': t('Takes out everything that is mounted below it, too.'),
      '--force, -f': t('For a network filesystem whose server does not answer.'),
      '--namespace, -N': t('Works in the mount namespace of this process.'),
      '--no-canonicalize, -c': t(
        'Takes paths as they are, and follows no link in them beforehand.',
      ),
      '--internal-only, -i': t('Runs no helper program such as mount.fuse.'),
      '--no-mtab, -n': t('Writes no line about it to /etc/mtab or /run/mount.'),
    },
  },
  pivot_root: {
    section: 'pivot_root(8)',
    text: t(
      'Makes a mount the root of the mount namespace, and puts the old root into a folder of it. Then the old root can be unmounted.',
    ),
  },
  chroot: {
    section: 'chroot(8)',
    text: t(
      'Starts a program whose / is this folder. It takes nothing away: root inside can find the way out.',
    ),
    options: {
      '--userspec': t('The user and group that the program runs as.'),
      '--groups': t('The supplementary groups of the program.'),
      '--skip-chdir': t('Does not change the working directory to /.'),
    },
  },
  findmnt: {
    section: 'findmnt(8)',
    text: t('Shows the mount table as a tree.'),
    options: {
      '--output, -o': t('Which columns it shows.'),
      '--noheadings, -n': t('Without the line of headings.'),
      '--types, -t': t('Only filesystems of these types.'),
      '--task, -N': t('The mount table of this process’s mount namespace.'),
      '--target, -T': t('The mount that this path lies in.'),
      '--list, -l': t('As a list in place of a tree.'),
    },
  },
  mountpoint: {
    section: 'mountpoint(1)',
    text: t('Tells whether a folder is a mount point.'),
    options: {
      '--quiet, -q': t('Prints nothing: the exit status is the answer.'),
    },
  },
  df: {
    section: 'df(1)',
    text: t('Shows how full the mounted filesystems are.'),
    options: {
      '--human-readable, -h': t('Sizes with units, such as 64M.'),
      '--print-type, -T': t('The type of each filesystem, too.'),
      '--all, -a': t('Also those without blocks of their own, such as proc.'),
    },
  },
});
