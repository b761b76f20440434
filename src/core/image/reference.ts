/** A reference to an image in a registry, in the words of skopeo(1): `docker://[HOST[:PORT]/]PATH[:TAG|@DIGEST]`. Pure. */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { digestPattern } from './digest';
import { partForm, tagForm } from './imageName';

export interface Reference {
  /** Without tag and digest; as it was written: skopeo adds the registry that is meant. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const transport = 'docker://';

/** A file of that name is meant by `./docker:/…`. */
export function isReference(source: string): boolean {
  return source.startsWith(transport);
}

const host = '[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\]';
/** The grammar of the distribution specification, without what is ambiguous in it. */
const grammar = new RegExp(
  `^((?:(?:${host})(?::[0-9]{1,5})?/)?${partForm}(?:/${partForm})*)(?::(${tagForm}))?(?:@(.+))?$`,
);
/** Of name and tag, in characters. */
const maxLength = 400;

/** @throws TerrariumError `reference-invalid` */
export function parseReference(source: string): Reference {
  const text = source.slice(transport.length);
  const [, name, tag, digest] = (text.length <= maxLength && grammar.exec(text)) || [];
  if (name === undefined) throw invalid(source, 'is no reference to an image');
  if (digest !== undefined && !digestPattern.test(digest))
    throw invalid(source, 'has a digest that is none of sha256 or sha512');
  if (digest !== undefined && tag !== undefined)
    throw invalid(source, 'has a tag and a digest, of which skopeo takes one');
  return { name, tag, digest };
}

export function referenceText({ name, tag, digest }: Reference): string {
  return `${transport}${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The same image, whatever its tag will be of. */
export function pinnedTo({ name }: Reference, digest: string): Reference {
  return { name, tag: undefined, digest };
}

function invalid(source: string, what: string): TerrariumError {
  return new TerrariumError(
    'reference-invalid',
    `“${escapeControlCharacters(source).slice(0, 200)}” ${what}.`,
    'Write docker://REGISTRY/NAME:TAG, or docker://REGISTRY/NAME@sha256:DIGEST.',
  );
}
