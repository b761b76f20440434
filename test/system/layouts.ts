/** OCI image layouts entry by entry, with what no program would write. Shared by the tests of imports. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export interface LayoutOfTest {
  /** Archives, uncompressed. */
  readonly layers: readonly Buffer[];
  /** The config of the image's config. */
  readonly config?: object;
  /** JSON text in the place of the image's config. */
  readonly configText?: string;
  /** Changed before they are written and hashed. */
  readonly manifest?: (manifest: Record<string, unknown>) => object;
  readonly index?: (index: Record<string, unknown>) => object;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const prefix = 'application/vnd.oci.image.';

/** @param folder is made */
export function writeLayout(
  folder: string,
  { layers, config = {}, configText, manifest = same, index = same }: LayoutOfTest,
): void {
  mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true });
  const put = (type: string, content: Buffer): Descriptor => {
    const digest = digestOf(content);
    writeFileSync(path.join(folder, 'blobs', digest.replace(':', '/')), content);
    return { mediaType: `${prefix}${type}`, digest, size: content.length };
  };
  const diff_ids = layers.map(digestOf);
  const image = JSON.stringify({ config, rootfs: { type: 'layers', diff_ids } });
  const made = manifest({
    schemaVersion: 2,
    config: put('config.v1+json', Buffer.from(configText ?? image)),
    layers: layers.map((layer) => put('layer.v1.tar+gzip', gzipSync(layer))),
  });
  const only = put('manifest.v1+json', Buffer.from(JSON.stringify(made)));
  const list = index({ schemaVersion: 2, manifests: [only] });
  writeFileSync(path.join(folder, 'index.json'), JSON.stringify(list));
  writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

function same<T>(value: T): T {
  return value;
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
