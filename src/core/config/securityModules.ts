/**
 * The security modules of the kernel that give processes labels (https://docs.kernel.org/admin-guide/LSM/), of which a
 * machine has one at most. Asked for a plan and for the editor.
 */
import { readFile } from '../fs/files';
import type { OciConfig } from './schema';

export type SecurityModule = 'apparmor' | 'selinux';

/** A key of config.json, and the module that carries it out. */
export const labelKeys = [
  { path: ['process', 'apparmorProfile'], module: 'apparmor' },
  { path: ['process', 'selinuxLabel'], module: 'selinux' },
  { path: ['linux', 'mountLabel'], module: 'selinux' },
] as const;

export const moduleTitles: Readonly<Record<SecurityModule, string>> = {
  apparmor: 'AppArmor',
  selinux: 'SELinux',
};

/** @returns its value; undefined for none, also where it is empty */
export function labelOf(
  { process, linux }: OciConfig,
  [, key]: (typeof labelKeys)[number]['path'],
): string | undefined {
  return { ...process, ...linux }[key] || undefined;
}

/** Those that are enabled here; none where config.json asks for no label. */
export async function securityModules(config: OciConfig): Promise<SecurityModule[]> {
  if (labelKeys.every(({ path }) => labelOf(config, path) === undefined)) return [];
  const [appArmor, seLinux] = await Promise.all(
    // What a kernel without the module does not have.
    ['/sys/module/apparmor/parameters/enabled', '/sys/fs/selinux/enforce'].map((file) =>
      readFile(file, 'utf8').catch(() => ''),
    ),
  );
  return [
    ...(appArmor?.startsWith('Y') ? (['apparmor'] as const) : []),
    ...(seLinux ? (['selinux'] as const) : []),
  ];
}
