/**
 * User and group ids as this process sees them, and as the machine counts. They differ where root of a user
 * namespace changes files of subordinate ids. Used by what looks, takes and gives back.
 */
import { readFile } from 'node:fs/promises';
import {
  type IdExtent,
  idInside,
  idOutside,
  overflowId,
  parseIdMap,
} from '../../core/procfs/parseIdMap';

/** Every id is the same on both sides. */
const all: readonly IdExtent[] = [{ inside: 0, outside: 0, count: 2 ** 32 }];

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export class Ids {
  private constructor(
    private readonly users: readonly IdExtent[],
    private readonly groups: readonly IdExtent[],
    /** In a namespace of the person every id that is mapped is the person's. */
    readonly mapped: boolean,
  ) {}

  static readonly same = new Ids(all, all, false);

  /** Of the user namespace that this process was started in (user_namespaces(7)). */
  static async ofNamespace(): Promise<Ids> {
    const [users, groups] = await Promise.all(
      ['uid_map', 'gid_map'].map(async (name) =>
        parseIdMap(await readFile(`/proc/self/${name}`, 'latin1')),
      ),
    );
    return new Ids(users!, groups!, true);
  }

  /** As the machine counts; an id without a mapping stays what the kernel shows for it. */
  outside({ uid, gid }: Owner): Owner {
    return {
      uid: idOutside(this.users, uid) ?? overflowId,
      gid: idOutside(this.groups, gid) ?? overflowId,
    };
  }

  /** For chown(2) of this process. */
  inside({ uid, gid }: Owner): Owner {
    return { uid: idInside(this.users, uid), gid: idInside(this.groups, gid) };
  }
}
