/** What the machine brings: kernel features, programs, and the file system of the workspace. */
import { findBusybox } from '../../core/bundle/busybox';
import { readCgroups } from '../../core/cgroup/cgroupFacts';
import { TerrariumError, messageOf } from '../../core/errors';
import { inDelegatedCgroup } from '../../core/text/remedies';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Check } from '../../protocol/doctor';
import { nativePty } from '../console/pty/nativePty';
import { findTool } from '../host/hostTools';
import { whyNoProgram, withoutProgram } from '../host/initProgram';
import { attempt } from './attempt';
import { ownMounts } from '../../core/procfs/ownMounts';

/** Limits that people know; the other controllers are said where they are. */
const usual = ['cpu', 'memory', 'pids'];

export async function cgroups(): Promise<Check> {
  const common = { code: 'cgroups', title: 'Resource limits' };
  const root = process.geteuid!() === 0;
  const { layout, base, there } = await readCgroups({
    ...{ privilege: root ? 'root' : 'rootless', uid: process.geteuid!(), name: '' },
  });
  const alone = 'Boot with systemd.unified_cgroup_hierarchy=1 for cgroup v2 alone.';
  if (layout === 'v1' || layout === 'none') {
    const found =
      layout === 'none' ? 'No cgroup file system is mounted.' : 'There is cgroup v1 alone.';
    return { ...common, verdict: 'limited', found, remedy: alone };
  }
  const own = base === undefined ? undefined : there.get(base);
  if (!own)
    return {
      ...common,
      verdict: 'limited',
      found: 'No cgroup is delegated to you, so containers without root have no limits.',
      remedy: `Use sudo, or have one delegated: ${inDelegatedCgroup}.`,
    };
  // A cgroup with processes can delegate only the controllers that it has enabled already.
  const usable = own.processes && base !== '' ? own.enabled : own.controllers;
  const lacking = usual.filter((one) => !usable.includes(one));
  const place = base === '' ? 'cgroup v2' : `The cgroup ${escapeControlCharacters(base!)} is yours`;
  const found = `${place}, with ${usable.map(escapeControlCharacters).join(', ') || 'no controller'}${lacking.length ? `; without ${lacking.join(', ')}` : ''}.`;
  if (lacking.length === 0) return { ...common, verdict: 'ok', found };
  const remedy =
    layout === 'hybrid'
      ? `The others are in cgroup v1. ${alone}`
      : base === ''
        ? 'The host of this container or virtual machine must pass them on.'
        : own.processes
          ? `Use sudo, or have one delegated: ${inDelegatedCgroup}.`
          : `Let systemd delegate them to you: Delegate=${usual.join(' ')} for user@.service.`;
  return { ...common, verdict: 'limited', found, remedy };
}

export function terminals(): Check {
  const common = { code: 'terminals', title: 'Terminals' };
  try {
    nativePty();
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    const { problem, remedy } = error;
    return { ...common, verdict: 'failed', found: problem, remedy };
  }
  return { ...common, verdict: 'ok', found: 'There is a module for this machine that makes them.' };
}

export async function overlay(): Promise<Check> {
  const common = { code: 'overlay', title: 'overlayfs' };
  const root = process.geteuid!() === 0;
  const script =
    'mount -t tmpfs none /tmp && mkdir /tmp/l /tmp/u /tmp/w /tmp/m && mount -t overlay -o "lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w$1" none /tmp/m';
  const { worked, said } = await attempt(
    'unshare',
    ...(root ? ['--mount'] : ['--user', '--map-root-user', '--mount']),
    ...['--', 'sh', '-c', script, 'sh', root ? '' : ',userxattr'],
  );
  return worked
    ? { ...common, verdict: 'ok', found: 'An overlay was mounted and is gone again.' }
    : {
        ...common,
        verdict: 'limited',
        found: said,
        remedy: 'Load the kernel module overlay; without root Linux 5.11 or later is needed.',
      };
}

export function startProgram(): Check {
  const common = { code: 'start-program', title: 'terrarium-init' };
  const why = whyNoProgram();
  if (why === undefined)
    return { ...common, verdict: 'ok', found: 'It can carry out a start by system calls here.' };
  return {
    ...common,
    verdict: 'failed',
    found: escapeControlCharacters(why),
    remedy: withoutProgram,
  };
}

export async function utilLinux(): Promise<Check> {
  const common = { code: 'util-linux', title: 'util-linux' };
  const names = ['unshare', 'nsenter', 'mount', 'umount', 'pivot_root', 'setpriv', 'prlimit'];
  const missing = names.filter((name) => !findTool(name));
  if (missing.length)
    return {
      ...common,
      verdict: 'failed',
      found: `There is no ${missing.join(', no ')}.`,
      remedy: 'Install the package util-linux.',
    };
  const { said } = await attempt('unshare', '--version');
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
  const version = Number(major) * 100 + Number(minor);
  const lacks = [
    ...(version < 238 ? ['unshare --map-auto'] : []),
    ...(version < 239 ? ['idmapped mounts'] : []),
    ...(version < 240 ? ['Landlock in setpriv'] : []),
    ...(version < 241 ? ['seccomp in setpriv'] : []),
  ];
  return {
    ...common,
    verdict: 'ok',
    found: `${said}${lacks.length ? `; it has no ${lacks.join(', no ')} yet` : ''}.`,
  };
}

/** hostname(1) is a package of its own, and in some distributions without domainname(1). */
export function hostNames(): Check {
  const common = { code: 'host-names', title: 'Names of a container' };
  const missing = ['hostname', 'domainname'].filter((name) => !findTool(name));
  return missing.length === 0
    ? { ...common, verdict: 'ok', found: 'hostname and domainname are there.' }
    : {
        ...common,
        verdict: 'limited',
        found: `There is no ${missing.join(' and no ')}, so no config.json may set ${missing.length === 1 ? 'that name' : 'these names'}.`,
        remedy: `Install the package hostname, or leave out ${missing.map((name) => `"${name}"`).join(' and ')}.`,
      };
}

export async function busybox(): Promise<Check> {
  const common = { code: 'busybox', title: 'BusyBox for new containers' };
  try {
    await findBusybox();
    return { ...common, verdict: 'ok', found: 'A statically linked one is there.' };
  } catch (error) {
    return {
      ...common,
      verdict: 'limited',
      found: escapeControlCharacters(messageOf(error)),
      remedy: 'Install the package busybox-static.',
    };
  }
}

export async function hiddenProcesses(): Promise<Check> {
  const common = { code: 'hidepid', title: 'Processes of others' };
  const proc = (await ownMounts()).find(({ mountPoint }) => mountPoint === '/proc');
  const hides = proc?.superOptions.find((option) => /^hidepid=(?!0|off)/.test(option));
  return hides === undefined
    ? { ...common, verdict: 'ok', found: '/proc shows them all.' }
    : {
        ...common,
        verdict: 'limited',
        found: `/proc is mounted with ${escapeControlCharacters(hides)}.`,
        remedy: 'Without root the host PIDs of users inside a container stay unknown; use sudo.',
      };
}

export function runtimes(): Check {
  const there = ['runc', 'crun'].filter((name) => findTool(name));
  return {
    code: 'runtimes',
    title: 'Engines beside the built-in one',
    verdict: there.length ? 'ok' : 'limited',
    found: there.length ? `Found: ${there.join(', ')}.` : 'Neither runc nor crun is installed.',
    ...(there.length
      ? {}
      : { remedy: 'Install the package crun or runc to use dev.terrarium.engine.' }),
  };
}
