/**
 * A bundle "by hand" (`dev.terrarium.root` is `chroot`): unshare(1), mount(8) and chroot(1) as one types them.
 * What of config.json has no place there, so that it is refused and never left out in silence.
 */
import { posix } from 'node:path';
import { keyName } from './describeIssue';
import type { EngineConfig } from './engine';
import { isBind } from './mountKinds';
import type { OciConfig } from './schema';
import { isOnLayer } from './scratchLayer';

/** PID 1 stays on the host's root, and the program of config.json is its child in the rootfs. */
export function isByHand({ annotations }: EngineConfig): boolean {
  return annotations?.['dev.terrarium.root'] === 'chroot';
}

/** Filesystems of the kernel's own: no file is read as one, and no helper of mount(8) runs. */
const types = /^(proc|sysfs|tmpfs|devpts|mqueue)$/;

/** Of mounts, as mount(8) takes them. */
const options =
  /^(r?bind|defaults|ro|rw|(no)?(suid|dev|exec|atime|diratime|relatime|strictatime)|newinstance|((ptmx)?mode|size|gid|uid|hidepid|subset)=[\w%]+)$/;

/** A place in config.json that the commands do not carry out. */
export interface NotByHand {
  readonly path: readonly (string | number)[];
  /** A sentence. */
  readonly problem: string;
}

/** @param privilege without root there is a user namespace in which root is the person, and nobody else is */
export function notByHand(config: OciConfig, privilege: 'root' | 'rootless'): NotByHand[] {
  const { process, linux, root, mounts } = config;
  const found: NotByHand[] = [];
  const refuse = (path: (string | number)[], why: string) =>
    found.push({ path, problem: `${keyName(path)} is not done by hand: ${why}.` });
  const { user } = process;
  if (user.uid !== 0 || user.gid !== 0 || user.additionalGids?.length)
    refuse(['process', 'user'], 'chroot(2) needs root, and the program stays what did it');
  if (user.umask !== undefined) refuse(['process', 'user', 'umask'], 'it is left as it is');
  if (posix.resolve('/', process.cwd) !== '/')
    refuse(['process', 'cwd'], 'chroot(1) starts the program in /');
  const safely = 'bash and the program keep all that who starts it has';
  for (const key of ['capabilities', 'noNewPrivileges', 'oomScoreAdj'] as const)
    if (process[key] !== undefined && process[key] !== false) refuse(['process', key], safely);
  if (process.rlimits?.length) refuse(['process', 'rlimits'], safely);
  if (root.readonly) refuse(['root', 'readonly'], 'the rootfs is a folder there and no mount');
  if (linux.rootfsPropagation !== undefined)
    refuse(['linux', 'rootfsPropagation'], 'the rootfs is a folder there and no mount');
  const hidden = 'PID 1 is on the host’s root, so nothing is hidden from the program';
  for (const key of ['maskedPaths', 'readonlyPaths'] as const)
    if (linux[key]?.length) refuse(['linux', key], hidden);
  for (const key of ['seccomp', 'resources', 'cgroupsPath'] as const)
    if (linux[key] !== undefined) refuse(['linux', key], safely);
  for (const key of ['devices', 'sysctl'] as const)
    if (Object.keys(linux[key] ?? {}).length) refuse(['linux', key], 'nobody sets it up');
  if (isOnLayer(config))
    refuse(['annotations', 'dev.terrarium.overlay'], 'the rootfs is a folder there and no mount');
  linux.namespaces.forEach(({ type, path }, index) => {
    const place = ['linux', 'namespaces', index];
    if (path !== undefined) refuse([...place, 'path'], 'all its namespaces are new');
    if (type === 'user' && privilege === 'root')
      refuse(place, 'started with root it has the users of this machine');
  });
  if (linux.uidMappings?.length && config.annotations?.['dev.terrarium.idMappings'] !== 'own')
    refuse(['linux', 'uidMappings'], 'without root, root inside is you and nobody else is there');
  mounts.forEach((mount, index) => {
    const type = mount.type ?? 'none';
    if (!isBind(mount) && !types.test(type))
      refuse(['mounts', index, 'type'], `a filesystem of type ${type} may be more than a folder`);
    mount.options?.forEach((option, at) => {
      if (!options.test(option))
        refuse(['mounts', index, 'options', at], `“${option}” is no part of it`);
    });
  });
  return found;
}
