/** The owners of a rootfs that have no name in it. Used by checkRootfs.ts. */
import { namesTold } from '../../protocol/ownership';
import type { readAccounts } from '../bundle/passwd';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { MetFile } from './metFiles';
import type { RootfsFault } from './RootfsFault';

/** Every file may have one of its own. */
const maxIds = 200;

/** Ids of files that have no name in /etc/passwd or /etc/group, with the files that have them. */
export class Owners {
  /** Files of ids that are not told one by one. */
  private others = 0;
  private readonly found = new Map<string, { count: number; readonly names: string[] }>();
  private readonly users: ReadonlySet<number>;
  private readonly groups: ReadonlySet<number>;

  constructor({ users, groups }: Awaited<ReturnType<typeof readAccounts>>) {
    this.users = new Set(users.map(({ uid }) => uid));
    this.groups = new Set(groups.map(({ gid }) => gid));
  }

  meet(file: MetFile): void {
    const { uid, gid } = file.stat;
    if (!this.users.has(uid)) this.count(`user ${uid}`, file);
    if (!this.groups.has(gid)) this.count(`group ${gid}`, file);
  }

  private count(id: string, file: MetFile): void {
    if (this.found.size >= maxIds && !this.found.has(id)) {
      this.others++;
      return;
    }
    const known = this.found.get(id) ?? { count: 0, names: [] };
    known.count++;
    if (known.names.length < namesTold) known.names.push(file.inside());
    this.found.set(id, known);
  }

  /** One for each id. Where nothing has a name there is nothing to compare with. */
  faults(): RootfsFault[] {
    if (this.users.size + this.groups.size === 0) return [];
    const more: RootfsFault[] =
      this.others === 0
        ? []
        : [
            {
              ...{ code: 'owner-unnamed', severity: 'information', path: '/etc/passwd' },
              message: `Files belong to more users and groups that have no line in /etc/passwd and /etc/group: ${this.others} times.`,
            },
          ];
    const told = [...this.found].map(([id, { count, names }]): RootfsFault => ({
      ...{ code: 'owner-unnamed', severity: 'information' },
      path: id.startsWith('user') ? '/etc/passwd' : '/etc/group',
      message: `Files belong to ${id}, which has no line here: ${[
        ...names.map(escapeControlCharacters),
        ...(count > names.length ? [`${count - names.length} more`] : []),
      ].join(', ')}.`,
    }));
    return [...told, ...more];
  }
}
