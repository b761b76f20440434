/**
 * `config.json` of a bundle: the Linux part of the OCI runtime specification, version 1.x
 * (https://github.com/opencontainers/runtime-spec/blob/main/config.md). Used by `parseConfig`, by
 * the plan of a start, and to generate the JSON schema that the editor offers for the file.
 * Unknown keys are dropped from the result, as the specification requires
 * (https://github.com/opencontainers/runtime-spec/blob/main/config.md#extensibility).
 */
import * as z from 'zod';
import { capabilityNames } from '../procfs/capabilities';
import { ExecAffinity, IoPriority, Scheduler } from './executionSchema';
import { IdMapping, LinuxConfig, withBothMappings } from './linuxSchema';
import { splitOptions } from './mountOption';
import { MountOption } from './mountOptionSchema';
import { ownAnnotations } from './ownAnnotations';
import { AbsolutePath, Path, ShortText, Text, uint32, uint64, unsupportedKey } from './schemaText';

/** Ids go up to 2^32 - 2: 2^32 - 1 is the kernel's "no change" (setuid(2)). */
const Id = uint32.max(4294967294);

/** `NAME=value`, as in environ(7). */
const EnvironmentEntry = z
  .string()
  .regex(/^[^=\0]+=[^\0]*$/, 'must be NAME=value without a NUL character');

const CapabilityName = z
  .string()
  .regex(/^CAP_[A-Z][A-Z_]*[A-Z]$/, 'must be a capability name such as CAP_KILL')
  .meta({ examples: capabilityNames.map((name) => `CAP_${name}`) });
/** Unique only in the editor, which then offers none that is listed: a second one does no harm. */
const CapabilitySet = z.array(CapabilityName).max(64).meta({ uniqueItems: true });

export const ResourceType = z.enum(
  'AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK'
    .split(' ')
    .map((name) => `RLIMIT_${name}`),
);

/**
 * A resource limit, getrlimit(2). The values are uint64 in the file and numbers here: 18446744073709551615
 * (RLIM_INFINITY, setrlimit(2)) becomes 2^64, so everything from 2^63 on means "unlimited".
 */
const ResourceLimit = z
  .object({
    type: ResourceType.describe('Which resource (getrlimit(2)); `prlimit` has an option for each.'),
    soft: uint64.describe('What holds at first; a program may raise it up to the hard one.'),
    hard: uint64.describe('What only a privileged program can raise.'),
  })
  .refine((limit) => limit.soft <= limit.hard, {
    message: 'is above "hard"',
    path: ['soft'],
  });

/** Two limits for one resource are ambiguous; the specification refuses them too. */
const ResourceLimits = z
  .array(ResourceLimit)
  .max(32)
  .superRefine((limits, context) => {
    limits.forEach(({ type }, index) => {
      if (limits.findIndex((other) => other.type === type) < index)
        context.addIssue({
          code: 'custom',
          message: `limits ${type} a second time`,
          path: [index, 'type'],
        });
    });
  });

const User = z.object({
  uid: Id.default(0).describe('Who PID 1 is: `setpriv --reuid`.'),
  gid: Id.default(0).describe('Its group: `setpriv --regid`.'),
  umask: z
    .number()
    .int()
    .min(0)
    .max(0o777)
    .optional()
    .describe('What new files are not allowed, in decimal (18 is 022): `umask`.'),
  additionalGids: z
    .array(Id)
    .max(65536)
    .optional()
    .describe('Further groups: `setpriv --groups`. None unless they are named.'),
});

const Process = z.object({
  terminal: z
    .boolean()
    .optional()
    .describe('Whether PID 1 has a terminal of its own. VS Code always gives it one.'),
  user: User.default({ uid: 0, gid: 0 }).describe(
    'Who PID 1 is: `setpriv`, the last thing before it.',
  ),
  /** What runs as PID 1; the first entry is looked up as execvp(3) does. */
  args: z
    .tuple([Text.min(1)], Text)
    .describe('What runs as PID 1: the program and its arguments, handed over to by `exec`.'),
  env: z
    .array(EnvironmentEntry)
    .default([])
    .describe(
      'The whole environment of PID 1, each as NAME=value: `export`. Nothing of yours goes in.',
    ),
  cwd: AbsolutePath.describe('Working directory of PID 1, inside the container: `cd`.'),
  /** Absent: PID 1 keeps every capability that its user namespace gives it. */
  capabilities: z
    .object({
      bounding: CapabilitySet.optional().describe(
        'The most that any program inside can have: `setpriv --bounding-set`.',
      ),
      effective: CapabilitySet.optional().describe(
        'What root has at once. The kernel gives root its bounding set at every exec, so let them be the same.',
      ),
      inheritable: CapabilitySet.optional().describe('Kept over an exec: `setpriv --inh-caps`.'),
      permitted: CapabilitySet.optional().describe('What may become effective: as with effective.'),
      ambient: CapabilitySet.optional().describe(
        'What a user other than root keeps over an exec: `setpriv --ambient-caps`.',
      ),
    })
    .optional()
    .describe(
      'Rights of root, one by one (capabilities(7)): `setpriv`. All of them where this is left out; none from runc and crun.',
    ),
  rlimits: ResourceLimits.optional().describe(
    'Resource limits of PID 1 and what it starts: `prlimit`.',
  ),
  noNewPrivileges: z
    .boolean()
    .optional()
    .describe('No setuid program gains anything: `setpriv --no-new-privs`.'),
  /** Added to the badness of the process, -1000 to 1000 (proc_pid_oom_score_adj(5)). */
  oomScoreAdj: z
    .number()
    .int()
    .min(-1000)
    .max(1000)
    .optional()
    .describe(
      'How soon the kernel ends it when memory runs out: a write to `/proc/self/oom_score_adj`.',
    ),
  apparmorProfile: ShortText.optional().describe(
    'Its AppArmor profile, where the machine has it: `aa-exec -p`.',
  ),
  selinuxLabel: ShortText.optional().describe(
    'Its SELinux label, where the machine has it: `runcon`.',
  ),
  consoleSize: unsupportedKey('how large its terminal is at first'),
  scheduler: Scheduler.optional(),
  ioPriority: IoPriority.optional(),
  execCPUAffinity: ExecAffinity.optional(),
});

const MountMappings = z.array(IdMapping).max(340);

const Mount = z
  .object({
    // Old tools wrote it without the slash; the specification says what that means.
    destination: Path.min(1)
      .transform((place) => (place.startsWith('/') ? place : `/${place}`))
      .describe('Where it is mounted, inside the container: the last word of `mount`.'),
    type: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be a file system type such as tmpfs')
      .optional()
      .describe('Kind of file system: `mount -t`. "bind" shows a folder or file of this machine.')
      .meta({ examples: 'bind cgroup cgroup2 devpts mqueue overlay proc sysfs tmpfs'.split(' ') }),
    source: Path.optional().describe(
      'What is mounted. For a bind a path of this machine, relative to this file’s folder.',
    ),
    options: z
      .array(MountOption)
      .max(256)
      .meta({ uniqueItems: true }) // as with the capabilities
      .transform(splitOptions)
      .optional()
      .describe('`mount -o`, and `mount --make-…` for "rprivate" and its like.'),
    uidMappings: MountMappings.optional().describe(
      'Whose files these are: "containerID" on the disk becomes "hostID" (mount_setattr(2), MOUNT_ATTR_IDMAP).',
    ),
    gidMappings: MountMappings.optional().describe('The same for groups.'),
  })
  .superRefine(withBothMappings('a mount with ids of its own'));
export type Mount = z.infer<typeof Mount>;

/** Hooks are programs of the bundle that a runtime would run on the host: never. */
const Hooks = z
  .record(z.string(), z.array(z.unknown()))
  .refine((hooks) => Object.values(hooks).every((list) => list.length === 0), {
    message: 'names programs to run on the host, outside the container; Terrarium runs no hooks',
    params: { hooks: true },
  });

const Annotations = z.record(z.string(), z.string()).superRefine((annotations, context) => {
  for (const [key, values] of Object.entries(ownAnnotations)) {
    const value = annotations[key];
    if (value !== undefined && !values.includes(value))
      context.addIssue({
        code: 'custom',
        message: `must be one of ${values.join(', ')}`,
        path: [key],
      });
  }
});

/** What hostname(1) takes for a name, and not for an option of its own. */
const hostName = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/;
const hostNameRule =
  'must be at most 64 letters, digits, dots and dashes, and begin with a letter or digit';

/** A whole `config.json`. Optional keys that every reader needs have their default here. */
export const OciConfig = z.object({
  ociVersion: z
    .string()
    .regex(/^1\.\d+\.\d+/, 'must be a version of the form 1.x.y')
    .describe('Of the OCI runtime specification that this file follows.'),
  process: Process.describe('PID 1 of the container.'),
  root: z
    .object({
      path: Path.min(1).describe('The folder that becomes the root, below this file’s folder.'),
      readonly: z.boolean().optional().describe('`mount -o remount,bind,ro` on the root.'),
    })
    .default({ path: 'rootfs' })
    .describe('The root of the container: `pivot_root`, once the rest is mounted.'),
  /** At most 64 bytes and no separators: sethostname(2). */
  hostname: z
    .string()
    .regex(hostName, hostNameRule)
    .optional()
    .describe('Its own name for itself: `hostname`, in its UTS namespace.'),
  domainname: z
    .string()
    .regex(hostName, hostNameRule)
    .optional()
    .describe('Its NIS domain: `domainname`, in its UTS namespace.'),
  mounts: z
    .array(Mount)
    .max(1000)
    .default([])
    .describe('Each becomes a `mount`, in this order, before the root is switched.'),
  linux: LinuxConfig.default({ namespaces: [] }).describe(
    'What is Linux’s own: namespaces, ids, devices, limits, what is hidden.',
  ),
  hooks: Hooks.optional().describe('Programs of this machine. Terrarium runs none.'),
  annotations: Annotations.optional().describe(
    'Terrarium’s own: "dev.terrarium.root" is "pivot_root" or "chroot", "dev.terrarium.engine" is "builtin", "runc" or "crun", "dev.terrarium.idMappings" is "own" or "file", "dev.terrarium.remount" is "refused" or "allowed".',
  ),
});
export type OciConfig = z.infer<typeof OciConfig>;
