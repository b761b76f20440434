/**
 * Says in words what a file system call said with a code, for the errors of `core/bundle`.
 * Codes and their meaning: errno(3).
 */
import { codeOf } from '../fs/codeOf';

export { codeOf };

export interface FileProblem {
  /** Last part of an error's code: `read-only`. */
  readonly name: string;
  /** Follows "because": `the file system is read-only`. */
  readonly reason: string;
  /** One sentence. */
  readonly remedy: string;
}

const problems: Readonly<Record<string, FileProblem>> = {
  EACCES: {
    name: 'not-permitted',
    reason: 'you may not write there',
    remedy: 'Choose a folder that is yours, or change its permissions.',
  },
  EPERM: {
    name: 'not-permitted',
    reason: 'the file system or its mount does not permit it',
    remedy: 'Choose a folder on another file system.',
  },
  EROFS: {
    name: 'read-only',
    reason: 'the file system is read-only',
    remedy: 'Choose a folder on a file system that can be written.',
  },
  ENOSPC: {
    name: 'disk-full',
    reason: 'the disk is full',
    remedy: 'Free some space (about 5 MB are needed) or choose a folder on another disk.',
  },
  EDQUOT: {
    name: 'disk-full',
    reason: 'your disk quota is used up',
    remedy: 'Free some space (about 5 MB are needed) or choose a folder on another disk.',
  },
  ENAMETOOLONG: {
    name: 'name-too-long',
    reason: 'the path is too long',
    remedy: 'Choose a shorter name or a folder higher up.',
  },
};

/** undefined for other codes: those errors are shown as they are. */
export function fileProblem(error: unknown): FileProblem | undefined {
  return problems[codeOf(error) ?? ''];
}
