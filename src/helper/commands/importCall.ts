/** The words of `helper.js import`. Pure; used by parseCall.ts. */
import { type StartingPoint, startingPoints } from '../../core/config/templates';
import { TerrariumError } from '../../core/errors';
import { isContainer } from '../../core/image/containerSource';
import { type Distribution, isSuite, parseDistribution } from '../../core/image/distribution';
import { type ParsedWords, UsageError, quoted, refusePayload } from './callWords';

export interface ImportCall {
  readonly command: 'import';
  readonly source: string | Distribution;
  readonly bundle: string;
  readonly platform: string | undefined;
  readonly startingPoint: StartingPoint['id'];
  /** In bytes. */
  readonly maxSize: number | undefined;
  /** Of a container: it runs on a scratch layer. */
  readonly layer: boolean;
  readonly progress: boolean;
  /** Who watches the folder that it is made in watches what is made, too. */
  readonly watched: boolean;
  /** Nothing is read and nothing made where the caller of sudo could not. */
  readonly callersRights: boolean;
  /** Of a container: its rootfs, as it was started, which is read with the rights of this process. */
  readonly vouched: string | undefined;
}

export const importOptions = {
  platform: 'string',
  'starting-point': 'string',
  'max-size': 'string',
  variant: 'string',
  include: 'string',
  mirror: 'string',
  layer: 'boolean',
  'rootfs-below': 'list',
  vouched: 'string',
  progress: 'boolean',
  watched: 'boolean',
  'callers-rights': 'boolean',
} as const;

/** @throws UsageError */
export function importCall(words: ParsedWords): ImportCall {
  refusePayload(words, 'What the container runs stands in its config.json.');
  const [source, bundle, extra] = words.positionals;
  if (!source || !bundle)
    throw new UsageError(
      `“import” is given without a ${source ? 'BUNDLE' : 'SOURCE'}.`,
      'Name an archive, a folder, docker://IMAGE, suite:SUITE or container:BUNDLE, and the folder that is to be made of it.',
    );
  if (extra !== undefined)
    throw new UsageError(`“import” cannot use the word ${quoted(extra)}.`, 'Import one at a time.');
  requireContainer(source, words);
  const given = words.values.get('starting-point') ?? 'notes';
  const startingPoint = startingPoints.find(({ id }) => id === given)?.id;
  if (startingPoint === undefined)
    throw new UsageError(
      `${quoted(given)} is no starting point.`,
      `Use one of ${startingPoints.map(({ id }) => id).join(', ')}.`,
    );
  const size = words.values.get('max-size');
  return {
    ...{ command: 'import', bundle, startingPoint, source: sourceOf(source, words) },
    platform: words.values.get('platform'),
    maxSize: size === undefined ? undefined : sizeOf(size),
    layer: layerOf(source, words),
    progress: words.flags.has('progress'),
    watched: words.flags.has('watched'),
    callersRights: words.flags.has('callers-rights'),
    vouched: vouchedOf(source, words),
  };
}

function layerOf(source: string, { flags }: ParsedWords): boolean {
  if (flags.has('layer') && !isContainer(source))
    throw new UsageError(
      `--layer says nothing of ${quoted(source)}.`,
      'Use it with container:BUNDLE, or leave it out.',
    );
  return flags.has('layer');
}

function requireContainer(source: string, { rootfsBelow }: ParsedWords): void {
  if (rootfsBelow.length > 0 && !isContainer(source))
    throw new UsageError(
      `--rootfs-below says nothing of ${quoted(source)}.`,
      'Use it with container:BUNDLE, or leave it out.',
    );
}

function vouchedOf(source: string, { values }: ParsedWords): string | undefined {
  const rootfs = values.get('vouched');
  if (rootfs !== undefined && !isContainer(source))
    throw new UsageError(
      `--vouched says nothing of ${quoted(source)}.`,
      'Use it with container:BUNDLE, or leave it out.',
    );
  return rootfs;
}

function sourceOf(source: string, { values }: ParsedWords): string | Distribution {
  const [variant, include, mirror] = ['variant', 'include', 'mirror'].map((key) => values.get(key));
  if (isSuite(source))
    try {
      return parseDistribution(source, { variant, include, mirror });
    } catch (error) {
      if (error instanceof TerrariumError) throw new UsageError(error.problem, error.remedy);
      throw error;
    }
  if (variant ?? include ?? mirror)
    throw new UsageError(
      `--variant, --include and --mirror say nothing of ${quoted(source)}.`,
      'Use them with suite:SUITE, or leave them out.',
    );
  return source;
}

const units = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

function sizeOf(text: string): number {
  const [, digits, unit] = /^(\d{1,15})([KMGT]?)$/.exec(text) ?? [];
  if (digits === undefined)
    throw new UsageError(
      `--max-size is ${quoted(text)}, which is no size.`,
      'Give a number of bytes, or one with K, M, G or T.',
    );
  return Number(digits) * units[unit as keyof typeof units];
}
