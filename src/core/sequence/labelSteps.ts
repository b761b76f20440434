/**
 * `process.apparmorProfile`, `process.selinuxLabel` and `linux.mountLabel`: labels of the machine's security module.
 * Used by `planStart` and for further shells.
 */
import { type SecurityModule, labelKeys, labelOf } from '../config/securityModules';
import type { OciConfig } from '../config/schema';
import type { Step } from './step';

/** What is written to a file of the process's own, and holds from its next execve(2) on. */
export interface NextLabel {
  readonly file: string;
  readonly text: string;
}

/** @returns undefined where config.json has none, or the machine has no module for it */
export function nextLabel(
  { process: { apparmorProfile, selinuxLabel } }: OciConfig,
  modules: readonly SecurityModule[],
): NextLabel | undefined {
  if (apparmorProfile && modules.includes('apparmor'))
    return { file: '/proc/self/attr/apparmor/exec', text: `exec ${apparmorProfile}` };
  if (selinuxLabel && modules.includes('selinux'))
    return { file: '/proc/self/attr/exec', text: selinuxLabel };
  return undefined;
}

export function labelSteps(config: OciConfig, modules: readonly SecurityModule[]): Step[] {
  const label = nextLabel(config, modules);
  if (!label) return [];
  return [
    {
      id: 'label',
      where: 'namespaces',
      ...{ kind: 'write', ...label },
      why: label.file.includes('apparmor')
        ? 'Put the program under its AppArmor profile, from its first instruction on'
        : 'Give the program its SELinux label, from its first instruction on',
    },
  ];
}

/** Whose labels the kernel gives itself, as under runc. */
const ownLabels = new Set(['proc', 'sysfs', 'mqueue', 'cgroup', 'cgroup2']);

/** With `context=` for what is mounted anew. */
export function withMountLabel(
  steps: readonly Step[],
  config: OciConfig,
  modules: readonly SecurityModule[],
): Step[] {
  const label = modules.includes('selinux') && labelOf(config, labelKeys[2].path);
  if (!label) return [...steps];
  return steps.map((step) =>
    step.kind === 'overlay' || (step.kind === 'mount' && !ownLabels.has(step.type))
      ? { ...step, options: [...step.options, `context=${label}`] }
      : step,
  );
}
