/** A private /dev, masked and read-only paths. Used by `planStart`. */
import path from 'node:path';
import { isBind } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import type { Step } from './step';

/** OCI runtime-spec, config-linux.md, "Default Devices". */
export const defaultDevices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** OCI runtime-spec, runtime-linux.md, "Dev symbolic links", and /dev/ptmx. */
const links: [target: string, name: string][] = [
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
  ['pts/ptmx', 'ptmx'],
];

/** @returns the mount on /dev itself, whatever it is */
function devMount({ mounts }: OciConfig): OciConfig['mounts'][number] | undefined {
  return mounts.find(({ destination }) => /^\/dev\/?$/.test(path.posix.normalize(destination)));
}

/**
 * A runtime supplies the devices also where config.json mounts nothing on /dev. In a tmpfs of ours
 * rather than in the rootfs's own folder: the empty files below a bind mount would stay behind on
 * disk, and runc, which takes a name that is there for the device, would write into them.
 */
export function withDev(config: OciConfig): OciConfig {
  if (devMount(config)) return config;
  const dev = {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'noexec', 'mode=755', 'size=64m'],
  };
  return { ...config, mounts: [dev, ...config.mounts] };
}

/** Fills an empty tmpfs on /dev. A bind or a devtmpfs there is the host's own and stays as it is. */
export function deviceSteps(config: OciConfig): Step[] {
  const dev = devMount(config);
  const isEmpty = dev?.type === 'tmpfs' && !isBind(dev);
  if (!isEmpty) return [];
  const step = (id: string, argv: string[], why: string): Step => ({
    id,
    where: 'namespaces',
    argv,
    cwd: '/dev',
    why,
  });
  return [
    step(
      'device-files',
      ['make_files', ...defaultDevices.map((name) => `./${name}`)],
      'Empty files to mount the devices on',
    ),
    // Bound, not made: mknod(2) needs a capability that no user namespace gives.
    step(
      'devices',
      ['bind_each', '/dev', ...defaultDevices],
      'Lend the host’s own: devices are no secret, and a user namespace may make none',
    ),
    step(
      'links',
      ['make_links', ...links.flatMap(([target, name]) => [target, `./${name}`])],
      'Names that programs expect',
    ),
  ];
}

/** linux.maskedPaths and linux.readonlyPaths; what is not there needs neither. */
export function maskSteps(config: OciConfig): Step[] {
  const { maskedPaths, readonlyPaths } = config.linux ?? {};
  const place = (file: string) => ({
    cwd: path.posix.dirname(path.posix.normalize(file)),
    name: path.posix.basename(path.posix.normalize(file)),
  });
  return [
    ...(maskedPaths ?? []).flatMap((file): Step[] => {
      const { cwd, name } = place(file);
      const common = { where: 'namespaces' as const, cwd };
      return [
        {
          ...common,
          id: `mask:${file}`,
          guard: `if-file:${name}`,
          argv: ['mount', '-c', '--bind', '/dev/null', `./${name}`],
          why: `Hide ${file}`,
        },
        {
          ...common,
          id: `mask-folder:${file}`,
          guard: `if-directory:${name}`,
          argv: ['mount', '-c', '-t', 'tmpfs', '-o', 'ro,size=4k', 'tmpfs', `./${name}`],
          why: `Hide the folder ${file}`,
        },
      ];
    }),
    ...(readonlyPaths ?? []).flatMap((file): Step[] => {
      const { cwd, name } = place(file);
      return (['if-file', 'if-directory'] as const).map((kind) => ({
        id: `readonly:${file}:${kind}`,
        where: 'namespaces',
        cwd,
        guard: `${kind}:${name}`,
        argv: ['mount', '-c', '-o', 'bind,ro,nosuid,noexec,nodev', `./${name}`, `./${name}`],
        why: `Make ${file} read-only`,
      }));
    }),
  ];
}
