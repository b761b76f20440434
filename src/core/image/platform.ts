/** Chooses the manifest of an index for a platform: `os/architecture[/variant]`, in Go's words. */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { indexTypes, manifestTypes } from './mediaTypes';
import type { Descriptor, Platform } from './schema';

/** Node's word → Go's (GOARCH), where they differ. */
const architectures: Readonly<Record<string, string>> = {
  ...{ x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle', loong64: 'loong64' },
};

export function ownPlatform(arch: string = process.arch): Platform {
  return { os: 'linux', architecture: architectures[arch] ?? arch };
}

/** @throws TerrariumError `platform-invalid` */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant, extra] = text.split('/');
  const isWord = (word: string) => /^[a-z0-9_.-]{1,64}$/.test(word);
  const isGood = isWord(os) && isWord(architecture) && isWord(variant ?? 'none') && !extra;
  if (isGood) return { os, architecture, ...(variant ? { variant } : {}) };
  throw new TerrariumError(
    'platform-invalid',
    `“${escapeControlCharacters(text).slice(0, 100)}” is no platform.`,
    'Write OS/ARCHITECTURE, for example linux/arm64.',
  );
}

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** Its config has the platform where the descriptor has none: an index of one image needs none. */
export function chooseManifest(manifests: readonly Descriptor[], wanted: Platform): Descriptor {
  const images = manifests.filter(({ mediaType }) =>
    [...manifestTypes, ...indexTypes].includes(mediaType),
  );
  const fits = ({ platform }: Descriptor) =>
    platform?.os === wanted.os &&
    platform.architecture === wanted.architecture &&
    (wanted.variant === undefined || platform.variant === wanted.variant);
  const [only] = images;
  const chosen = images.find(fits) ?? (images.length === 1 && !only?.platform ? only : undefined);
  if (chosen) return chosen;
  const there = images.flatMap(({ platform }) => (platform ? [platformText(platform)] : []));
  throw new TerrariumError(
    'platform-missing',
    `The image has none for ${platformText(wanted)}.`,
    there.length > 0
      ? `It has ${escapeControlCharacters([...new Set(there)].slice(0, 20).join(', '))}: choose one with --platform.`
      : 'Save it with one image.',
  );
}
