/** An image's config as config.json (image-spec, conversion.md). Pure; used by helper/image. */
import type { OciConfig } from '../config/schema';
import { parseSignal, stopSignalKey } from '../config/stopSignal';
import { type Accounts, imageUser } from './imageUser';
import type { ImageConfig } from './schema';

export interface ImageOrigin {
  /** Digest of the manifest, where there is one. */
  readonly digest?: string;
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

/** Annotations that change how Terrarium, crun(1), runc(8) or systemd start a container. */
const chooses =
  /^(dev\.terrarium|run\.oci|krun|module\.wasm|org\.systemd|org\.criu|io\.kubernetes|io\.katacontainers|com\.docker\.runtimes|io\.container\.manager)([./]|$)/;

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

function annotationsOf(image: ImageConfig, { digest }: ImageOrigin): Record<string, string> {
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
  ];
  // A label is a stranger's: it chooses no engine and no root, and nothing of runc and crun.
  const labels = Object.entries(config?.Labels ?? {}).filter(
    ([key]) => key !== '' && !chooses.test(key),
  );
  // What the image says in a field of its own counts more than a label (conversion.md).
  return Object.fromEntries([
    ...labels,
    ...entries.flatMap(([key, value]) => (value ? [[key, value] as const] : [])),
  ]);
}
