/**
 * With whose rights an import reads its source. Where the helper is root for a person, it is the kernel that says what
 * they may read: each file is opened as the person, and the program that copies a folder runs as them. Used by
 * importBundle.ts, openSource.ts and applyFolder.ts.
 */
import type { Person } from './personsProgram';

export interface Reader {
  /** Runs what opens files of the source. Nothing else of the import may run meanwhile. */
  opening<T>(task: () => Promise<T>): Promise<T>;
  /** Of setpriv(1), for a program that reads; undefined where it is the helper's own user. */
  readonly user: readonly string[] | undefined;
  /** The same as ids. */
  readonly person: Person | undefined;
}

export const ownRights: Reader = {
  opening: (task) => task(),
  user: undefined,
  person: undefined,
};

/** Of the helper's own user where that is the person, or is not root. */
export async function readerFor(person: Person): Promise<Reader> {
  const { uid, gid } = person;
  if (process.geteuid!() !== 0 || uid === 0) return ownRights;
  const groups = await withRightsOf(person, () => Promise.resolve(process.getgroups!()));
  return {
    opening: (task) => withRightsOf(person, task),
    user: [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`],
    person,
  };
}

/** Its types lack what Node has: initgroups(3). */
type WithInitgroups = NodeJS.Process & { initgroups(user: number, group: number): void };

/** seteuid(2) for all threads of this process, which is there for one import. */
export async function withRightsOf<T>({ uid, gid }: Person, task: () => Promise<T>): Promise<T> {
  if (process.geteuid!() !== 0 || uid === 0) return task();
  const [groups, ownGid] = [process.getgroups!(), process.getegid!()];
  (process as WithInitgroups).initgroups(uid, gid);
  process.setegid!(gid);
  process.seteuid!(uid);
  try {
    return await task();
  } finally {
    process.seteuid!(0);
    process.setegid!(ownGid);
    process.setgroups!(groups);
  }
}
