/** The lessons that come with the extension, in `media/lessons`. Called by what offers them. */
import type { Translate } from './translate';

export interface LessonAlong {
  /** In `media/lessons`. */
  readonly file: string;
  readonly title: string;
  readonly about: string;
}

export function lessonsAlong(t: Translate): LessonAlong[] {
  return [
    {
      file: 'a-container-in-five-steps.md',
      title: t('A Container in Five Steps'),
      about: t('By hand, with unshare, mount and chroot: what each command changes for a process.'),
    },
  ];
}
