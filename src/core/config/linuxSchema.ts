/**
 * The `linux` object of `config.json`, for `schema.ts`: namespaces, id mappings, devices, masked
 * paths (https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md).
 */
import * as z from 'zod';
import { Personality, TimeOffsets } from './executionSchema';
import { specifiedNamespaceTypes } from './namespaceTypes';
import { CgroupsPath, Resources } from './resourcesSchema';
import { Seccomp } from './seccompSchema';
import { AbsolutePath, ShortText, uint32, unsupportedKey } from './schemaText';
import { sysctlFile } from './sysctlName';

const NamespaceType = z.enum(specifiedNamespaceTypes);

/** One entry: a new namespace, or with `path` an existing one to join. */
const Namespace = z.object({
  type: NamespaceType.describe(
    'A namespace of its own: what the processes in it see of one part of the system. `unshare` makes one for each of its options --pid, --net, --mount, --ipc, --uts, --user, --cgroup, --time.',
  ),
  path: AbsolutePath.optional().describe('An existing one to join instead: `nsenter`.'),
});

/** `size` ids from `containerID` on are `hostID` and following outside (user_namespaces(7)). */
export const IdMapping = z
  .object({
    containerID: uint32.describe('The first of these ids as they are inside.'),
    hostID: uint32.describe('The first of them as they are on this machine.'),
    size: uint32.min(1).describe('How many.'),
  })
  .refine((map) => Math.max(map.containerID, map.hostID) + map.size <= 2 ** 32 - 1, {
    message: 'goes beyond the last id',
    path: ['size'],
  });
export type IdMapping = z.infer<typeof IdMapping>;

const Device = z.object({
  type: z
    .enum(['c', 'b', 'u', 'p'])
    .describe('c or u: a character device, b: a block device, p: a named pipe (`mknod`).'),
  path: AbsolutePath.describe('Where it is made, below a tmpfs of the container.'),
  major: z.number().int().optional().describe('Number of its driver.'),
  minor: z.number().int().optional().describe('Its number for that driver.'),
  fileMode: z
    .number()
    .int()
    .min(0)
    .max(0o777)
    .optional()
    .describe('Who may use it, in decimal (438 is 0666): `mknod --mode`.'),
  uid: uint32.optional().describe('Its owner inside: `chown`.'),
  gid: uint32.optional().describe('Its group inside: `chown`.'),
});

const SysctlName = z
  .string()
  .refine(
    (name) => sysctlFile(name) !== undefined,
    'must be a kernel parameter such as net.ipv4.ip_forward',
  );

/** Several numbers stand in one with tabs between them, as the kernel prints them. */
const SysctlValue = z
  .string()
  .max(4095)
  // eslint-disable-next-line no-control-regex -- it keeps them out
  .regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/, 'must not contain control characters');

const Namespaces = z.array(Namespace).superRefine((namespaces, context) => {
  const seen = new Set<string>();
  namespaces.forEach(({ type }, index) => {
    if (seen.has(type))
      context.addIssue({
        code: 'custom',
        message: `lists the namespace "${type}" a second time`,
        path: [index, 'type'],
      });
    seen.add(type);
  });
});

const Linux = z.object({
  namespaces: Namespaces.default([]).describe('The new namespaces: the flags of `unshare`.'),
  uidMappings: z
    .array(IdMapping)
    .max(340)
    .optional()
    .describe(
      'Which users inside are which outside: `newuidmap`, or a write to `/proc/PID/uid_map`.',
    ),
  gidMappings: z
    .array(IdMapping)
    .max(340)
    .optional()
    .describe('The same for groups: `newgidmap`, or a write to `/proc/PID/gid_map`.'),
  devices: z
    .array(Device)
    .max(1000)
    .optional()
    .describe(
      'Beyond null, zero, full, random, urandom and tty: `mknod`, or `mount --bind` in a user namespace.',
    ),
  sysctl: z
    .record(SysctlName, SysctlValue)
    .optional()
    .describe('Kernel parameters of its own namespaces: a write below `/proc/sys`.'),
  maskedPaths: z
    .array(AbsolutePath)
    .max(1000)
    .optional()
    .describe('Hidden: `mount --bind /dev/null` on a file, an empty `mount -t tmpfs` on a folder.'),
  readonlyPaths: z
    .array(AbsolutePath)
    .max(1000)
    .optional()
    .describe('`mount -o bind,ro` of each on itself.'),
  rootfsPropagation: z
    .enum([
      'private',
      'rprivate',
      'slave',
      'rslave',
      'shared',
      'rshared',
      'unbindable',
      'runbindable',
    ])
    .optional()
    .describe('Whether mounts of the root are passed on: `mount --make-…`.'),
  cgroupsPath: CgroupsPath.optional().describe(
    'Where its cgroup is made: `mkdir`, below `/sys/fs/cgroup` where it begins with a slash.',
  ),
  resources: Resources.optional().describe('Limits: each is a write to a file of its cgroup.'),
  seccomp: Seccomp.optional().describe('Which system calls are allowed: a filter of seccomp(2).'),
  netDevices: unsupportedKey('network interfaces of this machine that move into it'),
  mountLabel: ShortText.optional().describe(
    'The SELinux label of its mounts: `mount -o context=…`.',
  ),
  intelRdt: unsupportedKey('its share of caches and memory bandwidth'),
  memoryPolicy: unsupportedKey('on which memory nodes it gets its pages'),
  personality: Personality.optional(),
  timeOffsets: TimeOffsets.optional(),
});

interface MappedIds {
  readonly uidMappings?: readonly IdMapping[] | undefined;
  readonly gidMappings?: readonly IdMapping[] | undefined;
}

/** A single one of the two maps would be left out, and its ids would be the same inside and outside. */
export const withBothMappings =
  (what: string) =>
  (mapped: MappedIds, context: z.RefinementCtx): void => {
    if (context.issues.length > 0) return; // of a broken mapping one problem is enough
    for (const [key, other] of [
      ['uidMappings', 'gidMappings'],
      ['gidMappings', 'uidMappings'],
    ] as const)
      if (mapped[key]?.length && !mapped[other]?.length)
        context.addIssue({
          code: 'custom',
          message: `stands without "${other}": ${what} needs both`,
          path: [key],
        });
  };

export const LinuxConfig = Linux.superRefine(withBothMappings('a user namespace'));
