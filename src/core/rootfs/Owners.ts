/** The owners of a rootfs that have no name in it. Used by checkRootfs.ts. */
import { namesTold } from '../../protocol/ownership';
import type { readAccounts } from '../bundle/passwd';
import type { Visited } from '../fs/walkTree';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { RootfsFault } from './RootfsFault';

/** Ids of files that have no name in /etc/passwd or /etc/group, with the files that have them. */
export class Owners {
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
      const known = this.found.get(id) ?? { count: 0, names: [] };
      known.count++;
      if (known.names.length < namesTold) known.names.push(inside);
      this.found.set(id, known);
    }
  }

  /** One for each id. Where nothing has a name there is nothing to compare with. */
  faults(): RootfsFault[] {
    if (this.named.size === 0) return [];
    return [...this.found].map(([id, { count, names }]) => ({
      ...{ code: 'owner-unnamed', severity: 'information' },
      path: id.startsWith('user') ? '/etc/passwd' : '/etc/group',
      message: `Files belong to ${id}, which has no line here: ${[
        ...names.map(escapeControlCharacters),
        ...(count > names.length ? [`${count - names.length} more`] : []),
      ].join(', ')}.`,
    }));
  }
}
