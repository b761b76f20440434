/**
 * File systems with one superblock on a machine: mounting one with a superblock option changes it for all
 * mounts (`get_tree_single` of fs/super.c; tracefs and debugfs by their mode and uid).
 * Used by parseConfig.
 */
import { isBind } from './mountKinds';
import type { HostEscape } from './hostEscapes';
import { isRecursive } from './mountOption';
import { ofBinds } from './unsupported';
import type { OciConfig } from './schema';

const single =
  /^(debugfs|tracefs|securityfs|configfs|pstore|devtmpfs|fusectl|efivarfs|binfmt_misc|selinuxfs|smackfs)$/;

export function hostGlobalFilesystems({ mounts }: OciConfig): HostEscape[] {
  return mounts.flatMap((mount, index): HostEscape[] => {
    const { type = 'none', options = [] } = mount;
    if (isBind(mount)) return [];
    if (type === 'cpuset')
      return [
        {
          path: ['mounts', index, 'type'],
          reason: 'would show this machine’s own cpusets, to be changed; mount the type cgroup',
          remedy: 'Correct that mount in config.json.',
        },
      ];
    if (!single.test(type)) return [];
    return options.flatMap((option, at) =>
      ofBinds.test(option) || isRecursive(option)
        ? []
        : [
            {
              path: ['mounts', index, 'options', at],
              reason: `would be set for the ${type} of this machine, which has one alone: remove it, or bind the one that is mounted`,
              remedy: 'Correct that mount in config.json.',
            },
          ],
    );
  });
}
