/** The names of a UTS namespace. Used by `rootfsSteps`. */
import type { OciConfig } from '../config/schema';
import type { StartWay } from '../config/startWay';
import { TerrariumError } from '../errors';
import type { Operation } from './operation';
import type { Step } from './step';

/** @param created one that is joined is others' too */
export function nameSteps(
  config: OciConfig,
  created: ReadonlySet<string>,
  hasUsers: boolean,
  way: StartWay,
): Step[] {
  const names = { hostname: config.hostname, domainname: config.domainname };
  return Object.entries(names).flatMap(([program, value]): Step[] => {
    if (value === undefined || value === '') return [];
    if (!created.has('uts')) {
      throw new TerrariumError(
        'uts-namespace-missing',
        `config.json sets "${program}" without a uts namespace of its own, which would rename this machine.`,
        'Have { "type": "uts" } without "path" in linux.namespaces, or remove that line.',
      );
    }
    return [
      {
        id: program,
        where: 'namespaces',
        ...nameOperation(program as keyof typeof names, value, hasUsers, way),
        why: `Set the ${program} of the UTS namespace`,
      },
    ];
  });
}

/**
 * hostname(1) of Debian refuses what sethostname(2) takes: an underscore, a dash or dot at the end. Only a
 * root of the machine may write the file of the kernel (proc_sys_kernel(5)); BusyBox's hostname refuses
 * nothing. domainname(1) takes every name.
 */
function nameOperation(
  program: 'hostname' | 'domainname',
  value: string,
  hasUsers: boolean,
  way: StartWay,
): Operation {
  const label = '[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*';
  const isTaken = new RegExp(`^${label}(?:\\.${label})*$`).test(value);
  if (way === 'program' || program !== 'hostname' || isTaken)
    return { kind: 'setName', program, value };
  return hasUsers
    ? { kind: 'setName', program, value, busybox: true }
    : { kind: 'write', text: value, file: '/proc/sys/kernel/hostname' };
}
