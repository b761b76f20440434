/** What parses but cannot work, as the editor underlines it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkConfig } from '../../../../src/core/diagnostics/checkConfig';
import { configJsonSchema } from '../../../../src/core/config/jsonSchema';
import { requireConfig } from '../../../../src/core/config/parseConfig';

describe('checkConfig', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'terrarium-'));
    await mkdir(path.join(folder, 'rootfs/bin'), { recursive: true });
    await mkdir(path.join(folder, 'rootfs/srv'));
    await writeFile(path.join(folder, 'rootfs/bin/sh'), '#!/bin/sh\n', { mode: 0o755 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const base = {
    ociVersion: '1.0.2',
    root: { path: 'rootfs' },
    process: { args: ['/bin/sh'], cwd: '/', user: { uid: 0, gid: 0 } },
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }] },
  };
  const found = async (change: object) => {
    const config = requireConfig(JSON.stringify({ ...base, ...change }), 'box/config.json');
    const all = await checkConfig(folder, config, 'root');
    // Whether its program runs on this machine is checkCommand's own question.
    return all
      .filter(({ code }) => !code.startsWith('command-'))
      .map(({ code, path: place }) => `${code} ${place.join('.')}`);
  };
  const cwd = (place: string, more: object = {}) => ({
    process: { ...base.process, cwd: place, ...more },
  });

  it('finds nothing in one that works', async () => {
    assert.deepEqual(await found({}), []);
    assert.deepEqual(await found(cwd('/srv')), []);
    assert.deepEqual(await found(cwd('/srv/../bin')), []);
  });

  it('finds a working directory that no start can make', async () => {
    assert.deepEqual(await found(cwd('/nowhere/yet')), []);
    await symlink('/gone', path.join(folder, 'rootfs/dangling'));
    assert.deepEqual(await found(cwd('/dangling')), ['cwd-missing process.cwd']);
    assert.deepEqual(await found(cwd('/dangling/below')), ['cwd-missing process.cwd']);
    assert.deepEqual(await found(cwd('/bin/sh')), ['cwd-missing process.cwd']);
    const mounts = [{ destination: '/work', type: 'tmpfs', source: 'tmpfs' }];
    assert.deepEqual(await found({ ...cwd('/work'), mounts }), []);
    assert.deepEqual(await found({ ...cwd('/work/deeper'), mounts }), []);
    assert.deepEqual(await found({ ...cwd('/bin/sh/below'), mounts }), ['cwd-missing process.cwd']);
  });

  it('tells whose ids are mapped where the file has those of somebody else', async () => {
    const alone = (id: number) => [{ containerID: 0, hostID: id, size: 1 }];
    const ids = (uid: number, gid: number, annotation?: string) => ({
      linux: {
        namespaces: [{ type: 'mount' }, { type: 'pid' }, { type: 'user' }],
        ...{ uidMappings: alone(uid), gidMappings: alone(gid) },
      },
      ...(annotation && { annotations: { 'dev.terrarium.idMappings': annotation } }),
    });
    assert.deepEqual(await found(ids(4242, 4242, 'own')), [
      'mapping-not-used linux.uidMappings',
      'mapping-not-used linux.gidMappings',
    ]);
    for (const annotation of ['file', undefined])
      assert.deepEqual(await found(ids(4242, 4242, annotation)), []);
  });

  it('finds a root that is not below the file, or can be led elsewhere', async () => {
    assert.deepEqual(await found({ root: { path: '..' } }), ['rootfs-outside root.path']);
    await symlink('rootfs', path.join(folder, 'link'));
    assert.deepEqual(await found({ root: { path: 'link' } }), ['rootfs-symlink root.path']);
  });

  it('finds capabilities that the bounding set keeps out', async () => {
    const capabilities = {
      bounding: ['CAP_KILL'],
      inheritable: ['CAP_KILL', 'CAP_CHOWN'],
      ambient: ['CAP_CHOWN'],
    };
    assert.deepEqual(await found(cwd('/', { capabilities })), [
      'capability-beyond-bounding process.capabilities.inheritable.1',
      'capability-beyond-bounding process.capabilities.ambient.0',
    ]);
    const { bounding, ...unbounded } = capabilities;
    assert.deepEqual(
      await found(cwd('/', { capabilities: { ...unbounded, ambient: bounding } })),
      ['inheritable.0', 'inheritable.1', 'ambient.0'].map(
        (place) => `capability-beyond-bounding process.capabilities.${place}`,
      ),
    );
  });

  it('finds what a user namespace alone may not mount', async () => {
    const sysfs = [{ destination: '/sys', type: 'sysfs', source: 'sysfs' }];
    assert.deepEqual(
      await found({ mounts: sysfs, linux: { namespaces: [{ type: 'mount' }, { type: 'user' }] } }),
      ['network-namespace-missing linux.namespaces'],
    );
    const mounts = [{ destination: '/proc', type: 'proc', source: 'proc' }];
    const namespaces = [{ type: 'mount' }, { type: 'user' }];
    assert.deepEqual(await found({ mounts, linux: { namespaces } }), [
      'pid-namespace-missing linux.namespaces',
    ]);
    assert.deepEqual(await found({ mounts, linux: { namespaces: [{ type: 'mount' }] } }), []);
  });

  it('finds ids in the options of a mount that the user namespace does not map', async () => {
    const mount = (type: string, ...options: string[]) => ({
      ...{ destination: `/${type}`, type, source: type, options },
    });
    const mounts = [
      mount('devpts', 'newinstance', 'gid=5'),
      mount('tmpfs', 'uid=7', 'gid=0'),
      { ...mount('bind', 'rbind', 'gid=9'), source: '/tmp' },
    ];
    const one = [{ containerID: 0, hostID: 0, size: 1 }];
    const linux = {
      namespaces: [{ type: 'mount' }, { type: 'user' }],
      ...{ uidMappings: one, gidMappings: one },
    };
    assert.deepEqual(await found({ mounts, linux }), [
      'id-unmapped mounts.0.options.1',
      'id-unmapped mounts.1.options.0',
    ]);
    const ten = [{ containerID: 0, hostID: 0, size: 10 }];
    const wide = { ...linux, uidMappings: ten, gidMappings: ten };
    assert.deepEqual(await found({ mounts, linux: wide }), []);
    assert.deepEqual(await found({ mounts, linux: { namespaces: [{ type: 'mount' }] } }), []);
  });
});

describe('the JSON schema of config.json', () => {
  it('says of every key what it means', () => {
    type Schema = {
      [key: string]: unknown;
      description?: string;
      properties?: Record<string, Schema>;
    };
    const silent: string[] = [];
    const walk = (schema: Schema, place: string): void => {
      for (const [name, value] of Object.entries(schema.properties ?? {})) {
        if (!value.description) silent.push(`${place}.${name}`);
        walk(value, `${place}.${name}`);
      }
      for (const key of ['items', 'then'])
        if (schema[key]) walk(schema[key] as Schema, key === 'then' ? place : `${place}[]`);
    };
    walk(configJsonSchema() as Schema, '');
    assert.deepEqual(silent, []);
  });
});
