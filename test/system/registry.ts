/** A registry on loopback with one image for two platforms: as much of the distribution specification as a pull asks for. */
import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ownPlatform } from '../../src/core/image/platform';

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

interface Stored {
  readonly mediaType: string;
  readonly content: Buffer;
}

export interface Registry {
  /** HOST:PORT */
  readonly at: string;
  /** Who does not log in as `me` with `secret` is refused. */
  readonly login: string;
  /** Of the manifest for this machine. */
  readonly digest: string;
  /** What was asked for, as `METHOD PATH`. */
  readonly asked: string[];
  /** Called before a blob is answered. */
  beforeBlob: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** @param layer a tar archive */
export async function openRegistry(layer: Buffer): Promise<Registry> {
  const stored = new Map<string, Stored>();
  const add = (mediaType: string, value: Buffer | object) => {
    const content = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    stored.set(digest, { mediaType, content });
    return { mediaType, digest, size: content.length };
  };
  const layers = [add(types.layer, layer)];
  const manifestFor = (architecture: string) => {
    const config = add(types.config, {
      ...{
        os: 'linux',
        architecture,
        config: { Entrypoint: ['/bin/sh'], Cmd: ['-c', 'echo here'] },
      },
      rootfs: { type: 'layers', diff_ids: [layers[0]!.digest] },
    });
    const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers };
    return { ...add(types.manifest, manifest), platform: { os: 'linux', architecture } };
  };
  const own = manifestFor(ownPlatform().architecture);
  const manifests = [manifestFor('s390x'), own];
  const index = add(types.index, { schemaVersion: 2, mediaType: types.index, manifests });
  const login = Buffer.from('me:secret').toString('base64');
  const asked: string[] = [];

  async function answer({ method = '', url = '', headers }: IncomingMessage, to: ServerResponse) {
    asked.push(`${method} ${url}`);
    if (headers.authorization !== `Basic ${login}`) {
      to.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      return;
    }
    const [, kind, name = ''] = /^\/v2\/some\/box\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
    const digest = kind === 'manifests' && name === '1.0' ? index.digest : name;
    const found = stored.get(digest);
    if (url === '/v2/') to.end('{}');
    else if (!found) {
      const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }];
      to.writeHead(404).end(JSON.stringify({ errors }));
    } else {
      if (kind === 'blobs') await registry.beforeBlob?.();
      const { mediaType, content } = found;
      to.writeHead(200, { 'content-type': mediaType, 'content-length': content.length });
      to.end(method === 'HEAD' ? undefined : content);
    }
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: Registry = {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ login, digest: own.digest, asked, beforeBlob: undefined },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return registry;
}
