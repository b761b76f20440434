/** The owners of a rootfs that have no name in it. Used by checkRootfs.ts. */
import { namesTold } from '../../protocol/ownership';
import type { readAccounts } from '../bundle/passwd';
import type { Visited } from '../fs/walkTree';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { RootfsFault } from './RootfsFault';

/** Every file may have one of its own. */
const maxIds = 200;

/** Ids of files that have no name in /etc/passwd or /etc/group, with the files that have them. */
export class Owners {
  /** Files of ids that are not told one by one. */
  private others = 0;
  private readonly found = new Map<string, { count: number; readonly names: string[] }>();
  private readonly named: ReadonlySet<string>;

  constructor({ users, groups }: Awaited<ReturnType<typeof readAccounts>>) {
    this.named = new Set([
      ...users.map(({ uid }) => `user ${uid}`),
      ...groups.map(({ gid }) => `group ${gid}`),
    ]);
  }

  meet({ stat }: Visited, inside: string): void {
    for (const id of [`user ${stat.uid}`, `group ${stat.gid}`]) {
      if (this.named.has(id)) continue;
      if (this.found.size >= maxIds && !this.found.has(id)) {
        this.others++;
        continue;
      }
      const known = this.found.get(id) ?? { count: 0, names: [] };
      known.count++;
      if (known.names.length < namesTold) known.names.push(inside);
      this.found.set(id, known);
    }
  }

  /** One for each id. Where nothing has a name there is nothing to compare with. */
  faults(): RootfsFault[] {
    if (this.named.size === 0) return [];
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
