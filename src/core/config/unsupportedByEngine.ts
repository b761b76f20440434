/**
 * What config.json asks for and an installed runc or crun drops without a message, or fails at in words
 * that do not name the key: a warning before the start, and on that line of the file in the editor.
 * `unsupported` is the same for the built-in engine.
 *
 * Measured with runc 1.1.5 and crun 1.8.1 (Debian 12). The later versions are those of the changelogs:
 * https://github.com/opencontainers/runc/blob/main/CHANGELOG.md and
 * https://github.com/containers/crun/blob/main/NEWS
 */
import { keyName } from './describeIssue';
import type { RuntimeName } from './engine';
import type { EngineFacts } from './engineFacts';
import { isBind } from './mountKinds';
import type { ConfigWarning } from './unsupported';
import { type WrongAttribute, wrongAttribute } from './recursiveAttributes';
import type { OciConfig } from './schema';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** The first version that carries a key out, or the last one that is known to drop it. */
type Since = { readonly from: string } | { readonly droppedTo: string };

interface DroppedKey extends Partial<Record<RuntimeName, Since>> {
  readonly path: readonly string[];
  /** Whether the built-in engine carries it out. */
  readonly builtin?: boolean;
}

const droppedKeys: readonly DroppedKey[] = [
  { path: ['domainname'], runc: { from: '1.2' }, crun: { from: '1.7' }, builtin: true },
  { path: ['process', 'scheduler'], runc: { from: '1.2' }, crun: { from: '1.8.5' } },
  { path: ['process', 'ioPriority'], runc: { from: '1.2' }, crun: { from: '1.8.6' } },
  { path: ['process', 'execCPUAffinity'], runc: { from: '1.3' }, crun: { droppedTo: '1.18' } },
  { path: ['linux', 'timeOffsets'], runc: { from: '1.2' }, crun: { from: '1.8.4' } },
  { path: ['linux', 'personality'], runc: { from: '1.2' } },
  { path: ['linux', 'netDevices'], runc: { from: '1.4' }, crun: { droppedTo: '1.18' } },
  { path: ['linux', 'memoryPolicy'], runc: { from: '1.4' }, crun: { droppedTo: '1.18' } },
  { path: ['linux', 'intelRdt'], crun: { from: '1.10' } },
  { path: ['linux', 'resources', 'rdma'], crun: { droppedTo: '1.8' } },
  {
    ...{ path: ['linux', 'resources', 'cpu', 'idle'], runc: { from: '1.2' } },
    ...{ crun: { from: '1.5' }, builtin: true },
  },
  {
    ...{ path: ['linux', 'resources', 'cpu', 'burst'], runc: { from: '1.2' } },
    ...{ crun: { from: '1.11' }, builtin: true },
  },
];

/** Options of a bind that crun drops and does not list, because it has no `features` before 1.8.6. */
const crunDrops =
  /^(r?nosymfollow|r?symfollow|ridmap|copy-symlink|(src|dest)-nofollow|lazytime|iversion|mand|sync)$/;

/** Those that say what kind of mount it is, which `features` need not list. */
const kinds = /^(r?bind|defaults)$/;

export function unsupportedByEngine(config: OciConfig, engine: EngineFacts): ConfigWarning[] {
  const { name, version } = engine;
  if (version === undefined) return []; // nothing is known of it
  const title = `${name} ${version}`;
  const isBefore = (other: string) => compareVersions(version, other) < 0;
  const found: ConfigWarning[] = [];
  const dropped = (path: (string | number)[], remedy: string, what = '') =>
    found.push({
      path,
      message: `${keyName(path)} is not carried out: ${title} drops ${what || 'it'} without a message. ${remedy}`,
    });

  for (const { path, builtin, [name]: since } of droppedKeys)
    if (since && valueAt(config, path) !== undefined && isDropped(version, since))
      dropped([...path], remedyFor(name, since, builtin));
  if (name === 'crun' && config.linux.mountLabel !== undefined && !engine.selinux)
    dropped(['linux', 'mountLabel'], 'It needs a machine with SELinux.');
  if (name === 'crun')
    for (const { path, option } of overriddenPropagation(config))
      dropped(path, `Use runc${orBuiltin}.`, `"${option}"`);
  config.mounts.forEach((mount, index) => {
    for (const key of ['uidMappings', 'gidMappings'] as const)
      if (name === 'runc' && mount[key] !== undefined && isBefore('1.2'))
        dropped(['mounts', index, key], 'Use runc 1.2 or later.');
    mount.options?.forEach((option, at) => {
      const wrong = wrongAttribute(name, option, isBefore);
      if (wrong) found.push(misdone(title, ['mounts', index, 'options', at], wrong));
      // Other file systems refuse what they do not know.
      else if (isBind(mount) && dropsOption(engine, option, isBefore))
        dropped(
          ['mounts', index, 'options', at],
          `Use a later ${name}${/^(no)?symfollow$/.test(option) ? orBuiltin : ', or remove the option'}.`,
          `"${escapeControlCharacters(option)}"`,
        );
    });
  });
  found.push(...timeNamespace(config, engine, isBefore));
  return found;
}

/**
 * crun sets the propagation of the root last, and with that of every mount where it is one that begins with
 * "r", as it is where the file has none (rprivate). That a bind shows nothing later then is a remark.
 */
function overriddenPropagation({ mounts, linux }: OciConfig) {
  const { rootfsPropagation = 'rprivate' } = linux;
  const last = /^r(private|slave|shared|unbindable)$/.exec(rootfsPropagation)?.[1];
  return mounts.flatMap((mount, index) =>
    (mount.options ?? []).flatMap((option, at) => {
      const kind = /^r?(shared|unbindable)$/.exec(option)?.[1];
      if (last === undefined || kind === undefined || kind === last) return [];
      // MS_SLAVE leaves an unbindable mount unbindable (mount_namespaces(7)).
      if (kind === 'unbindable' && last === 'slave') return [];
      if (kind === 'shared' && isBind(mount) && last !== 'slave') return [];
      return [{ path: ['mounts', index, 'options', at], option }];
    }),
  );
}

function misdone(
  title: string,
  path: (string | number)[],
  { fails, does, remedy }: WrongAttribute,
): ConfigWarning {
  const what = fails ? 'makes the start fail' : 'is not carried out';
  return { path, message: `${keyName(path)} ${what}: ${title} ${does}. ${remedy}` };
}

/** Both fail, and neither says which key it is about. */
function timeNamespace(
  { linux: { namespaces } }: OciConfig,
  { name, version, namespaces: offered }: EngineFacts,
  isBefore: (version: string) => boolean,
): ConfigWarning[] {
  const index = namespaces.findIndex(({ type }) => type === 'time');
  if (index < 0) return [];
  const path = ['linux', 'namespaces', index];
  const fails = (reason: string, from: string) => [
    {
      path,
      message: `${keyName(path)} makes the start fail: ${name} ${version} ${reason}. Use ${name} ${from} or later${orBuiltin}.`,
    },
  ];
  if (name === 'runc')
    return (offered ? offered.has('time') : !isBefore('1.2'))
      ? []
      : fails('has no time namespaces', '1.2');
  const isNew = (type: string) =>
    namespaces.some((one) => one.type === type && one.path === undefined);
  return isBefore('1.8.4') && isNew('time') && isNew('pid')
    ? fails('cannot make a time namespace together with a pid namespace', '1.8.4')
    : [];
}

const orBuiltin = ', or the built-in engine (remove the annotation dev.terrarium.engine)';

function remedyFor(name: RuntimeName, since: Since, builtin = false): string {
  const later =
    'from' in since ? `Use ${name} ${since.from} or later` : `A later ${name} may do it`;
  return `${later}${builtin ? orBuiltin : ''}.`;
}

function isDropped(version: string, since: Since): boolean {
  if ('from' in since) return compareVersions(version, since.from) < 0;
  const { length } = since.droppedTo.split('.');
  const upTo = version.split('.').slice(0, length).join('.'); // 1.18 is all of 1.18.x
  return compareVersions(upTo, since.droppedTo) <= 0;
}

function dropsOption(
  { name, mountOptions }: EngineFacts,
  option: string,
  isBefore: (version: string) => boolean,
): boolean {
  const [word] = option.split('=', 1);
  if (mountOptions) return !kinds.test(option) && !mountOptions.has(word!);
  return name === 'crun' && isBefore('1.8.6') && crunDrops.test(option);
}

/** Numbers, part by part; what is missing is 0. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => text.split('.').map(Number));
  for (let at = 0; at < Math.max(first!.length, second!.length); at++) {
    const difference = (first![at] ?? 0) - (second![at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function valueAt(config: OciConfig, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    config,
  );
}
