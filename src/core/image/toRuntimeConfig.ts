/** An image's config as config.json (image-spec, conversion.md). Pure; used by helper/image. */
import type { OciConfig } from '../config/schema';
import { parseSignal, stopSignalKey } from '../config/stopSignal';
import { type Accounts, imageUser } from './imageUser';
import { keepLabels } from './keptLabels';
import type { ImageConfig } from './schema';

export interface ImageOrigin {
  /** Digest of the manifest, where there is one. */
  readonly digest?: string;
  /** In a registry, with that digest. */
  readonly reference?: string;
}

/**
 * @param base of a starting point: what the image does not say is as there
 * @throws TerrariumError `image-user-unknown`
 */
export function toRuntimeConfig(
  base: OciConfig,
  image: ImageConfig,
  accounts: Accounts,
  origin: ImageOrigin = {},
): OciConfig {
  const { config } = image;
  const [program, ...args] = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  const process = base.process;
  const annotations = annotationsOf(image, origin);
  return {
    ...base,
    process: {
      ...process,
      user: { ...process.user, ...imageUser(config?.User ?? '', accounts) },
      args: program === undefined ? process.args : [program, ...args],
      env: environmentOf(config?.Env ?? [], process.env ?? []),
      cwd: cwdOf(config?.WorkingDir ?? ''),
    },
    annotations: { ...base.annotations, ...annotations },
  };
}

/**
 * Labels that become annotations: those that only describe (image-spec, annotations.md, and what came before it).
 * Runtimes act on annotations of any other name, and new ones with each version.
 */
const describes = /^(org\.opencontainers\.image\.|org\.label-schema\.|maintainer$)/;

/** The image's variables come first, and only those of the base that it does not set. */
function environmentOf(image: readonly string[], base: readonly string[]): string[] {
  const nameOf = (entry: string) => entry.slice(0, entry.indexOf('='));
  const valid = image.filter((entry) => entry.indexOf('=') > 0);
  const names = new Set(valid.map(nameOf));
  return [...valid, ...base.filter((entry) => !names.has(nameOf(entry)))];
}

function cwdOf(folder: string): string {
  return folder.startsWith('/') ? folder : `/${folder}`;
}

function annotationsOf(
  image: ImageConfig,
  { digest, reference }: ImageOrigin,
): Record<string, string> {
  const { config, os, architecture, variant, author, created } = image;
  const prefix = 'org.opencontainers.image.';
  const stop = config?.StopSignal;
  const ports = Object.keys(config?.ExposedPorts ?? {});
  const entries: readonly (readonly [string, string | null | undefined])[] = [
    [`${prefix}os`, os],
    [`${prefix}architecture`, architecture],
    [`${prefix}variant`, variant],
    [`${prefix}author`, author],
    [`${prefix}created`, created],
    [stopSignalKey, stop && parseSignal(stop) !== undefined ? stop : undefined],
    [`${prefix}exposedPorts`, ports.length > 0 ? ports.join(',') : undefined],
    ['dev.terrarium.image.digest', digest],
    ['dev.terrarium.image.reference', reference],
  ];
  // A label is a stranger's: it chooses no engine, no root, and nothing of a runtime.
  const all = Object.entries(config?.Labels ?? {});
  const labels = all.filter(([key]) => describes.test(key));
  const others = Object.fromEntries(all.filter(([key]) => !describes.test(key)));
  // What the image says in a field of its own counts more than a label (conversion.md).
  return Object.fromEntries([
    ...Object.entries(keepLabels(others)),
    ...labels,
    ...entries.flatMap(([key, value]) => (value ? [[key, value] as const] : [])),
  ]);
}
