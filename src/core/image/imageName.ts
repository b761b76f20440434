/** The name of an image, as registries, Docker and Podman read it: `[HOST[:PORT]/]PATH[:TAG]`. Pure. */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export interface ImageName {
  /** Without its tag. */
  readonly name: string;
  readonly tag: string;
}

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** Of the grammar of the distribution specification, for regular expressions: a part of a path, and a tag. */
export const partForm = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
export const tagForm = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const part = new RegExp(`^${partForm}$`);
const tagPattern = new RegExp(`^${tagForm}$`);
/** Of a name without its tag. */
const maxName = 255;

/** @throws TerrariumError `image-name-invalid` */
export function parseImageName(text: string): ImageName {
  const slash = text.lastIndexOf('/');
  const colon = text.indexOf(':', slash + 1);
  const name = colon < 0 ? text : text.slice(0, colon);
  const tag = colon < 0 ? 'latest' : text.slice(colon + 1);
  const parts = name.split('/');
  const [first = ''] = parts;
  // As Docker tells them apart: a host has a dot, a port or capitals, or is localhost.
  const hasHost = parts.length > 1 && (/[.:A-Z[]/.test(first) || first === 'localhost');
  const path = hasHost ? parts.slice(1) : parts;
  const isGood =
    name.length <= maxName &&
    (!hasHost || host.test(first)) &&
    path.every((one) => part.test(one)) &&
    tagPattern.test(tag);
  if (isGood) return { name, tag };
  throw new TerrariumError(
    'image-name-invalid',
    `“${escapeControlCharacters(text).slice(0, 200)}” is no name of an image.`,
    'Write [HOST/]NAME[:TAG] with small letters, digits, “.”, “_” and “-”, for example registry.example/box:1.',
  );
}

export function imageNameText({ name, tag }: ImageName): string {
  return `${name}:${tag}`;
}

/** @param name of a bundle @returns the nearest name that an image can have */
export function imageNameFor(name: string): ImageName {
  const near = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
  return { name: near === '' ? 'container' : near, tag: 'latest' };
}
