import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxConfigBytes, maxConfigDepth } from '../../../../src/core/config/jsonLimits';
import { parseConfig, requireConfig } from '../../../../src/core/config/parseConfig';
import { TerrariumError } from '../../../../src/core/errors';
import { seeded } from '../../../seed';

const minimal = { ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' } };

/** The smallest good configuration with `change` laid over it, as text. */
const text = (change: object) => JSON.stringify({ ...minimal, ...change });
const withProcess = (change: object) => text({ process: { ...minimal.process, ...change } });
const withLinux = (linux: object) => text({ linux });

/** The only diagnostic. */
function only(source: string) {
  const { config, diagnostics } = parseConfig(source);
  assert.equal(config, undefined);
  assert.equal(diagnostics.length, 1, JSON.stringify(diagnostics));
  return diagnostics[0]!;
}

/** ul_optstr_next of util-linux 2.38 (lib/optstr.c of libmount), with its way of looking at one character before. */
function asLibmount(joined: string): string[] {
  const found: string[] = [];
  let [start, quoted] = [0, false];
  for (let at = 0; at < joined.length; at++) {
    if (joined[at] === '"') quoted = !quoted;
    if (quoted || joined[at] !== ',' || joined[at - 1] === '\\') continue;
    found.push(joined.slice(start, at));
    start = at + 1;
  }
  assert.equal(quoted, false);
  return [...found, joined.slice(start)].filter(Boolean);
}

describe('parseConfig', () => {
  it('fills in what a configuration may leave out', () => {
    const { config, diagnostics } = parseConfig(JSON.stringify(minimal));
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(config?.root, { path: 'rootfs' });
    assert.deepEqual(config?.mounts, []);
    assert.deepEqual(config?.linux.namespaces, []);
    assert.deepEqual(config?.process.user, { uid: 0, gid: 0 });
    assert.deepEqual(config?.process.env, []);
  });

  it('ignores keys that it does not know', () => {
    const { config } = parseConfig(text({ solaris: { milestone: 1 }, somethingNew: true }));
    assert.ok(config);
    assert.equal('somethingNew' in config, false);
  });

  it('takes the unlimited resource limit that other tools write', () => {
    const source = `{"ociVersion":"1.0.2","process":{"args":["a"],"cwd":"/",
      "rlimits":[{"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551615}]}}`;
    assert.equal(parseConfig(source).config?.process.rlimits?.[0]?.hard, 2 ** 64);
  });

  it('names the key, the place and the value of a wrong type', () => {
    const source = '{\n  "ociVersion": "1.0.2",\n  "process": { "args": "sh", "cwd": "/" }\n}';
    const found = only(source);
    assert.equal(found.message, 'process.args must be an array, not "sh".');
    assert.deepEqual([found.line, found.column, found.length], [3, 24, 4]);
    assert.equal(source.slice(found.offset, found.offset + found.length), '"sh"');
    assert.deepEqual(found.path, ['process', 'args']);
  });

  it('says one thing of a value that breaks several rules', () => {
    const mounts = [{ destination: '/x', type: 'tmpfs', options: ['ro"='] }];
    assert.match(only(text({ mounts })).message, /must not contain quotes/);
  });

  it('names an unknown namespace and those that there are', () => {
    const found = only(withLinux({ namespaces: [{ type: 'pid' }, { type: 'magic' }] }));
    assert.match(
      found.message,
      /^linux\.namespaces\[1\]\.type must be one of pid, .*not "magic"\.$/,
    );
  });

  const wrong: readonly (readonly [what: string, source: string, message: RegExp])[] = [
    ['a missing process', '{"ociVersion":"1.0.2"}', /^process is missing/],
    ['a missing args', text({ process: { cwd: '/' } }), /^process\.args is missing/],
    ['an empty args', withProcess({ args: [] }), /^process\.args is empty/],
    ['an empty program name', withProcess({ args: [''] }), /^process\.args\[0\] is empty/],
    ['NUL in an argument', withProcess({ args: ['a\0b'] }), /NUL/],
    ['a relative cwd', withProcess({ cwd: 'tmp' }), /absolute/],
    ['an environment entry without "="', withProcess({ env: ['PATH'] }), /NAME=value/],
    ['a uid of -1', withProcess({ user: { uid: -1 } }), /uid must be at least 0/],
    ['the uid that means "no change"', withProcess({ user: { uid: 2 ** 32 - 1 } }), /at most/],
    ['a uid in quotes', withProcess({ user: { uid: '1000x' } }), /whole number, not "1000x"/],
    ['a made-up capability', withProcess({ capabilities: { bounding: ['all'] } }), /CAP_KILL/],
    [
      'a soft limit above the hard one',
      withProcess({ rlimits: [{ type: 'RLIMIT_NOFILE', soft: 2, hard: 1 }] }),
      /^process\.rlimits\[0\]\.soft is above "hard"\.$/,
    ],
    [
      'a limit that the kernel has not',
      withProcess({ rlimits: [{ type: 'RLIMIT_MAGIC', soft: 1, hard: 1 }] }),
      /must be one of .*RLIMIT_NOFILE/,
    ],
    [
      'a resource limited twice',
      withProcess({ rlimits: [1, 2].map((hard) => ({ type: 'RLIMIT_CPU', soft: 1, hard })) }),
      /RLIMIT_CPU a second time/,
    ],
    ['an oomScoreAdj out of range', withProcess({ oomScoreAdj: -1001 }), /at least -1000/],
    ['an empty mount destination', text({ mounts: [{ destination: '' }] }), /is empty/],
    [
      'a newline in a mount option',
      text({ mounts: [{ destination: '/a', options: ['ro\nx'] }] }),
      /control/,
    ],
    ['a host name with a newline', text({ hostname: 'a\nb' }), /hostname must be/],
    [
      'a namespace listed twice',
      withLinux({ namespaces: [{ type: 'pid' }, { type: 'pid' }] }),
      /second time/,
    ],
    ['".." in cgroupsPath', withLinux({ cgroupsPath: '/a/../../b' }), /"\.\."/],
    ['".." in a sysctl', withLinux({ sysctl: { '../../etc/x': '1' } }), /kernel parameter/],
    [
      'an empty id mapping',
      withLinux({ uidMappings: [{ containerID: 0, hostID: 0, size: 0 }] }),
      /at least 1/,
    ],
    [
      'users of a user namespace without groups',
      withLinux({ uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }], gidMappings: [] }),
      /^linux\.uidMappings stands without "gidMappings"/,
    ],
    ['another major version', text({ ociVersion: '2.0.0' }), /1\.x\.y/],
    [
      'an unknown value of our own annotation',
      text({ annotations: { 'dev.terrarium.root': 'x' } }),
      /chroot/,
    ],
    ['an array as the whole', '[]', /must be an object, not an array/],
  ];
  for (const [what, source, message] of wrong)
    it(`refuses ${what} with one diagnostic`, () => {
      assert.match(only(source).message, message);
    });

  it('refuses hooks and says why', () => {
    const found = only(text({ hooks: { prestart: [{ path: '/bin/evil' }] } }));
    assert.equal(found.problem, 'hooks');
    assert.match(found.message, /host.*runs no hooks/);
    assert.ok(parseConfig(text({ hooks: { prestart: [] } })).config, 'empty lists run nothing');
  });

  for (const engine of ['runc', 'crun'])
    it(`hands ${engine} nothing that acts on the machine, and says where it stands`, () => {
      const withEngine = (key: string, value = 'x') =>
        text({ annotations: { 'dev.terrarium.engine': engine, [key]: value } });
      for (const key of [
        'run.oci.seccomp.plugins',
        'run.oci.pidfd_receiver',
        'run.oci.hooks.stdout',
        'run.oci.handler',
        'module.wasm.image/variant',
        'org.systemd.property.ExecStopPost',
        'org.criu.config',
      ]) {
        const source = withEngine(key);
        const found = only(source);
        assert.equal(found.problem, 'host-reach');
        assert.deepEqual(found.path, ['annotations', key]);
        assert.equal(source.slice(found.offset, found.offset + found.length), '"x"');
        assert.match(found.message, /^annotations\["[^"]+"\] can have \w+ act on this machine/);
      }
      for (const key of ['org.example.owner', 'RUN.OCI.handler', 'dev.terrarium.note'])
        assert.deepEqual(parseConfig(withEngine(key)).diagnostics, []);
      // Go takes the last three for the first; U+017F is its s.
      for (const key of ['listenerPath', 'ListenerPath', 'li\u017ftenerpath', 'LISTENERMETADATA']) {
        const seccomp = { defaultAction: 'SCMP_ACT_NOTIFY', [key]: '/run/x' };
        const annotations = { 'dev.terrarium.engine': engine };
        const found = only(text({ annotations, linux: { seccomp } }));
        assert.deepEqual(found.path, ['linux', 'seccomp', key]);
      }
    });

  it('lets no runtime mount anew what the machine has mounted too', () => {
    const annotations = { 'dev.terrarium.engine': 'runc' };
    const mounts = [{ destination: '/srv', type: 'none', options: ['bind,ro', 'remount'] }];
    const found = only(text({ annotations, mounts }));
    assert.equal(found.problem, 'host-reach');
    assert.match(found.message, /would have runc change a file system wherever else it is/);
    assert.deepEqual(parseConfig(text({ mounts })).diagnostics, []);
  });

  it('sets nothing of a file system that the machine has once', () => {
    for (const annotations of [{}, { 'dev.terrarium.engine': 'runc' }]) {
      const withMount = (type: string, ...options: string[]) =>
        text({ annotations, mounts: [{ destination: '/srv', type, source: type, options }] });
      for (const [type, option] of [
        ['tracefs', 'mode=777'],
        ['debugfs', 'uid=1234'],
        ['pstore', 'kmsg_bytes=1'],
      ] as const) {
        const found = only(withMount(type, 'ro', option));
        assert.deepEqual([found.problem, found.path], ['host-reach', ['mounts', 0, 'options', 1]]);
        assert.match(found.message, new RegExp(`set for the ${type} of this machine`));
        assert.throws(() => requireConfig(withMount(type, 'ro', option), 'config.json'), {
          remedy: 'Correct that mount in config.json.',
        });
      }
      assert.match(only(withMount('cpuset')).message, /this machine’s own cpusets/);
      for (const source of [withMount('tracefs', 'ro', 'nosuid'), withMount('tmpfs', 'mode=777')])
        assert.deepEqual(parseConfig(source).diagnostics, []);
    }
  });

  it('leaves the built-in engine what means nothing to it', () => {
    const annotations = { 'run.oci.handler': 'wasm' };
    const linux = { seccomp: { defaultAction: 'SCMP_ACT_NOTIFY', listenerPath: '/run/x' } };
    assert.deepEqual(parseConfig(text({ annotations, linux })).diagnostics, []);
  });

  it('takes standard JSON only', () => {
    assert.match(only('{ // note\n}').message, /Comments/);
    assert.equal(only('\ufeff{}').problem, 'byte-order-mark');
    for (const source of ['', '{', '{"a":1,}', "{'a':1}", 'nope', '{"a":01}', '{"a":"\n"}'])
      assert.equal(parseConfig(source).diagnostics[0]?.problem, 'not-json', source);
  });

  it('reports a duplicate key at its second place', () => {
    const source =
      '{"ociVersion":"1.0.2",\n"ociVersion":"1.0.2","process":{"args":["a"],"cwd":"/"}}';
    const found = only(source);
    assert.equal(found.problem, 'duplicate-key');
    assert.deepEqual([found.line, found.column], [2, 1]);
    assert.deepEqual(found.path, ['ociVersion']);
    assert.equal(parseConfig('{"__proto__": {}}').diagnostics[0]?.problem, 'proto-key');
  });

  it('refuses a key that another reader would take for one of the specification’s', () => {
    for (const [change, spelling] of [
      [{ Hooks: {} }, 'hooks'],
      [{ Root: { path: '/' } }, 'root'],
      [{ linux: { nameſpaces: [], namespaces: [{ type: 'mount' }] } }, 'namespaces'],
      [{ mounts: [{ destination: '/a', Source: '/' }] }, 'source'],
    ] as const) {
      const found = only(text(change));
      assert.equal(found.problem, 'key-spelling');
      assert.match(found.message, new RegExp(`is not "${spelling}"`));
    }
    // One of its own is nobody's; and what names things may name them so.
    assert.ok(parseConfig(text({ mine: 1, annotations: { Root: 'x' } })).config);
  });

  it('takes an option of a mount for each that stands between commas', () => {
    const options = ['rw,bind', 'mode=755,size=0', 'context="u:r:t:s0:c1,c2"', 'lowerdir=/a\\,b'];
    const { config } = parseConfig(text({ mounts: [{ destination: '/a', options }] }));
    assert.deepEqual(config!.mounts[0]!.options, [
      ...['rw', 'bind', 'mode=755', 'size=0'],
      ...['context="u:r:t:s0:c1,c2"', 'lowerdir=/a\\,b'],
    ]);
  });

  it('takes the options of a mount apart as mount(8) does, or not at all', () => {
    const accepted = (options: string[]) =>
      parseConfig(text({ mounts: [{ destination: '/a', options }] })).config?.mounts[0]?.options;
    for (const options of [
      ['comment="a', 'b",remount,ro'],
      ['comment="a', 'b",bind'],
      ['"', 'ro', 'nosuid'],
      ['a\\', 'remount'],
      ['lowerdir=/a\\\\,remount'],
      ['comment="a,b"'],
      ['context="a', 'remount"'],
      ['remount='],
      ['rw,bind=,ro'],
      ['a\nremount'],
    ])
      assert.equal(accepted(options), undefined, options.join(' '));
    const parts = ['a', '=', ',', '"', '\\', ':', 'bind', 'remount', 'context=', 'b'];
    const option = fc.array(fc.constantFrom(...parts), { maxLength: 6 });
    const list = fc.array(
      option.map((words) => words.join('')),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(list, (options) => {
        const read = accepted(options);
        if (read) assert.deepEqual(read, asLibmount(options.join(',')));
      }),
      seeded('options of a mount', 3000),
    );
  });

  it('refuses __proto__ as a key', () => {
    const source =
      '{"ociVersion":"1.0.2","process":{"args":["a"],"cwd":"/"},"__proto__":{"hooks":{}}}';
    assert.match(only(source).message, /__proto__/);
    assert.throws(() => requireConfig(source, 'config.json'), { remedy: /^Remove it/ });
  });

  it('gives one diagnostic for a huge file, without parsing it', () => {
    // It is no JSON either, which nobody has found out.
    assert.equal(only('{'.repeat(100 * maxConfigBytes)).problem, 'too-large');
  });

  it('counts the size in bytes, not in characters', () => {
    assert.equal(only(`{"a":"${'ä'.repeat(maxConfigBytes / 2)}"}`).problem, 'too-large');
  });

  it('gives one diagnostic for deep nesting, at the bracket that is too many', () => {
    const found = only('['.repeat(500_000));
    assert.equal(found.problem, 'too-deep');
    assert.equal(found.offset, maxConfigDepth);
    assert.equal(only('{"a":'.repeat(100_000)).problem, 'too-deep');
    const inText = JSON.stringify({ ...minimal, x: `\\"${'['.repeat(1000)}` });
    assert.ok(parseConfig(inText).config, 'brackets in a string nest nothing');
  });

  it('shows the file’s own text with control characters made visible', () => {
    const found = only(withLinux({ sysctl: { 'a\u001b[31m\u202e': '1' } }));
    assert.doesNotMatch(found.message, /[\p{Cc}\p{Cf}]/u);
  });

  it('never throws and always gives either a configuration or a reason', () => {
    const json = fc.json({ maxDepth: 6 });
    const nearly = fc
      .tuple(
        fc.jsonValue(),
        fc.constantFrom('process', 'linux', 'mounts', 'hooks', 'root', 'annotations'),
      )
      .map(([value, key]) => text({ [key]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), json, nearly), (source) => {
        const { config, diagnostics } = parseConfig(source);
        assert.equal(config === undefined, diagnostics.length > 0);
        for (const { offset, length, line, column } of diagnostics) {
          assert.ok(offset >= 0 && offset <= source.length && length >= 0);
          assert.ok(line >= 1 && column >= 1);
        }
      }),
      seeded('any text', 500),
    );
  });

  it('never throws on a good file that was damaged in one place', () => {
    const good = JSON.stringify(minimal, null, 2);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), (at, patch) => {
        parseConfig(good.slice(0, at) + patch + good.slice(at + 1));
      }),
      seeded('a damaged file', 500),
    );
  });
});

describe('requireConfig', () => {
  it('returns a good configuration', () => {
    assert.equal(requireConfig(JSON.stringify(minimal), 'a/config.json').process.cwd, '/');
  });

  it('throws the first problem with file, line, column, reason and remedy', () => {
    assert.throws(
      () => requireConfig('{\n  "ociVersion": 1\n}', 'my\x1b1/config.json'),
      (error: unknown) => {
        assert.ok(error instanceof TerrariumError);
        assert.equal(error.code, 'config-invalid');
        assert.match(
          error.message,
          /^my\\x1b1\/config\.json:2:17: ociVersion must be a string, not 1\. /,
        );
        assert.match(error.remedy, /Correct it/);
        return true;
      },
    );
  });

  it('sends nobody to the specification for an annotation of Terrarium’s', () => {
    const remedyOf = (annotations: object) => {
      try {
        requireConfig(text({ annotations }), 'config.json');
      } catch (error) {
        assert.ok(error instanceof TerrariumError);
        return error.remedy;
      }
      return assert.fail('it is refused');
    };
    for (const wrong of [
      { 'dev.terrarium.engine': 'docker' },
      { 'dev.terrarium.root': 'switch_root' },
      { 'dev.terrarium.idMappings': 1 },
    ])
      assert.match(remedyOf(wrong), /Terrarium’s own, and none of the specification/);
    assert.match(remedyOf({ 'org.example': 1 }), /specification describes every key/);
  });
});
