/** A private /dev, masked and read-only paths. Used by `planStart`. */
import path from 'node:path';
import { isBind } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { type DeviceFacts, deviceLinks } from './deviceFacts';
import { lentOptions, quietly } from './mountWords';
import type { Step } from './step';

/** OCI runtime-spec, config-linux.md, "Default Devices"; console and ptmx are made apart. */
export const defaultDevices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const ptmx = ['pts/ptmx', 'ptmx'] as const;

/** @returns the mount on /dev itself, whatever it is; the last one is on top */
function devMount({ mounts }: OciConfig): OciConfig['mounts'][number] | undefined {
  return mounts.findLast(({ destination }) => path.posix.resolve('/', destination) === '/dev');
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
export function deviceSteps(
  config: OciConfig,
  { makesDevices, hasDeviceLinks, console }: DeviceFacts & { readonly console: string | undefined },
): Step[] {
  const dev = devMount(config);
  const isEmpty = dev?.type === 'tmpfs' && !isBind(dev);
  if (!isEmpty) return [];
  const mounted = new Set(
    config.mounts.map(({ destination }) => path.posix.resolve('/', destination)),
  );
  const isFree = (name: string) => !mounted.has(`/dev/${name}`);
  const devices = defaultDevices.filter(isFree);
  const links = deviceLinks.filter(([, name]) => isFree(name));
  const copied = hasDeviceLinks ? links.map(([, name]) => `/dev/${name}`) : [];
  const made = [...(hasDeviceLinks ? [] : links), ptmx];
  const step = (id: string, argv: string[], why: string): Step => ({
    id,
    where: 'namespaces',
    argv,
    cwd: '/dev',
    why,
  });
  const usual = 'Names that programs expect';
  const further = step(
    'links',
    ['make_links', ...made.flatMap(([target, name]) => [target, `./${name}`])],
    usual,
  );
  const ofConsole =
    console !== undefined && isFree('console')
      ? [
          step(
            'console-file',
            ['make_files', './console'],
            'An empty file to mount its terminal on',
          ),
          step(
            'console',
            ['mount', quietly, '-o', lentOptions, console, './console'],
            'Its terminal is its console',
          ),
        ]
      : [];
  // A tmpfs that holds no devices can still be mounted on.
  if (makesDevices && !dev.options?.includes('nodev')) {
    const nodes = devices.map((name) => `/dev/${name}`);
    return [
      step(
        'devices',
        ['cp', '-a', ...nodes, ...copied, '.'],
        'Make the usual devices anew: each is a name for a number, and what happens to it here stays here',
      ),
      further,
      ...ofConsole,
    ];
  }
  return [
    step(
      'device-files',
      ['make_files', ...devices.map((name) => `./${name}`)],
      'Empty files to mount the devices on',
    ),
    // Bound, not made: mknod(2) needs a capability that no user namespace gives.
    step(
      'devices',
      ['bind_each', '/dev', ...devices],
      'Lend the host’s own, read-only: devices are no secret, and a user namespace may make none',
    ),
    ...(copied.length ? [step('usual-links', ['cp', '-P', ...copied, '.'], usual)] : []),
    further,
    ...ofConsole,
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
          argv: ['mount', quietly, '-o', lentOptions, '/dev/null', `./${name}`],
          why: `Hide ${file}`,
        },
        {
          ...common,
          id: `mask-folder:${file}`,
          guard: `if-directory:${name}`,
          argv: ['mount', quietly, '-t', 'tmpfs', '-o', 'ro,size=4k', 'tmpfs', `./${name}`],
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
        argv: ['mount', quietly, '-o', 'bind,ro,nosuid,noexec,nodev', `./${name}`, `./${name}`],
        why: `Make ${file} read-only`,
      }));
    }),
  ];
}
