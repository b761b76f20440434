/** 127.0.0.1 in a new network namespace: the kernel makes its loopback device down (network_namespaces(7)). */
import type { StartWay } from '../config/startWay';
import { findTool } from '../fs/findTool';
import type { HostFacts } from './hostFacts';
import type { Step } from './step';

/** Any of them does; BusyBox has the applet wherever it is built for a whole system. */
const commands = [
  ['ip', 'link', 'set', 'lo', 'up'],
  ['ifconfig', 'lo', 'up'],
  ['busybox', 'ifconfig', 'lo', 'up'],
] as const;

/** The command that this machine has for it, with the name of its program; undefined where it has none. */
export function loopbackCommand(find = findTool): readonly string[] | undefined {
  return commands.find(([program]) => find(program) !== undefined);
}

/**
 * Runs before PID 1 gives up CAP_NET_ADMIN, which a root inside has in its own network namespace.
 * @param created one that is joined is others' too, and is as they have set it up
 */
export function loopbackSteps(
  facts: HostFacts,
  created: ReadonlySet<string>,
  way: StartWay,
): Step[] {
  const loopback = facts.loopback ?? (way === 'program' ? commands[0] : undefined);
  if (!created.has('network') || loopback === undefined) return [];
  return [
    {
      id: 'loopback',
      where: 'namespaces',
      ...{ kind: 'loopback', command: loopback },
      why: 'Bring up the loopback device, so that 127.0.0.1 answers inside',
    },
  ];
}

export function loopbackWarnings({ loopback }: HostFacts, created: ReadonlySet<string>): string[] {
  return created.has('network') && loopback === undefined
    ? [
        'Its 127.0.0.1 does not answer: this machine has no “ip”, “ifconfig” or “busybox” to bring the loopback device up. Install the package iproute2.',
      ]
    : [];
}
