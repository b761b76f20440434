/**
 * Where a shell "beside" a process of a container is to start, and as whom. Asked by ManagedContainer.ts
 * for "Open Shell Here". All of it is read by the helper at that moment; the client only names the
 * process, and what the process says of itself is used as a path and numbers inside the container only.
 */
import { TerrariumError } from '../../../core/errors';
import type { ProcessInspection } from '../../../protocol/inspection';

export interface SessionPlace {
  /** A path as the container's processes see it; whether it leads anywhere shows when a shell goes there. */
  readonly cwd: string;
  /** The real ids, as the container counts them: a set-user-ID program makes no shell of its owner. */
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** @throws TerrariumError `session-elsewhere` */
export function sessionPlace(pid: number, found: ProcessInspection): SessionPlace {
  const { namespaces, cwd, ids, groups } = found;
  const mounts = namespaces.find(({ type }) => type === 'mnt');
  if (mounts && !mounts.isPid1s) {
    throw new TerrariumError(
      'session-elsewhere',
      `Process ${pid} has a mount namespace of its own, so its folder is another than the one of that name that a shell beside PID 1 sees.`,
      'Open a shell in the container and enter that namespace from there with nsenter.',
    );
  }
  const real = (of: string) => ids.find((one) => one.of === of)?.inside ?? 0;
  return { cwd: cwd ?? '/', uid: real('real user'), gid: real('real group'), groups };
}
