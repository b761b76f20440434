/**
 * config.json as an image's config: the way back of toRuntimeConfig.ts (image-spec, config.md and conversion.md).
 * Pure; used by helper/export.
 */
import type { OciConfig } from '../config/schema';
import { parseSignal, stopSignalKey } from '../config/stopSignal';
import { type Accounts, imageUser } from './imageUser';
import { keptLabels } from './keptLabels';
import type { ImageConfig, Platform } from './schema';

const prefix = 'org.opencontainers.image.';

export interface ImageFacts {
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string;
  /** Digests of the layers, uncompressed; the lowest comes first. */
  readonly diffIds: readonly string[];
  /** Of the rootfs. */
  readonly accounts: Accounts;
}

export function toImageConfig(config: OciConfig, facts: ImageFacts): ImageConfig {
  const { platform, created, diffIds, accounts } = facts;
  const { process, annotations = {} } = config;
  const user = userOf(process.user, accounts);
  const author = annotations[`${prefix}author`];
  const stop = annotations[stopSignalKey];
  const ports = portsOf(config);
  const labels = labelsOf(annotations);
  return {
    created,
    ...(author ? { author } : {}),
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant ? { variant: platform.variant } : {}),
    config: {
      ...(user === '' ? {} : { User: user }),
      ...(ports.length > 0
        ? { ExposedPorts: Object.fromEntries(ports.map((one) => [one, {}])) }
        : {}),
      Env: process.env,
      // All of it is Cmd: “docker run IMAGE COMMAND” runs another command then, as “run -- COMMAND” does here.
      Cmd: [...process.args],
      WorkingDir: process.cwd,
      ...(Object.keys(labels).length > 0 ? { Labels: labels } : {}),
      ...(stop && parseSignal(stop) !== undefined ? { StopSignal: stop } : {}),
    },
    rootfs: { type: 'layers', diff_ids: [...diffIds] },
  };
}

/** A number alone where an engine finds the same groups for it in the image's own files; '' for root. */
function userOf(
  { uid, gid, additionalGids = [] }: OciConfig['process']['user'],
  accounts: Accounts,
) {
  const alone = imageUser(String(uid), accounts);
  const found = alone.additionalGids ?? [];
  const wanted = new Set(additionalGids.filter((one) => one !== gid));
  const isSame =
    alone.gid === gid && wanted.size === found.length && found.every((one) => wanted.has(one));
  return isSame ? (uid === 0 ? '' : String(uid)) : `${uid}:${gid}`;
}

/** `80/tcp`, as an import has written them. */
export function portsOf({ annotations }: Pick<OciConfig, 'annotations'>): string[] {
  const text = annotations?.[`${prefix}exposedPorts`] ?? '';
  return [...new Set(text.split(','))].filter((one) => {
    const [, port] = /^(\d{1,5})(?:\/(?:tcp|udp|sctp))?$/.exec(one) ?? [];
    return Number(port) >= 1 && Number(port) <= 65535;
  });
}

/** Annotations that change how Terrarium, crun(1), runc(8) or systemd start a container: of this machine alone. */
const chooses =
  /^(dev\.terrarium|run\.oci|krun|module\.wasm|org\.systemd|org\.criu|io\.kubernetes|io\.katacontainers|com\.docker\.runtimes|io\.container\.manager)([./]|$)/;
/** What the image says in a field of its own is no label. */
const own = /^(os|architecture|variant|author|created|stopSignal|exposedPorts)$/;

function labelsOf(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries(keptLabels(annotations)),
    ...Object.entries(annotations).filter(
      ([key]) =>
        !chooses.test(key) && !(key.startsWith(prefix) && own.test(key.slice(prefix.length))),
    ),
  ]);
}

/** @returns undefined where no annotation of an import says it */
export function annotatedPlatform({ annotations }: Pick<OciConfig, 'annotations'>) {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((key) => {
    const word = annotations?.[prefix + key];
    return word !== undefined && /^[a-z0-9_.-]{1,64}$/.test(word) ? word : undefined;
  });
  if (os === undefined || architecture === undefined) return undefined;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** What config.json says and an image has no place for: the names of its keys. */
export function notInImage(config: OciConfig): string[] {
  const { process, linux, mounts, root, hostname, domainname } = config;
  const said = (object: object, keys: readonly string[], at: string) =>
    keys
      .filter((key) => isSaid((object as Readonly<Record<string, unknown>>)[key]))
      .map((key) => `${at}${key}`);
  return [
    ...said({ hostname, domainname, mounts }, ['hostname', 'domainname', 'mounts'], ''),
    ...said(root, ['readonly'], 'root.'),
    ...said(
      process,
      Object.keys(process).filter((key) => !inImage.has(key)),
      'process.',
    ),
    ...said(process.user, ['umask'], 'process.user.'),
    ...said(linux, Object.keys(linux), 'linux.'),
  ];
}

const inImage = new Set(['args', 'env', 'cwd', 'user', 'terminal']);

function isSaid(value: unknown): boolean {
  if (value === undefined || value === false) return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
