/** A registry on loopback with one image for two platforms: as much of the distribution specification as a pull and a push ask for. */
import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
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
  /** Of a tag, as `NAME:TAG`, or of a digest. */
  read(name: string): Buffer | undefined;
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

  const tags = new Map([['some/box:1.0', index.digest]]);
  const uploads: Buffer[][] = [];

  /** A push: `POST` begins an upload, `PATCH` brings its bytes, `PUT` says what they are. */
  async function take(request: IncomingMessage, to: ServerResponse) {
    const { method, url = '', headers } = request;
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const [, image, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url) ?? [];
    if (image) {
      const { digest } = add(headers['content-type'] ?? '', Buffer.concat(parts));
      tags.set(`${image}:${tag}`, digest);
      to.writeHead(201, { 'docker-content-digest': digest }).end();
      return;
    }
    const [, id] = /\/uploads\/(\d+)/.exec(url) ?? [];
    const at = id === undefined ? uploads.push([]) - 1 : Number(id);
    uploads[at]!.push(...parts);
    if (method === 'PUT') add('', Buffer.concat(uploads[at]!));
    const location = `${url.replace(/\/uploads\/.*/, '')}/uploads/${at}`;
    to.writeHead(method === 'PUT' ? 201 : 202, { location, 'content-length': 0 }).end();
  }

  async function answer(request: IncomingMessage, to: ServerResponse) {
    const { method = '', url = '', headers } = request;
    asked.push(`${method} ${url}`);
    if (headers.authorization !== `Basic ${login}`) {
      to.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') return take(request, to);
    const [, image, kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
    const found = stored.get(tags.get(`${image}:${name}`) ?? name);
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
    read: (name) => stored.get(tags.get(name) ?? name)?.content,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return registry;
}

/** The login and the settings of a person: this registry speaks no TLS. */
export function settleRegistry(home: string, { at, login }: Registry, isLoggedIn = true): void {
  mkdirSync(path.join(home, '.config/containers'), { recursive: true });
  mkdirSync(path.join(home, '.docker'), { recursive: true });
  writeFileSync(
    path.join(home, '.config/containers/registries.conf'),
    `[[registry]]\nlocation = "${at}"\ninsecure = true\n`,
  );
  const auths = isLoggedIn ? { [at]: { auth: login } } : {};
  writeFileSync(path.join(home, '.docker/config.json'), JSON.stringify({ auths }));
}
