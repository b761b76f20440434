/**
 * Runs a command of `helper.js` as root of a user namespace with the person's subordinate ids (subuid(5)): files that a
 * rootless container made may belong to these, and it reads all of them. Used by `lint` and `baseline`.
 */
import { execFile } from 'node:child_process';
import { findTool, hostEnvironment } from './hostTools';
import { commandOf } from './runHelper';
import { namespaceWords } from './runInit';

/** Of what it prints, in bytes. */
const maxBuffer = 64 * 1024 * 1024;

export interface InsideOptions {
  /** Ends it; who aborts it says why. */
  readonly signal: AbortSignal;
  /** Told of what it prints on its standard error. */
  readonly onError?: (text: string) => void;
}

/**
 * @param words of `helper.js`
 * @returns its standard output; undefined where it failed, or there is no such namespace for this person
 */
export function asRootInside(
  words: readonly string[],
  { signal, onError }: InsideOptions,
): Promise<string | undefined> {
  const before = namespaceWords();
  // Without subordinate ids it reads what the person reads.
  const mayMapAll = findTool('newuidmap') && findTool('newgidmap');
  if (process.geteuid!() === 0 || !before || !mayMapAll) return Promise.resolve(undefined);
  const [program, ...rest] = [...before, ...commandOf(words)] as [string, ...string[]];
  return new Promise((resolve) => {
    // unshare(1) becomes the program, so the signal reaches that.
    const child = execFile(
      program,
      rest,
      { cwd: '/', env: hostEnvironment, maxBuffer, signal, killSignal: 'SIGTERM' },
      (error, output) => resolve(error ? undefined : output),
    );
    if (onError) child.stderr?.on('data', onError);
  });
}
