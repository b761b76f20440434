/** A private /dev. Used by `planStart` and `rootfsSteps`. */
import path from 'node:path';
import { isBind } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { type DeviceFacts, deviceLinks } from './deviceFacts';
import { deviceBindOptions } from './mountOptions';
import type { Operation } from './operation';
import type { Step } from './step';

/** OCI runtime-spec, config-linux.md, "Default Devices"; console and ptmx are made apart. */
const defaultDevices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

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
  {
    makesDevices,
    hasDeviceLinks,
    console,
  }: Pick<DeviceFacts, 'hasDeviceLinks'> & {
    readonly makesDevices: boolean;
    readonly console: string | undefined;
  },
): Step[] {
  const dev = devMount(config);
  const isEmpty = dev?.type === 'tmpfs' && !isBind(dev);
  if (!isEmpty) return [];
  const mounted = new Set(
    config.mounts.map(({ destination }) => path.posix.resolve('/', destination)),
  );
  const isFree = (name: string) => !mounted.has(`/dev/${name}`);
  const devices = defaultDevices.filter(isFree);
  // Of linux.devices, as under runc: a node stays where a link would be.
  const own = new Set(config.linux.devices?.map((device) => path.posix.resolve('/', device.path)));
  const links = deviceLinks.filter(([, name]) => isFree(name) && !own.has(`/dev/${name}`));
  const copied = hasDeviceLinks ? links.map(([, name]) => `/dev/${name}`) : [];
  const made = [...(hasDeviceLinks ? [] : links), ...(isFree('ptmx') ? [ptmx] : [])];
  const step = (id: string, operation: Operation, why: string): Step => ({
    ...operation,
    id,
    where: 'namespaces',
    group: 'devices',
    cwd: '/dev',
    why,
  });
  const usual = 'Create the symbolic links that programs expect';
  const further = step(
    'links',
    { kind: 'symlinks', links: made.map(([target, name]) => [target, `./${name}`] as const) },
    usual,
  );
  const ofConsole =
    console !== undefined && isFree('console')
      ? [
          step(
            'console-file',
            { kind: 'createFiles', names: ['./console'] },
            'Create an empty file as the mount point of the console',
          ),
          step(
            'console',
            { kind: 'bind', source: console, name: './console', options: deviceBindOptions },
            'Bind the terminal of PID 1 to /dev/console',
          ),
        ]
      : [];
  // A tmpfs that holds no devices can still be mounted on.
  if (makesDevices && !dev.options?.includes('nodev')) {
    const nodes = devices.map((name) => `/dev/${name}`);
    return [
      step(
        'devices',
        { kind: 'copy', sources: [...nodes, ...copied] },
        'Create the usual device nodes: a change to one stays in the container',
      ),
      further,
      ...ofConsole,
    ];
  }
  return [
    step(
      'device-files',
      { kind: 'createFiles', names: devices.map((name) => `./${name}`) },
      'Create empty files as mount points of the devices',
    ),
    // Bound, not made: mknod(2) needs a capability that no user namespace gives.
    step(
      'devices',
      { kind: 'bindEach', folder: '/dev', names: devices },
      'Bind the device nodes of the host, read-only: mknod(2) does not work in a user namespace',
    ),
    ...(copied.length
      ? [step('usual-links', { kind: 'copy', sources: copied, linksAlone: true }, usual)]
      : []),
    further,
    ...ofConsole,
  ];
}
