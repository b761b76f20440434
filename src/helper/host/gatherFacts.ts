/** What a plan must know of this machine and of the person. Called before each start. */
import { lstat, statfs } from '../../core/fs/files';
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import { cgroupLayout } from '../../core/cgroup/cgroupFacts';
import type { OciConfig } from '../../core/config/schema';
import { wantsCgroup } from '../../core/sequence/planCgroup';
import { wantedCgroup } from '../../core/sequence/wantedCgroup';
import { ownMounts } from '../../core/procfs/ownMounts';
import { canLeaveGroups } from '../../core/sequence/canLeaveGroups';
import { bundleFacts } from '../../core/sequence/bundleFacts';
import { deviceFacts } from '../../core/sequence/deviceFacts';
import { loopbackCommand } from '../../core/sequence/loopback';
import { mountFacts } from '../../core/sequence/mountSources';
import { securityModules } from '../../core/config/securityModules';
import { nameOf, subordinateRange } from '../../core/config/subordinateRange';
import { TerrariumError } from '../../core/errors';
import type { Privilege } from '../../protocol/container';
import type { HostFacts } from '../../core/sequence/hostFacts';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { findTool } from './hostTools';
import { findIdMapTools } from '../../core/sequence/findIdMapTools';
import { areSetuid, tryIdMapTools } from './idMapTools';
import { noNewPrivileges } from '../../core/sequence/noNewPrivileges';
import { hasUserNamespace } from '../../core/sequence/userNamespace';
import { requireStraightSources } from './requireStraightSources';

/** NSFS_MAGIC of linux/magic.h. */
const nsfs = 0x6e736673;

/**
 * @param person whose ids container root has in a user namespace; the helper's own unless under sudo
 * @param cgroupName of the container's cgroup where config.json gives it no path
 * @param privilege what the plan is for: a script for root can be planned without root
 * @throws TerrariumError `namespace-file`, `mount-source-link`
 */
export async function gatherFacts(
  bundle: Bundle,
  person: { uid: number; gid: number } = personOf(process.env),
  cgroupName = 'terrarium',
  privilege: Privilege = ownPrivilege(),
): Promise<HostFacts> {
  const root = privilege === 'root';
  const [mounts] = await Promise.all([
    ownMounts(),
    requireNamespaceFiles(bundle).then(() => requireStraightSources(bundle)),
  ]);
  const mapsIds = hasUserNamespace(bundle.config, privilege);
  const [
    ofMounts,
    ofIds,
    devices,
    ofDevices,
    ofBundle,
    modules,
    cgroup,
    { layout },
    furtherGroups,
  ] = await Promise.all([
    mountFacts(bundle, mounts),
    mapsIds ? furtherIds(person, root) : {},
    devicesOf(bundle),
    deviceFacts(privilege),
    bundleFacts(bundle),
    securityModules(bundle.config),
    wantedCgroup(bundle.config, { privilege, uid: process.geteuid!(), name: cgroupName, mounts }),
    cgroupLayout(mounts),
    // Under sudo the groups are root's own, whatever groups the caller has.
    privilege === ownPrivilege() && canLeaveGroups(),
  ]);
  const loopback = loopbackCommand();
  return {
    privilege,
    machine: process.arch,
    ...person,
    furtherGroups,
    ...ofIds,
    ...ofMounts,
    devices,
    ...(loopback ? { loopback } : {}),
    ...(findTool('bash') ? {} : { noBash: true }),
    ...ofDevices,
    ...ofBundle,
    securityModules: modules,
    cgroups: layout,
    mounts,
    ...(cgroup ? { cgroup } : {}),
  };
}

export function ownPrivilege(): Privilege {
  return process.geteuid!() === 0 ? 'root' : 'rootless';
}

/**
 * Whether a start of this helper makes a cgroup: then it waits for others that do, and more than PID 1 is left of one
 * that is cut off.
 */
export function makesCgroup(config: OciConfig): boolean {
  return wantsCgroup(config, ownPrivilege());
}

type FurtherIds = Pick<HostFacts, 'subuid' | 'subgid' | 'idMapTools'>;

/** Root writes the maps itself; other users need newuidmap(1) and a user name. */
async function furtherIds(
  person: { uid: number; gid: number },
  root: boolean,
): Promise<FurtherIds> {
  const [subuid, subgid] = await Promise.all([
    subordinateRange('/etc/subuid', person.uid),
    subordinateRange('/etc/subgid', person.uid),
  ]);
  const ranges = { ...(subuid && { subuid }), ...(subgid && { subgid }) };
  if (root) return ranges;
  const tools = findIdMapTools();
  if (!tools || noNewPrivileges() || (await nameOf(person.uid)) === undefined) return {};
  const isUsual = findTool('newuidmap') === tools.uid && findTool('newgidmap') === tools.gid;
  const elsewhere = isUsual ? {} : { idMapTools: tools };
  if (!subuid || !subgid || areSetuid(tools)) return { ...ranges, ...elsewhere };
  const refusal = await tryIdMapTools(tools, { ...person, subuid, subgid });
  return refusal === undefined ? { ...ranges, ...elsewhere } : elsewhere;
}

/** open(2) of a FIFO would block the start; statfs(2) opens nothing. */
async function requireNamespaceFiles({ name, config }: Bundle): Promise<void> {
  for (const { type, path: file } of config.linux.namespaces) {
    if (file === undefined) continue;
    const on = await statfs(file).catch(() => undefined); // nsenter and runtimes say what is missing
    if (on === undefined || on.type === nsfs) continue;
    throw new TerrariumError(
      'namespace-file',
      `“${escapeControlCharacters(name)}” asks to join the ${type} namespace at ${escapeControlCharacters(file)}, which is no namespace.`,
      'Name one such as /proc/PID/ns/net, or a bind of it, in linux.namespaces of config.json.',
    );
  }
}

async function devicesOf(bundle: Bundle): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { path: device } of bundle.config.linux.devices ?? []) {
    const place = path.posix.normalize(device);
    const node = await lstat(place).catch(() => undefined); // a missing device is left out
    if (!node?.isCharacterDevice() && !node?.isBlockDevice()) continue;
    // Linux's dev_t, as glibc's gnu_dev_major(3) takes it apart.
    const rdev = BigInt(node.rdev);
    const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
    const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
    found.set(place, `${node.isBlockDevice() ? 'b' : 'c'} ${major}:${minor}`);
  }
  return found;
}

/** The person's ids: SUDO_UID and SUDO_GID (sudo(8)), or the process's own. */
export function personOf(env: NodeJS.ProcessEnv): { uid: number; gid: number } {
  const [uid, gid] = [env.SUDO_UID, env.SUDO_GID].map((text) =>
    /^\d{1,10}$/.test(text ?? '') ? Number(text) : undefined,
  );
  return process.geteuid!() === 0 && uid !== undefined && gid !== undefined
    ? { uid, gid }
    : { uid: process.getuid!(), gid: process.getgid!() };
}
