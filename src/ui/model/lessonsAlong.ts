/** The lessons that come with the extension, in `media/lessons`, in the order to read them. Called by what offers them. */
import type { Translate } from './translate';

export interface LessonAlong {
  /** In `media/lessons`. */
  readonly file: string;
  /** As its heading, which is in English alone. */
  readonly title: string;
  /** The question that it answers. */
  readonly about: string;
}

export function lessonsAlong(t: Translate): LessonAlong[] {
  return [
    {
      file: 'a-container-in-five-steps.md',
      title: t('A Container in Five Steps'),
      about: t('By hand, with unshare, mount and chroot: what each command changes for a process.'),
    },
    {
      file: 'leave-out-fork.md',
      title: t('Leave Out --fork'),
      about: t('Why does unshare --pid need --fork? And why is it “Cannot allocate memory”?'),
    },
    {
      file: 'what-ps-reads.md',
      title: t('What ps Reads, and Why /proc Is Mounted Twice'),
      about: t('What does ps show without a /proc of its own?'),
    },
    {
      file: 'whose-hostname.md',
      title: t('Whose Hostname Changed?'),
      about: t('What is the machine called after “hostname box”?'),
    },
    {
      file: 'a-mount-that-does-not-leak.md',
      title: t('A Mount That Does Not Leak'),
      about: t('Does the machine see what a container mounts? And a shared mount?'),
    },
    {
      file: 'root-inside-who-outside.md',
      title: t('Root Inside: Who Outside?'),
      about: t('Who is user 0, with and without a user namespace?'),
    },
    {
      file: 'out-of-a-root.md',
      title: t('Out of a chroot, and Not Out of pivot_root'),
      about: t('Can root in a folder reach the machine’s files?'),
    },
    {
      file: 'kill-pid-1.md',
      title: t('Kill PID 1'),
      about: t('Who can kill PID 1, and what is left then?'),
    },
    {
      file: 'zombies.md',
      title: t('A Zombie, and Who Reaps It'),
      about: t('Who takes away what has ended, where PID 1 does not ask?'),
    },
    {
      file: 'not-found-and-yet-there.md',
      title: t('Not Found, and Yet There'),
      about: t('What was not found, where the program is in the folder?'),
    },
    {
      file: 'a-fork-bomb-and-its-limit.md',
      title: t('A Fork Bomb, and pids.max'),
      about: t('What stops a program that starts processes without end? (Needs cgroup v2.)'),
    },
  ];
}
