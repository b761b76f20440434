/** The words of `helper.js export`. Pure; used by parseCall.ts. */
import { type ImageName, parseImageName } from '../../core/image/imageName';
import type { FolderKind } from '../../protocol/container';
import { type ExportFormat, exportFormats, standardOutput } from '../../protocol/exportFormats';
import {
  type ParsedWords,
  UsageError,
  bundleOptions,
  kindOf,
  quoted,
  refusePayload,
} from './callWords';

export interface ExportCall {
  readonly command: 'export';
  readonly folder: string;
  readonly kind: FolderKind | undefined;
  readonly target: string;
  readonly format: ExportFormat;
  /** Name of the image. */
  readonly reference: ImageName | undefined;
  /** Of its scratch layer: `layer save`. */
  readonly layer: boolean;
  readonly reproducible: boolean;
  readonly force: boolean;
  readonly progress: boolean;
}

export const exportOptions = {
  ...bundleOptions,
  format: 'string',
  name: 'string',
  reproducible: 'boolean',
  force: 'boolean',
  progress: 'boolean',
} as const;

/** @throws UsageError, TerrariumError `image-name-invalid` */
export function exportCall(words: ParsedWords, { layer = false } = {}): ExportCall {
  refusePayload(words, 'What the image runs stands in the config.json of the bundle.');
  const [folder, target, extra] = words.positionals;
  if (!folder || !target)
    throw new UsageError(
      `“${words.command}” is given without a ${folder ? 'TARGET' : 'BUNDLE'}.`,
      'Name the bundle, and the file or folder that is to be made of it.',
    );
  if (extra !== undefined)
    throw new UsageError(
      `“${words.command}” cannot use the word ${quoted(extra)}.`,
      'Export one at a time.',
    );
  const { values, flags } = words;
  const format = formatOf(values.get('format'), target);
  if (target === standardOutput && format !== 'tar')
    throw new UsageError(
      `Standard output takes a tar archive, and no ${format}.`,
      'Name a file or folder; the file “-” is “./-”.',
    );
  if (layer && format === 'pod')
    throw new UsageError(
      'A Kubernetes Pod manifest has no layers.',
      'Save it as a tar archive or as an image.',
    );
  const name = values.get('name');
  if (name !== undefined && format === 'tar')
    throw new UsageError('--name is given, and a tar archive has none.', 'Leave it out.');
  return {
    ...{ command: 'export', folder, kind: kindOf(words), target, format },
    reference: name === undefined ? undefined : parseImageName(name),
    layer,
    reproducible: flags.has('reproducible'),
    force: flags.has('force'),
    progress: flags.has('progress'),
  };
}

/** Where it is not given, names tell what people mean; an image is asked for by its word. */
function formatOf(given: string | undefined, target: string): ExportFormat {
  const inferred = /^-$|\.(tar(\.(gz|xz|zst|bz2))?|tgz|txz|tzst|tbz2?)$/.test(target)
    ? 'tar'
    : /\.ya?ml$/.test(target)
      ? 'pod'
      : undefined;
  if (given === undefined && inferred === undefined)
    throw new UsageError(
      `${quoted(target)} does not tell what is to be made.`,
      `Give --format, one of ${exportFormats.join(', ')}; .tar, .tar.gz, .tar.xz, .tar.zst, .tar.bz2 and .yaml tell it by themselves.`,
    );
  const format = exportFormats.find((one) => one === (given ?? inferred));
  if (format !== undefined) return format;
  throw new UsageError(
    `${quoted(given!)} is no format.`,
    `Use one of ${exportFormats.join(', ')}.`,
  );
}
