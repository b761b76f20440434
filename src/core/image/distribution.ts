/** What is asked of mmdebstrap(1) or debootstrap(8), in their words. Pure. */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export interface Distribution {
  readonly suite: string;
  readonly variant: Variant;
  /** Names of packages that come in addition. */
  readonly include: readonly string[];
  /** An URI in the place of those that the machine's apt has for the suite. */
  readonly mirror: string | undefined;
}

/** Of mmdebstrap, from the smallest on; debootstrap has `minbase` and `buildd`. */
export const variants = [
  ...['extract', 'custom', 'essential', 'apt', 'required', 'minbase', 'buildd', 'important'],
  'standard',
] as const satisfies readonly string[];
export type Variant = (typeof variants)[number];

const prefix = 'suite:';

/** A file of that name is meant by `./suite:…`. */
export function isSuite(source: string): boolean {
  return source.startsWith(prefix);
}

export function suiteText(suite: string): string {
  return prefix + suite;
}

export interface DistributionWords {
  readonly variant?: string | undefined;
  /** Separated by commas or blanks. */
  readonly include?: string | undefined;
  readonly mirror?: string | undefined;
}

/** More is no command line any more. */
const maxPackages = 1000;

/** @param source with its prefix @throws TerrariumError `distribution-invalid` */
export function parseDistribution(
  source: string,
  { variant = 'minbase', include = '', mirror }: DistributionWords = {},
): Distribution {
  const suite = source.slice(prefix.length);
  if (!isSuiteName(suite))
    throw invalid(suite, 'suite', 'Write its name, for example suite:bookworm or suite:stable.');
  const known = variants.find((one) => one === variant);
  if (known === undefined) throw invalid(variant, 'variant', `Use one of ${variants.join(', ')}.`);
  const packages = packagesIn(include);
  const bad = packages.find((name) => !isPackageName(name)) ?? packages[maxPackages];
  if (bad !== undefined)
    throw invalid(bad, 'package', 'Write names of packages with commas between.');
  if (
    mirror !== undefined &&
    !/^(https?|file|tor\+https?):\/\/[^\s\p{Cc}"'[\]]{1,500}$/u.test(mirror)
  )
    throw invalid(
      mirror,
      'mirror',
      'Write the address of a mirror: http://…, https://… or file:///….',
    );
  return { suite, variant: known, include: packages, mirror };
}

/** @param text names with commas or blanks between */
export function packagesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

export function isSuiteName(text: string): boolean {
  return /^[a-z][a-z0-9.+-]{0,63}$/.test(text);
}

/** Debian Policy, 5.6.1; with an architecture. */
export function isPackageName(text: string): boolean {
  return /^[a-z0-9][a-z0-9+.-]{1,100}(:[a-z0-9-]{1,20})?$/.test(text);
}

function invalid(text: string, what: string, remedy: string): TerrariumError {
  return new TerrariumError(
    'distribution-invalid',
    `“${escapeControlCharacters(text).slice(0, 200)}” is no ${what}.`,
    remedy,
  );
}
