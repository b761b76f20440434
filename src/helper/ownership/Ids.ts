/**
 * User and group ids as this process sees them, and outside of its user namespace. They differ where root of
 * a user namespace changes files of subordinate ids. Used by look, take and undo.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { codeOf } from '../../core/fs/codeOf';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import type { Visited } from '../../core/fs/walkTree';
import {
  type IdExtent,
  idInside,
  idOutside,
  overflowId,
  parseIdMap,
} from '../../core/procfs/parseIdMap';
import { readUserFile } from '../../core/procfs/userFiles';

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
      (['uid_map', 'gid_map'] as const).map(async (name) => parseIdMap(await readUserFile(name))),
    );
    return new Ids(users!, groups!, true);
  }

  /** As the machine counts; undefined for a file whose user or group is not mapped here. */
  ownerOf(one: Pick<Visited, 'fd' | 'stat'>): Owner | undefined {
    const shown = Number(one.stat.uid);
    if (this.mapped && shown === overflowId && !mayActAsOwner(one)) return undefined;
    const uid = idOutside(this.users, shown);
    const gid = idOutside(this.groups, Number(one.stat.gid));
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  }

  /** For chown(2) of this process. @throws Error EINVAL, as chown(2) says of an id that is not mapped */
  inside({ uid, gid }: Owner): Owner {
    return { uid: insideOf(this.users, uid), gid: insideOf(this.groups, gid) };
  }
}

/**
 * The kernel shows an unmapped id as `overflowId`, which a range of 65,536 ids maps too. O_NOATIME tells them
 * apart: open(2) needs the owner's uid or CAP_FOWNER, and no process has either over an unmapped id. Symlinks
 * and special files cannot be opened; they count as unmapped.
 */
function mayActAsOwner({ fd, stat }: Pick<Visited, 'fd' | 'stat'>): boolean {
  if (!stat.isFile() && !stat.isDirectory()) return false;
  try {
    closeSync(openSync(pathOf({ fd }), constants.O_NOATIME | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if (!['EPERM', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
    return false;
  }
}

function insideOf(map: readonly IdExtent[], outside: number): number {
  const id = idInside(map, outside);
  // A mapped `overflowId` is another user's.
  if (idOutside(map, id) === outside) return id;
  throw Object.assign(new Error(`${outside} is not mapped here`), { code: 'EINVAL' });
}
