/** What changes the mount table or the root directory: mount, umount, pivot_root, chroot. Called by `word`. */
import type { Translate } from '../../translate';
import { mountOptions } from '../mountOptions';
import type { Commands, Table } from '../WordTable';

export const mountCommands = (t: Translate): Commands => commands(t, mountOptions(t));

/** What is an option of mount -o, too, has its text there. */
const commands = (t: Translate, options: Table): Commands => ({
  mount: {
    section: 'mount(8)',
    text: t(
      'Attaches a filesystem to a folder, in the mount namespace of who calls it. Without arguments it lists the mount table.',
    ),
    options: {
      '--types, -t': t('The type of the filesystem.'),
      '--options, -o': t('Options of the mount, with commas between them.'),
      '--bind, -B': options['bind']![0],
      '--rbind, -R': options['rbind']![0],
      '--move, -M': t('Moves a mount to another folder.'),
      '--all, -a': t('Mounts everything that /etc/fstab lists, but for noauto.'),
      '--read-only, -r': t('Mounts read-only, like -o ro.'),
      '--make-private': options['private']![0],
      '--make-rprivate': options['rprivate']![0],
      '--make-shared': options['shared']![0],
      '--make-rshared': options['rshared']![0],
      '--make-slave': options['slave']![0],
      '--make-rslave': options['rslave']![0],
      '--make-unbindable': options['unbindable']![0],
      '--make-runbindable': options['runbindable']![0],
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
