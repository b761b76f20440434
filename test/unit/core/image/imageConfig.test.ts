/** Manifests and configs of images: what is chosen, what is refused, and what becomes of them. */
import assert from 'node:assert/strict';
import { startingPoints } from '../../../../src/core/config/templates';
import { imageUser } from '../../../../src/core/image/imageUser';
import { chooseManifest, ownPlatform, parsePlatform } from '../../../../src/core/image/platform';
import {
  type Descriptor,
  ImageConfig,
  Index,
  Manifest,
  parseDocument,
} from '../../../../src/core/image/schema';
import { toRuntimeConfig } from '../../../../src/core/image/toRuntimeConfig';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const manifest = (
  digit: string,
  os?: string,
  architecture = 'amd64',
  variant?: string,
): Descriptor => ({
  ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest(digit), size: 2 },
  ...(os ? { platform: { os, architecture, ...(variant ? { variant } : {}) } } : {}),
});

describe('images', () => {
  it('chooses by platform, and the only one without', () => {
    const all = [
      manifest('1', 'linux'),
      manifest('2', 'linux', 'arm64', 'v8'),
      manifest('3', 'windows'),
    ];
    assert.equal(chooseManifest(all, parsePlatform('linux/arm64')).digest, digest('2'));
    assert.equal(chooseManifest([manifest('4')], ownPlatform('x64')).digest, digest('4'));
    assert.throws(() => chooseManifest(all, parsePlatform('linux/arm64/v7')), {
      code: 'platform-missing',
    });
    assert.throws(
      () => chooseManifest(all, parsePlatform('linux/s390x')),
      /linux\/amd64, linux\/arm64\/v8/,
    );
    assert.throws(() => chooseManifest([manifest('4'), manifest('5')], ownPlatform()), {
      code: 'platform-missing',
    });
    for (const bad of ['', 'linux', 'a/b/c/d', 'Linux/x', 'a//b'])
      assert.throws(() => parsePlatform(bad), { code: 'platform-invalid' }, bad);
  });

  it('refuses what is no manifest, with the place', () => {
    const read = (text: string) => () => parseDocument(Manifest, Buffer.from(text), 'm');
    assert.throws(read('{'), /no JSON/);
    assert.throws(read('{"schemaVersion":1}'), { code: 'image-invalid' });
    const evil = { ...manifest('1'), digest: 'sha256:../../../etc/passwd' };
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [evil] }));
    assert.throws(() => parseDocument(Index, index, 'i'), /manifests\.0\.digest/);
  });

  const accounts = {
    users: [{ name: 'app', uid: 12, gid: 13, home: '/', shell: '' }],
    groups: [
      { name: 'more', gid: 14, members: ['app'] },
      { name: '15', gid: 16, members: [] },
    ],
  };

  it('finds the user in the image’s own files', () => {
    const more = { additionalGids: [14] };
    assert.deepEqual(imageUser('app', accounts), { uid: 12, gid: 13, ...more });
    assert.deepEqual(imageUser('12', accounts), { uid: 12, gid: 13, ...more });
    assert.deepEqual(imageUser('app:more', accounts), { uid: 12, gid: 14 });
    assert.deepEqual(
      imageUser('7:15', accounts),
      { uid: 7, gid: 16 },
      'a name counts before a number',
    );
    assert.deepEqual(imageUser('99', accounts), { uid: 99, gid: 0 });
    assert.deepEqual(imageUser('', accounts), { uid: 0, gid: 0 });
    for (const bad of ['nobody', 'app:none', '-1', '4294967295'])
      assert.throws(() => imageUser(bad, accounts), { code: 'image-user-unknown' }, bad);
  });

  it('makes a config.json of an image’s config', () => {
    const base = startingPoints[1]!.config('box');
    const image = ImageConfig.parse({
      ...{ os: 'linux', architecture: 'arm64', variant: 'v8', created: '2026-01-01T00:00:00Z' },
      config: {
        ...{
          User: 'app',
          Entrypoint: ['/run'],
          Cmd: ['a', 'b'],
          WorkingDir: 'srv',
          StopSignal: 'SIGRTMIN+3',
        },
        ...{ Env: ['PATH=/mine', 'bad', '=x'], ExposedPorts: { '80/tcp': {}, '53/udp': {} } },
        Labels: {
          'dev.terrarium.root': 'chroot',
          'run.oci.pidfd_receiver': '/run/host.sock',
          'org.systemd.property.BindPaths': '"/"',
          'org.criu.config': '/etc/criu.conf',
          maintainer: 'x',
          'some.runtime.option': 'y',
          'org.opencontainers.image.licenses': 'MIT',
          'org.opencontainers.image.os': 'label',
        },
      },
      rootfs: { type: 'layers', diff_ids: [] },
    });
    const { process, annotations } = toRuntimeConfig(base, image, accounts, {
      digest: digest('1'),
      reference: 'docker://r.example/a@x',
    });
    assert.deepEqual(process.args, ['/run', 'a', 'b']);
    assert.deepEqual(process.env, ['PATH=/mine', 'TERM=xterm-256color']);
    assert.equal(process.cwd, '/srv');
    assert.equal(process.user.uid, 12);
    assert.deepEqual(annotations, {
      'dev.terrarium.image.labels': JSON.stringify({
        'dev.terrarium.root': 'chroot',
        'run.oci.pidfd_receiver': '/run/host.sock',
        'org.systemd.property.BindPaths': '"/"',
        'org.criu.config': '/etc/criu.conf',
        'some.runtime.option': 'y',
      }),
      maintainer: 'x',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.os': 'linux',
      'org.opencontainers.image.architecture': 'arm64',
      'org.opencontainers.image.variant': 'v8',
      'org.opencontainers.image.created': '2026-01-01T00:00:00Z',
      'org.opencontainers.image.stopSignal': 'SIGRTMIN+3',
      'org.opencontainers.image.exposedPorts': '80/tcp,53/udp',
      'dev.terrarium.image.digest': digest('1'),
      'dev.terrarium.image.reference': 'docker://r.example/a@x',
    });
    const empty = ImageConfig.parse({ config: null, rootfs: { type: 'layers', diff_ids: [] } });
    assert.deepEqual(toRuntimeConfig(base, empty, accounts).process.args, ['/bin/sh']);
  });
});
