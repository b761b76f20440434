/**
 * What an image says about itself: index, manifest and config (image-spec), and the manifest.json of
 * `docker save`. All of it comes from strangers, so every list and text has its limit.
 */
import * as z from 'zod';
import { TerrariumError } from '../errors';
import { digestPattern } from './digest';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Of one of these files, in bytes; registries take 4 MiB. */
export const maxDocumentBytes = 4 * 1024 * 1024;

const Text = z
  .string()
  .max(64 * 1024)
  .refine((text) => !text.includes('\0'), 'holds a NUL character');
const ShortText = Text.max(4096);

export const Digest = z.string().regex(digestPattern, 'is no digest of sha256 or sha512');

export const Platform = z.object({
  architecture: ShortText,
  os: ShortText,
  variant: ShortText.optional(),
});
export type Platform = z.infer<typeof Platform>;

export const Descriptor = z.object({
  mediaType: ShortText,
  digest: Digest,
  size: z.number().int().nonnegative(),
  platform: Platform.optional().catch(undefined),
  annotations: z.record(ShortText, Text).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const Index = z.object({
  schemaVersion: z.literal(2),
  manifests: z.array(Descriptor).max(1000),
});
export type Index = z.infer<typeof Index>;

export const Manifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: ShortText.optional(),
  config: Descriptor,
  layers: z.array(Descriptor).max(1000),
  annotations: z.record(ShortText, Text).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

const Words = z.array(Text).max(4096);

/** Docker writes null where the specification leaves a key out. */
export const ImageConfig = z.object({
  architecture: ShortText.optional(),
  os: ShortText.optional(),
  variant: ShortText.optional(),
  author: Text.nullish(),
  created: ShortText.nullish(),
  config: z
    .object({
      User: ShortText.nullish(),
      ExposedPorts: z.record(ShortText, z.unknown()).nullish(),
      Env: Words.nullish(),
      Entrypoint: Words.nullish(),
      Cmd: Words.nullish(),
      WorkingDir: ShortText.nullish(),
      Labels: z.record(ShortText, Text).nullish(),
      StopSignal: ShortText.nullish(),
    })
    .nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(Digest).max(1000) }),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** manifest.json of `docker save`: one entry for each image. */
export const DockerArchive = z
  .array(
    z.object({
      Config: ShortText,
      RepoTags: z.array(ShortText).max(1000).nullish(),
      Layers: z.array(ShortText).max(1000),
    }),
  )
  .min(1)
  .max(1000);

/** The file oci-layout. */
export const Layout = z.object({ imageLayoutVersion: z.string().regex(/^1\./) });

/** @param what its name for people @throws TerrariumError `image-invalid` */
export function parseDocument<T extends z.ZodType>(
  type: T,
  content: Buffer,
  what: string,
): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw invalid(what, 'it is no JSON', error);
  }
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.');
  throw invalid(what, `${place ? `${place}: ` : ''}${issue?.message ?? 'unknown'}`, result.error);
}

function invalid(what: string, reason: string, cause: unknown): TerrariumError {
  return new TerrariumError(
    'image-invalid',
    `${escapeControlCharacters(what)} of the image cannot be used: ${escapeControlCharacters(reason).slice(0, 300)}.`,
    'Save the image anew.',
    { cause },
  );
}
