/**
 * The id mappings that a new container is written with, for other runtimes: they ask for them in the file.
 * Called by "New Container" and by the quick fix that writes them anew.
 */
import { nameOf, subordinateRange } from '../config/subordinateRange';
import type { IdMappings } from '../config/templates';
import { findIdMapTools } from './findIdMapTools';
import { noNewPrivileges } from './noNewPrivileges';
import { mappingsFor } from './userNamespace';

/**
 * What a start maps for that person. The range is left out where newuidmap(1) could not map it: such a
 * file would start with root's help alone.
 */
export async function ownMappings(
  person: { readonly uid: number; readonly gid: number } = {
    uid: process.getuid!(),
    gid: process.getgid!(),
  },
  mayUse: () => boolean = () => findIdMapTools() !== undefined && !noNewPrivileges(),
): Promise<IdMappings> {
  const may = mayUse() && (await nameOf(person.uid)) !== undefined;
  const [subuid, subgid] = may
    ? await Promise.all([
        subordinateRange('/etc/subuid', person.uid),
        subordinateRange('/etc/subgid', person.uid),
      ])
    : [];
  const { uid, gid } = mappingsFor(
    {},
    { privilege: 'rootless', ...person, ...(subuid && { subuid }), ...(subgid && { subgid }) },
  );
  return { uidMappings: uid, gidMappings: gid };
}
