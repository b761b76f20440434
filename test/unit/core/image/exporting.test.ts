/** What goes out as it came in: rootfs.mtree, an image's config, names of images. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OciConfig } from '../../../../src/core/config/schema';
import { startingPoints } from '../../../../src/core/config/templates';
import { notKeptHeader, notKeptLine } from '../../../../src/core/image/notKept';
import { readNotKept } from '../../../../src/core/image/readNotKept';
import { parseImageName, imageNameFor, imageNameText } from '../../../../src/core/image/imageName';
import { ImageConfig } from '../../../../src/core/image/schema';
import { notInImage, toImageConfig } from '../../../../src/core/image/toImageConfig';
import { toRuntimeConfig } from '../../../../src/core/image/toRuntimeConfig';
import type { TarEntry } from '../../../../src/core/tar/tarEntry';
import { seeded } from '../../../seed';

const id = fc.nat(2 ** 32 - 2);
/** Bytes as characters, without the three that no name has; `x` keeps it from being `..`. */
const part = fc
  .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 12 })
  .map((codes) => `x${String.fromCharCode(...codes.filter((code) => code !== 0x2f))}`);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

describe('what an import could not keep', () => {
  const entryOf = (some: Partial<TarEntry>): TarEntry => ({
    ...{ name: Buffer.from('x'), type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0 },
    ...{ linkName: Buffer.alloc(0), major: 0, minor: 0, contentAt: 0, xattrs: new Map() },
    ...some,
  });

  it('is read as it was written, whatever the names and values are', () => {
    const fields = fc.record({
      ...{ path, uid: id, gid: id, major: id, minor: id, mode: fc.nat(0o7777) },
      seconds: fc.nat(2 ** 40),
      nanoseconds: fc.nat(999_999_999),
      xattrs: fc.dictionary(part, fc.uint8Array({ maxLength: 20 })),
    });
    fc.assert(
      fc.property(fields, ({ path, seconds, nanoseconds, xattrs, ...numbers }) => {
        const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '');
        const mtime = fraction === '' ? String(seconds) : `${seconds}.${fraction}`;
        const values = Object.entries(xattrs).map(
          ([name, value]) => [name, Buffer.from(value)] as const,
        );
        const line = notKeptLine(path, entryOf({ ...numbers, type: 'char', mtime }), {
          ...{ owner: false, device: true, xattrs: values },
        });
        const { uid, gid, ...device } = numbers;
        const records = readNotKept(`${notKeptHeader}${line}`);
        const expected = { owner: { uid, gid }, device: { type: 'char', ...device, mtime } };
        assert.deepEqual([...records], [[path, { ...expected, xattrs: new Map(values) }]]);
      }),
      seeded('mtree', 300),
    );
  });

  it('is further names of a device, owners alone, and the last of two lines', () => {
    const link = entryOf({ type: 'link', linkName: Buffer.from('./dev/a b') });
    const text = [
      notKeptLine('dev/c', link, { owner: false, device: true, xattrs: [] }),
      './f uid=1 gid=2\n',
      './f uid=3 gid=4\n',
    ].join('');
    assert.deepEqual(
      [...readNotKept(text)],
      [
        [
          'dev/c',
          {
            owner: { uid: 0, gid: 0 },
            device: { type: 'link', target: 'dev/a b' },
            xattrs: new Map(),
          },
        ],
        ['f', { owner: { uid: 3, gid: 4 }, xattrs: new Map() }],
      ],
    );
  });

  const bad: readonly [line: string, why: RegExp][] = [
    ['etc uid=1 gid=1', /line 1: a line begins with/],
    ['./../x uid=1 gid=1', /no name of a file/],
    [`./a\\000b uid=1 gid=1`, /no name of a file/],
    ['./x uid=4294967295 gid=0', /uid= is no number/],
    ['./x uid=1', /gid= is no number/],
    ['./x uid=-1 gid=0', /uid= is no number/],
    ['./x type=file', /nothing that an import leaves out/],
    ['./x type=char mode=0644', /a device has/],
    ['./x type=link link=../x', /no name of a file/],
    ['./x xattr.user.a=%%%', /no base64/],
    ['./x nonsense', /no KEY=VALUE/],
  ];
  for (const [line, why] of bad)
    it(`is refused where it is “${line}”`, () => {
      assert.throws(() => readNotKept(line), { code: 'not-kept-invalid', message: why });
    });
});

describe('the name of an image', () => {
  it('has a host, a path and a tag', () => {
    const good = [
      ['box', 'box:latest'],
      ['a/b_c/d-e:1.0', 'a/b_c/d-e:1.0'],
      ['localhost/box', 'localhost/box:latest'],
      ['registry.example:5000/team/box:v1', 'registry.example:5000/team/box:v1'],
      ['[::1]:5000/box', '[::1]:5000/box:latest'],
    ] as const;
    for (const [text, all] of good) assert.equal(imageNameText(parseImageName(text)), all);
  });

  it('is no option, no path and no text with a digest, blanks or controls', () => {
    for (const text of [
      ...['', '-x', 'Box', 'a//b', '/a', 'a/', 'a:', 'a:-b', '../a', 'a b', 'a\nb', 'a@sha256:0'],
      ...['a:b:c', 'docker://a', '$(x)', '${x}', `${'a'.repeat(300)}`, `a:${'b'.repeat(129)}`],
    ])
      assert.throws(() => parseImageName(text), { code: 'image-name-invalid' }, text);
  });

  it('is near to that of the bundle', () => {
    for (const [name, near] of [
      ['My Box_1', 'my-box-1'],
      ['---', 'container'],
      ['.x.', 'x'],
    ] as const) {
      assert.equal(imageNameFor(name).name, near);
      assert.doesNotThrow(() => parseImageName(imageNameText(imageNameFor(name))));
    }
  });
});

describe('the config of an image', () => {
  const base = startingPoints.find((point) => point.id === 'notes')!.config('box');
  const accounts = {
    users: [{ name: 'app', uid: 1234, gid: 1300, home: '/', shell: '' }],
    groups: [{ name: 'more', gid: 77, members: ['app'] }],
  };
  const diffId = `sha256:${'0'.repeat(64)}`;
  const facts = {
    ...{ platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, accounts },
    ...{ created: '1970-01-01T00:00:00.000Z', diffIds: [diffId] },
  };

  it('becomes the same config.json when it is imported again', () => {
    const text = fc.string({ minLength: 1, maxLength: 10 }).map((one) => one.replaceAll('\0', '_'));
    const configs = fc.record({
      args: fc.array(text, { minLength: 1, maxLength: 4 }),
      values: fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}$/), text, { maxKeys: 4 }),
      cwd: fc.stringMatching(/^\/[a-z]{0,9}$/),
      user: fc.constantFrom<OciConfig['process']['user']>(
        ...[
          { uid: 0, gid: 0 },
          { uid: 7, gid: 8 },
          { uid: 1234, gid: 5 },
        ],
        { uid: 1234, gid: 1300, additionalGids: [77] },
      ),
      labels: fc.dictionary(fc.stringMatching(/^org\.label-schema\.[a-z]{1,5}$/), text, {
        maxKeys: 3,
      }),
      ports: fc.constantFrom('', '80/tcp', '1,65535/udp'),
      stop: fc.constantFrom('', 'SIGQUIT', 'RTMIN+3'),
    });
    fc.assert(
      fc.property(configs, ({ args: [program = '', ...more], values, user, cwd, ...said }) => {
        const env = Object.entries({ ...values, PATH: '/bin', TERM: 'dumb' });
        const prefix = 'org.opencontainers.image.';
        const annotations = {
          ...said.labels,
          ...(said.ports ? { [`${prefix}exposedPorts`]: said.ports } : {}),
          ...(said.stop ? { [`${prefix}stopSignal`]: said.stop } : {}),
        };
        const config = {
          ...base,
          process: {
            ...base.process,
            ...{ args: [program, ...more] as [string, ...string[]], user, cwd },
            env: env.map(([name, value]) => `${name}=${value}`),
          },
          annotations: { ...annotations, 'dev.terrarium.root': 'chroot', 'run.oci.x': 'y' },
        };
        const image = ImageConfig.parse(JSON.parse(JSON.stringify(toImageConfig(config, facts))));
        const again = toRuntimeConfig(base, image, accounts);
        assert.deepEqual(again.process, config.process);
        assert.deepEqual(again.annotations, {
          ...annotations,
          ...{ [`${prefix}os`]: 'linux', [`${prefix}architecture`]: 'arm' },
          ...{ [`${prefix}variant`]: 'v7', [`${prefix}created`]: facts.created },
        });
      }),
      seeded('image config', 200),
    );
  });

  it('gives the labels back that are no annotations here', () => {
    const Labels = { 'com.example.a': 'x', 'run.oci.handler': 'y', 'dev.terrarium.root': 'chroot' };
    const { rootfs } = toImageConfig(base, facts);
    const made = toRuntimeConfig(base, ImageConfig.parse({ config: { Labels }, rootfs }), accounts);
    assert.deepEqual(Object.keys(made.annotations ?? {}), ['dev.terrarium.image.labels']);
    assert.deepEqual(toImageConfig(made, facts).config?.Labels, Labels);
    for (const bad of ['{', '[]', '{"a":1}']) {
      const annotations = { 'dev.terrarium.image.labels': bad };
      assert.throws(() => toImageConfig({ ...base, annotations }, facts), {
        code: 'labels-invalid',
      });
    }
  });

  it('names further groups where its own files do not', () => {
    const user = { uid: 1234, gid: 1300, additionalGids: [77, 78] };
    const config = { ...base, process: { ...base.process, user } };
    assert.equal(toImageConfig(config, facts).config?.User, '1234:1300');
  });

  it('lacks what an image has no place for, and that is told', () => {
    const safe = startingPoints.find((point) => point.id === 'safe')!.config('box');
    assert.deepEqual(notInImage({ ...safe, root: { path: 'rootfs', readonly: true } }), [
      ...['hostname', 'mounts', 'root.readonly', 'process.capabilities', 'process.rlimits'],
      ...['process.noNewPrivileges', 'linux.namespaces', 'linux.maskedPaths'],
      ...['linux.readonlyPaths', 'linux.seccomp'],
    ]);
  });
});
