/** linux.sysctl: kernel parameters of the container's own namespaces. Used by `planStart`. */
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import type { Step } from './step';

/** What belongs to an IPC namespace (ipc_namespaces(7)). */
const ipc =
  /^(kernel\/(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced|auto_msgmni)|fs\/mqueue\/.+)$/;

/**
 * @param created the types of namespace that the container does not share with the machine
 * @throws TerrariumError `sysctl-host` for a parameter that would change this machine
 */
export function sysctlSteps(config: OciConfig, created: ReadonlySet<string>): Step[] {
  return Object.entries(config.linux.sysctl ?? {}).map(([name, value]) => {
    const file = sysctlFile(name);
    const type = namespaceOf(file);
    if (type === undefined || !created.has(type)) {
      throw new TerrariumError(
        'sysctl-host',
        `linux.sysctl sets ${name}, which ${type === undefined ? 'belongs to no namespace' : `needs a ${type} namespace`}, so it would change this machine.`,
        type === undefined
          ? 'Remove it from config.json.'
          : `Add { "type": "${type}" } to linux.namespaces in config.json, or remove it.`,
      );
    }
    return {
      id: `sysctl:${name}`,
      where: 'namespaces',
      argv: ['write_file', value, `/proc/sys/${file}`],
      why: `Set ${name} of its ${type} namespace`,
    };
  });
}

/** sysctl(8): the first separator says which of "." and "/" separates; the other is part of a name. */
function sysctlFile(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== '.') return name;
  return name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

function namespaceOf(file: string): 'network' | 'ipc' | undefined {
  if (file.startsWith('net/')) return 'network';
  return ipc.test(file) ? 'ipc' : undefined;
}
