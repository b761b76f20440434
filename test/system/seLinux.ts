/**
 * A policy of SELinux for the system tests, in CIL, where this kernel has SELinux and no policy yet, as in the virtual
 * machine, and secilc(8) is here. All may do all but what is said below: it names domains, and the kernel is permissive.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const selinuxfs = '/sys/fs/selinux';
export const hasSELinux = existsSync(`${selinuxfs}/load`);
export const processLabel = 'system_u:system_r:box_t:s0';
export const mountLabel = 'system_u:object_r:mount_t:s0';

/** Those that Linux knows, in its order (security/selinux/include/initial_sid_to_string.h). */
const sids = [
  ...['kernel', 'security', 'unlabeled', 'fs', 'file', 'file_labels', 'init', 'any_socket'],
  ...['port', 'netif', 'netmsg', 'node', 'igmp_packet', 'icmp_socket', 'tcp_socket'],
  ...['sysctl_modprobe', 'sysctl', 'sysctl_fs', 'sysctl_kernel', 'sysctl_net', 'sysctl_net_unix'],
  ...['sysctl_vm', 'sysctl_dev', 'kmod', 'policy', 'scmp_packet', 'devnull'],
];
const named = ['kernel', 'security', 'unlabeled', 'fs', 'file', 'init', 'any_socket', 'port'];

function policy(): string {
  const each = (list: readonly string[], line: (one: string) => string) =>
    list.map(line).join('\n');
  return `
    (mls true) (handleunknown allow) (policycap nnp_nosuid_transition)
    (class process (transition dyntransition)) (class file (read)) (classorder (process file))
    ${each(sids, (sid) => `(sid ${sid})`)} (sidorder (${sids.join(' ')}))
    (sensitivity s0) (sensitivityorder (s0)) (level low (s0))
    (user system_u) (userlevel system_u low) (userrange system_u (low low))
    (role object_r) (role system_r) (userrole system_u system_r) (userrole system_u object_r)
    (type machine_t) (type box_t) (type mount_t)
    (roletype system_r machine_t) (roletype system_r box_t)
    (roletype object_r machine_t) (roletype object_r mount_t)
    (context machine (system_u system_r machine_t (low low)))
    (context file (system_u object_r machine_t (low low)))
    ${each([...named, 'netif', 'netmsg', 'node', 'devnull'], (sid) => `(sidcontext ${sid} machine)`)}
    (fsuse trans tmpfs file) (fsuse trans devpts file)
    ${each(['proc', 'sysfs', 'selinuxfs', 'cgroup2', '9p', 'rootfs'], (fs) => `(genfscon ${fs} / file)`)}
    (allow machine_t box_t (process (transition)))
    (allow box_t mount_t (file (read)))`;
}

/** @returns why there is none */
export function loadPolicy(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-policy-'));
  try {
    const [source, binary] = [path.join(folder, 'policy.cil'), path.join(folder, 'policy')];
    writeFileSync(source, policy());
    const words = ['-o', binary, '-f', path.join(folder, 'contexts'), source];
    const { error, status, stderr } = spawnSync('secilc', words, { encoding: 'utf8' });
    if (error) return `no secilc here: ${error.message}`;
    if (status !== 0) throw new Error(stderr);
    try {
      writeFileSync(`${selinuxfs}/load`, readFileSync(binary));
    } catch (error) {
      const { stdout } = spawnSync('dmesg', { encoding: 'utf8' });
      throw new Error(`The kernel takes no such policy:\n${stdout.slice(-1500)}`, { cause: error });
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
