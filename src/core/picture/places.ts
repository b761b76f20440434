/** What is said of where a process is, beside where those around it are. Pure. */
import type { NamespaceType } from '../../protocol/namespaces';
import type { Place, Places } from '../../protocol/places';
import type { PicturePlace, PictureRoot, SharedNamespace } from './Picture';

/**
 * What a root is. The kernel writes `/` for what is the root of a mount namespace (d_path in proc(5)), as
 * pivot_root(2) leaves it; after chroot(2) it writes the way from there.
 * @param rootfs what people call the container's own
 */
export function rootOf(root: NonNullable<Place['root']>, rootfs: string): PictureRoot {
  if (root.isHosts) return { kind: 'machine', path: '/' };
  if (root.path === '/') return { kind: 'own', path: rootfs };
  return { kind: 'chroot', path: root.path.split('/').slice(-2).join('/') };
}

interface Around {
  readonly rootfs: string;
  /** Directly in the box of its container, of which the namespaces of PID 1 are told. */
  readonly isTop: boolean;
}

/**
 * @param other of the process, where it is elsewhere than PID 1
 * @param around the same of the process that it is shown in
 */
export function placeOfOther(
  { machine, first }: Places,
  other: Partial<Place> | undefined,
  around: Partial<Place> | undefined,
  { rootfs, isTop }: Around,
): PicturePlace {
  const inodes = (place: Partial<Place> | undefined) =>
    new Map([...(first?.namespaces ?? []), ...(place?.namespaces ?? [])].map(pair));
  const [here, before, machines] = [inodes(other), inodes(around), new Map(machine.map(pair))];
  const different = [...here].filter(([type, inode]) => before.get(type) !== inode);
  const isMachines = ([type, inode]: [NamespaceType, string]) => machines.get(type) === inode;
  const root = other?.root ?? first?.root;
  const rootAround = isTop ? undefined : (around?.root ?? first?.root);
  const isOther = root !== undefined && root.folder !== rootAround?.folder;
  return {
    own: different.filter((one) => !isMachines(one)).map(([type]) => type),
    machine: different.filter(isMachines).map(([type]) => type),
    ...(isOther && { root: rootOf(root, rootfs) }),
  };
}

function pair({ type, inode }: Place['namespaces'][number]): [NamespaceType, string] {
  return [type, inode];
}

/** The namespaces of the PID 1 of each container: whose they are. @param places by container id */
export function whoseNamespaces(places: ReadonlyMap<string, Places>): {
  readonly shared: SharedNamespace[];
  /** By container id. */
  readonly each: ReadonlyMap<string, Pick<PicturePlace, 'own' | 'machine'>>;
} {
  const users = new Map<string, { type: NamespaceType; containers: string[] }>();
  const each = new Map<string, { own: NamespaceType[]; machine: NamespaceType[] }>();
  for (const [id, { machine, first }] of places) {
    const machines = new Map(machine.map(pair));
    const said = { own: [] as NamespaceType[], machine: [] as NamespaceType[] };
    for (const { type, inode } of first?.namespaces ?? [])
      if (machines.get(type) === inode) said.machine.push(type);
      else {
        const key = `${type}:${inode}`;
        const known = users.get(key);
        if (known) known.containers.push(id);
        else users.set(key, { type, containers: [id] });
      }
    each.set(id, said);
  }
  for (const { type, containers } of users.values())
    if (containers.length === 1) each.get(containers[0]!)?.own.push(type);
  return { shared: [...users.values()].filter(({ containers }) => containers.length > 1), each };
}
