/** linux.sysctl: kernel parameters of the container's own namespaces. Used by `planStart`. */
import type { OciConfig } from '../config/schema';
import { sysctlFile } from '../config/sysctlName';
import { TerrariumError } from '../errors';
import type { Step } from './step';

/** What belongs to an IPC namespace (ipc_namespaces(7)). */
const ipc =
  /^(kernel\/(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced|auto_msgmni)|fs\/mqueue\/.+)$/;

/** What belongs to a UTS namespace, and the keys of config.json that set it. */
const ofUts: Readonly<Record<string, string>> = {
  'kernel/hostname': 'hostname',
  'kernel/domainname': 'domainname',
};

/**
 * @param created the types of namespace that are made for the container: one that it joins is others' too
 * @throws TerrariumError `sysctl-host` for a parameter that would change this machine, `sysctl-name`
 */
export function sysctlSteps(config: OciConfig, created: ReadonlySet<string>): Step[] {
  return Object.entries(config.linux.sysctl ?? {}).map(([name, value]) => {
    const file = sysctlFile(name) ?? '';
    const type = namespaceOf(file);
    const own = ofUts[file];
    if (own !== undefined) {
      throw new TerrariumError(
        'sysctl-name',
        `linux.sysctl sets ${name}, for which config.json has the key "${own}".`,
        `Write "${own}": ${JSON.stringify(value)} beside "linux" instead.`,
      );
    }
    if (type === undefined || !created.has(type)) {
      throw new TerrariumError(
        'sysctl-host',
        `linux.sysctl sets ${name}, which ${type === undefined ? 'belongs to no namespace' : `needs a ${type} namespace of its own`}, so it would change this machine.`,
        type === undefined
          ? 'Remove it from config.json.'
          : `Have { "type": "${type}" } without "path" in linux.namespaces of config.json, or remove it.`,
      );
    }
    return {
      id: `sysctl:${name}`,
      where: 'namespaces',
      group: 'sysctl',
      ...{ kind: 'write', text: value, file: `/proc/sys/${file}` },
      why: `Set ${name} of its ${type} namespace`,
    };
  });
}

function namespaceOf(file: string): 'network' | 'ipc' | undefined {
  if (file.startsWith('net/')) return 'network';
  return ipc.test(file) ? 'ipc' : undefined;
}
