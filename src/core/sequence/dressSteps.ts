/** A private /dev, masked and read-only paths. Used by `planStart`. */
import path from 'node:path';
import { isBind, isOwnPlace, mountOver } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import { type DeviceFacts, deviceLinks } from './deviceFacts';
import { withFlags } from './mountFlags';
import { inParent } from './mountTargets';
import { lentOptions } from './mountWords';
import type { Operation } from './operation';
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
  const step = (id: string, operation: Operation, why: string): Step => ({
    ...operation,
    id,
    where: 'namespaces',
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
            { kind: 'bind', source: console, name: './console', options: lentOptions },
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

/**
 * linux.maskedPaths and linux.readonlyPaths; what is not there needs neither.
 * @param flagsAt those of the mount that a place lies on
 * @throws TerrariumError `masked-root`
 */
export function maskSteps(config: OciConfig, flagsAt: (place: string) => string[]): Step[] {
  const { maskedPaths = [], readonlyPaths = [] } = config.linux;
  return [
    ...maskedPaths.flatMap((file): Step[] => [
      ...onFile(config, file, `mask:${file}`, `Hide ${file}`, '/dev/null', lentOptions),
      onFolder(config, file, (name) => ({
        id: `mask-folder:${file}`,
        ...{ kind: 'mount', type: 'tmpfs', source: 'tmpfs', name, options: ['ro', 'size=4k'] },
        why: `Hide the folder ${file}`,
      })),
    ]),
    // What lies below, masks too, stays in sight of a recursive bind alone.
    ...readonlyPaths.flatMap((file): Step[] => {
      const id = `readonly:${file}`;
      const readOnly = readOnlyWords(config, file, flagsAt);
      const why = `Make ${file} read-only`;
      const folder = `${id}:if-directory`;
      const bind = (name: string, options: readonly string[]) =>
        ({ kind: 'bind', recursive: true, source: name, name, options }) as const;
      return [
        ...onFile(config, file, `${id}:if-file`, why, undefined, readOnly),
        ...(isOwnPlace(config.mounts, placeOf(file).cwd)
          ? [onFolder(config, file, (name) => ({ id: folder, ...bind(name, readOnly), why }))]
          : [
              onFolder(config, file, (name) => ({
                ...{ id: folder, ...bind(name, []), why: `${why}: a mount of its own` },
              })),
              onFolder(config, file, (name) => ({
                ...{ id: `${folder}:flags`, kind: 'remount', name, options: readOnly, why },
              })),
            ]),
      ];
    }),
  ];
}

/** In what the kernel itself shows there is nothing to be run; elsewhere there may be. */
function readOnlyWords(
  config: OciConfig,
  file: string,
  flagsAt: (place: string) => string[],
): string[] {
  const shown = /^(proc|sysfs|cgroup2?)$/.test(mountOver(config, file)?.type ?? '');
  const kept = shown ? ['nosuid', 'noexec', 'nodev'] : flagsAt(file);
  return withFlags(['ro'], kept);
}

function placeOf(file: string): { readonly cwd: string; readonly name: string } {
  const place = path.posix.resolve('/', file);
  if (place === '/') {
    throw new TerrariumError(
      'masked-root',
      'linux.maskedPaths or readonlyPaths in config.json names the root itself.',
      'Name places below it, or set root.readonly.',
    );
  }
  return inParent(place);
}

/** @param source undefined for the file itself */
function onFile(
  config: OciConfig,
  file: string,
  id: string,
  why: string,
  source: string | undefined,
  options: readonly string[],
): Step[] {
  const { cwd, name } = placeOf(file);
  const common = { where: 'namespaces', cwd, guard: `if-file:${name.slice(2)}` } as const;
  const bind = { ...common, id, kind: 'bind', source: source ?? name, name, why } as const;
  if (isOwnPlace(config.mounts, cwd)) return [{ ...bind, options }];
  return [
    { ...bind, held: true, options: [] },
    {
      ...{ ...common, id: `${id}:flags`, kind: 'remount', name, options },
      why: `${why}: its options`,
    },
  ];
}

/** In the folder itself where somebody else could swap its name. */
function onFolder(
  config: OciConfig,
  file: string,
  on: (name: string) => Operation & Pick<Step, 'id' | 'why'>,
): Step {
  const { cwd, name } = placeOf(file);
  const isOwn = isOwnPlace(config.mounts, cwd);
  return {
    ...on(isOwn ? name : '.'),
    where: 'namespaces',
    ...(isOwn
      ? { cwd, guard: `if-directory:${name.slice(2)}` }
      : { cwd: path.posix.join(cwd, name), guard: 'if-directory:.' }),
  };
}
