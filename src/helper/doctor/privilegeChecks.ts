/** Can containers be made here, and by whom? Tried, not guessed. */
import { access, readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Check } from '../../protocol/doctor';
import { namespaceFlagOrder, namespaceTypes } from '../../core/config/namespaceTypes';
import { quote } from '../../core/text/quote';
import { findTool } from '../host/hostTools';
import { noNewPrivileges } from '../../core/sequence/noNewPrivileges';
import { attempt } from './attempt';

const isRoot = () => process.geteuid!() === 0;

/** The command of this program; VS Code's Electron runs as Node only with ELECTRON_RUN_AS_NODE. */
function checkAsRoot(): string {
  const electron = process.versions.electron === undefined ? [] : ['env', 'ELECTRON_RUN_AS_NODE=1'];
  return ['sudo', ...electron, process.execPath, process.argv[1]!, 'check'].map(quote).join(' ');
}

export async function namespaces(): Promise<Check> {
  const common = { code: 'namespaces', title: 'Namespaces as root' };
  if (!isRoot())
    return {
      ...common,
      verdict: 'unknown',
      found: `Linux ${os.release()}; only root can try without a user namespace.`,
      remedy: 'Run the check as root to know:',
      command: checkAsRoot(),
    };
  const { time } = namespaceTypes; // came late
  const flags = namespaceFlagOrder
    .filter((type) => type !== 'user' && type !== 'time')
    .map((type) => namespaceTypes[type].flag);
  const forks = ['--fork', '--kill-child', '--', 'true'];
  const { worked, said } = await attempt('unshare', ...flags, ...forks);
  const withTime = worked && (await attempt('unshare', time.flag, ...forks));
  if (withTime && !withTime.worked)
    return {
      ...common,
      verdict: 'limited',
      found: `Linux ${os.release()} made all of them but the time namespace: ${withTime.said}`,
      remedy: 'Leave "time" out of linux.namespaces, or use Linux 5.6 or later.',
    };
  return worked
    ? { ...common, verdict: 'ok', found: `Linux ${os.release()} made all of them.` }
    : {
        ...common,
        verdict: 'failed',
        found: said,
        remedy: 'A container that this runs in must allow it (CAP_SYS_ADMIN, no seccomp filter).',
      };
}

/**
 * The check mounts, because Ubuntu's AppArmor lets a program make a user namespace without capabilities in
 * it. There mount(2) of procfs or sysfs fails with EPERM if the present one has covered parts
 * (mount_too_revealing in fs/namespace.c), as in Docker and development containers.
 */
export async function userNamespace(): Promise<Check> {
  const common = { code: 'user-namespace', title: 'Containers without root' };
  const mounts = (type: string, place: string, ...further: string[]) =>
    attempt(
      'unshare',
      ...['--user', '--map-root-user', '--mount', '--pid', ...further, '--fork', '--kill-child'],
      ...['--', 'mount', '-t', type, 'none', place],
    );
  const { worked, said } = await mounts('tmpfs', '/tmp');
  if (worked) {
    const covered = await Promise.all([mounts('proc', '/proc'), mounts('sysfs', '/sys', '--net')]);
    const [lacking] = ['/proc', '/sys'].filter((_, index) => !covered[index]!.worked);
    if (lacking === undefined)
      return { ...common, verdict: 'ok', found: 'A user namespace was made, and could mount.' };
    return {
      ...common,
      verdict: lacking === '/proc' ? 'failed' : 'limited',
      found: `A user namespace was made, but could not mount a ${lacking} of its own: parts of ${lacking} are covered here, as in Docker, and a new one would show them.`,
      remedy:
        'Start the container that this runs in without covering them (docker run --security-opt systempaths=unconfined, podman run --security-opt unmask=ALL), or use sudo and no user namespace.',
    };
  }
  const appArmor = await setting('kernel/apparmor_restrict_unprivileged_userns');
  const most = await setting('user/max_user_namespaces');
  const debian = await setting('kernel/unprivileged_userns_clone');
  const remedy =
    appArmor === '1'
      ? 'AppArmor takes their powers away: give /usr/bin/unshare a profile with "userns," in /etc/apparmor.d, or use sudo.'
      : most === '0'
        ? 'Set the sysctl user.max_user_namespaces above 0, or use sudo.'
        : debian === '0'
          ? 'Set the sysctl kernel.unprivileged_userns_clone to 1, or use sudo.'
          : 'Use sudo.';
  return { ...common, verdict: 'failed', found: said, remedy };
}

export const unboundEditor =
  'Start VS Code from a terminal or as a .deb or .rpm instead of a snap or Flatpak, and without no-new-privileges around it (Docker’s security-opt, systemd’s NoNewPrivileges).';

const meanwhile = 'Rootless works as it is, with root alone inside.';

async function setting(name: string): Promise<string | undefined> {
  const text = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => undefined); // not every kernel has it
  return text?.trim();
}

export async function sudo(): Promise<Check> {
  const common = { code: 'sudo', title: 'sudo' };
  if (isRoot()) return { ...common, verdict: 'ok', found: 'Not needed: this runs as root.' };
  if (!findTool('sudo'))
    return {
      ...common,
      verdict: 'limited',
      found: 'There is no sudo.',
      remedy: 'Install the package sudo, or use rootless.',
    };
  if (noNewPrivileges())
    return {
      ...common,
      verdict: 'failed',
      found: 'This process has no-new-privileges set, so sudo cannot work in it.',
      remedy: `${unboundEditor} ${meanwhile}`,
    };
  const { worked } = await attempt('sudo', '-n', 'true');
  return {
    ...common,
    verdict: 'ok',
    found: worked ? 'It asks for no password.' : 'It is there and will ask for a password.',
  };
}

/** A snap or a relaunched VS Code may have set it; it cannot be unset (PR_SET_NO_NEW_PRIVS(2const)). */
export function noNewPrivs(): Check {
  const common = { code: 'no-new-privileges', title: 'Gaining privileges' };
  return noNewPrivileges()
    ? {
        ...common,
        verdict: 'failed',
        found:
          'NoNewPrivs is 1: no setuid program gains anything here, sudo and newuidmap among them.',
        remedy: `${unboundEditor} ${meanwhile}`,
      }
    : { ...common, verdict: 'ok', found: 'NoNewPrivs is 0.' };
}

export async function confinedEditor(): Promise<Check> {
  const common = { code: 'confined-editor', title: 'VS Code itself' };
  const flatpak = await access('/.flatpak-info').then(
    () => true,
    () => false,
  );
  const kind = flatpak ? 'Flatpak' : process.env.SNAP ? 'snap' : undefined;
  return kind === undefined
    ? { ...common, verdict: 'ok', found: 'It is neither a snap nor a Flatpak.' }
    : {
        ...common,
        verdict: 'limited',
        found: `It runs as a ${kind} and sees another file system than your programs.`,
        remedy: 'Install the .deb or .rpm of VS Code.',
      };
}
