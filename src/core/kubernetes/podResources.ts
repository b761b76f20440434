/** `linux.resources` as `resources` of a Pod's container. Pure; used by podManifest.ts. */
import type { IContainer } from 'kubernetes-models/v1';
import type { OciConfig } from '../config/schema';
import type { Resources } from '../config/resourcesSchema';
import type { Unsaid } from './unsaid';

export function resourcesOf({ linux }: Pick<OciConfig, 'linux'>): {
  value: IContainer['resources'];
  unsaid: Unsaid[];
} {
  const { resources } = linux;
  const memory = resources?.memory?.limit ?? -1;
  const cpu = millicores(resources?.cpu);
  const limits = {
    ...(memory > 0 ? { memory: String(memory) } : {}),
    ...(cpu === undefined ? {} : { cpu: `${cpu}m` }),
  };
  const value = Object.keys(limits).length > 0 ? { limits } : undefined;
  return { value, unsaid: resources ? unsaidOf(resources) : [] };
}

/** A thousandth of a processor is the least. @returns undefined for no limit */
function millicores(cpu: Resources['cpu']): number | undefined {
  const { quota = -1, period = 0 } = cpu ?? {};
  if (quota <= 0) return undefined;
  return Math.max(1, Math.round((quota / (period > 0 ? period : usualPeriod)) * 1000));
}

/** In microseconds (cpu.max). */
const usualPeriod = 100_000;

function unsaidOf(resources: Resources): Unsaid[] {
  const { memory, cpu, pids, blockIO, hugepageLimits, unified, devices, network, rdma } = resources;
  const processors = cpu?.cpus ?? cpu?.mems;
  const rows: readonly (readonly [key: string, value: unknown, reason: string])[] = [
    ['memory.reservation', memory?.reservation, 'a request would also say where the Pod may run.'],
    ['memory.swap', memory?.swap, 'how much may be swapped is the kubelet’s to say.'],
    ['memory', memory && rarely(memory), 'a Pod has the limit alone.'],
    ['cpu.shares', cpu?.shares, 'a request would also say where the Pod may run.'],
    [
      'cpu.period',
      cpu?.quota && cpu.period,
      'the kubelet chooses the period; the share is the same.',
    ],
    ['cpu', cpu?.burst ?? cpu?.idle, 'a Pod has neither burst nor idle.'],
    ['cpu.cpus, mems', processors, 'the kubelet’s CPU manager chooses processors.'],
    ['pids', pids, `the kubelet has one limit for all Pods, and not ${pids?.limit}.`],
    ['blockIO', blockIO, 'a Pod has no limits at disks.'],
    ['hugepageLimits', hugepageLimits?.length, 'a Pod asks for pages of nodes that have them.'],
    ['unified', unified && Object.keys(unified).length, 'a Pod writes no file of a cgroup.'],
    ['devices', devices?.length, 'which devices may be used is the runtime’s to say.'],
    ['network', network, 'a Pod has no classes and priorities of packets.'],
    ['rdma', rdma, 'RDMA devices are a plugin’s.'],
  ];
  return rows.flatMap(([key, value, reason]) =>
    value === undefined || value === 0 ? [] : [[`linux.resources.${key}`, reason] as const],
  );
}

function rarely({
  kernel,
  kernelTCP,
  swappiness,
  disableOOMKiller,
}: NonNullable<Resources['memory']>) {
  return kernel ?? kernelTCP ?? swappiness ?? (disableOOMKiller || undefined);
}
