/** What is wrong with a bundle is said in one message, by the helper itself, and nothing is left of the try. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { version } from '../../package.json';
import { Workplace, ended, privileges, usePlace } from './containers';

interface BadInput {
  readonly what: string;
  /** Spoils a good bundle. */
  readonly spoil: (bundle: string) => void;
  readonly code: number;
  readonly message: RegExp;
}

const config = (change: (text: string) => string) => (bundle: string) => {
  const file = path.join(bundle, 'config.json');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};
/** Changes the parsed configuration. */
const set = (change: (json: Record<string, never>) => void) =>
  config((text) => {
    const json = JSON.parse(text) as Record<string, never>;
    change(json);
    return JSON.stringify(json, undefined, 2);
  });
const rootfs = (bundle: string, ...names: string[]) => path.join(bundle, 'rootfs', ...names);

const namespaces = ['pid', 'uts', 'ipc', 'mount'].map((type) => ({ type }));

/** An ELF header for another machine: e_machine at byte 18 (elf(5)). */
function makeForeign(file: string): void {
  const program = readFileSync(file);
  program.writeUInt16LE(22, 18); // e_machine: EM_S390, which nobody emulates with this byte order
  writeFileSync(file, program);
}

const cases: BadInput[] = [
  {
    what: 'an argument is longer than the kernel takes',
    spoil: set((json) =>
      Object.assign(json.process!, { args: ['/bin/echo', 'x'.repeat(200_000)] }),
    ),
    code: 125,
    message: /asks for a start that is too long for the kernel.* Shorten process\.args/,
  },
  {
    what: 'the bundle is missing',
    spoil: (bundle) => rmSync(bundle, { recursive: true }),
    code: 125,
    message: /The folder .*box does not exist\. Choose another folder\./,
  },
  {
    what: 'the rootfs is missing',
    spoil: (bundle) => rmSync(rootfs(bundle), { recursive: true }),
    code: 125,
    message: /The rootfs .*rootfs does not exist\. Create it, or correct root\.path\./,
  },
  {
    what: 'the rootfs is a file',
    spoil: (bundle) => {
      rmSync(rootfs(bundle), { recursive: true });
      writeFileSync(rootfs(bundle), '');
    },
    code: 125,
    message: /The rootfs .* is not a folder\. Put a real folder in its place\./,
  },
  {
    what: 'the rootfs is a symlink to elsewhere',
    spoil: (bundle) => {
      renameSync(rootfs(bundle), path.join(path.dirname(bundle), 'elsewhere'));
      symlinkSync('../elsewhere', rootfs(bundle));
    },
    code: 125,
    message: /The rootfs .* is a symbolic link\. Put a real folder in its place\./,
  },
  {
    what: 'config.json is missing',
    spoil: (bundle) => rmSync(path.join(bundle, 'config.json')),
    code: 125,
    message: /config\.json does not exist\. A bundle is a folder with config\.json and rootfs/,
  },
  {
    what: 'config.json is not JSON',
    spoil: config((text) => text.replace('"process"', 'process')),
    code: 125,
    message: /box\/config\.json:1:\d+: Not valid JSON/,
  },
  {
    what: 'a value has the wrong type',
    spoil: set((json) => Object.assign(json, { hostname: 7 })),
    code: 125,
    message: /box\/config\.json:\d+:\d+: .*hostname.*string/,
  },
  {
    what: 'a namespace is unknown',
    spoil: config((text) => text.replace('"pid"', '"pdi"')),
    code: 125,
    message: /box\/config\.json:1:\d+: .*pdi/,
  },
  {
    what: 'process.args is empty',
    spoil: config((text) => text.replace('["/bin/sh"]', '[]')),
    code: 125,
    message: /box\/config\.json:1:\d+: .*process\.args/,
  },
  {
    what: 'it has hooks',
    spoil: set((json) => Object.assign(json, { hooks: { poststart: [{ path: '/bin/true' }] } })),
    code: 125,
    message: /box\/config\.json:\d+:\d+: .*[Hh]ooks/,
  },
  {
    what: 'the shell is missing in the rootfs',
    spoil: (bundle) => rmSync(rootfs(bundle, 'bin/sh')),
    code: 127,
    message: /The command "\/bin\/sh" does not exist in the rootfs/,
  },
  {
    what: 'the shell is not executable',
    spoil: (bundle) => chmodSync(rootfs(bundle, 'bin/busybox'), 0o644),
    code: 126,
    message: /"\/bin\/sh".* is not executable/,
  },
  {
    what: 'the rootfs is for another architecture',
    spoil: (bundle) => makeForeign(rootfs(bundle, 'bin/busybox')),
    code: 126,
    message: /is built for \w+, and this machine is \w+/,
  },
  {
    what: 'proc is a file',
    spoil: (bundle) => {
      rmSync(rootfs(bundle, 'proc'), { recursive: true });
      writeFileSync(rootfs(bundle, 'proc'), '');
    },
    code: 125,
    message: /\/proc in its rootfs is not a folder and cannot be made one/,
  },
  {
    what: 'proc is a symlink',
    spoil: (bundle) => {
      rmSync(rootfs(bundle, 'proc'), { recursive: true });
      symlinkSync('/proc', rootfs(bundle, 'proc'));
    },
    code: 125,
    message: /\/proc in its rootfs is a symlink/,
  },
  {
    what: 'a bind mount has no source',
    spoil: set((json: { mounts?: unknown[] }) =>
      json.mounts?.push({
        destination: '/mnt',
        type: 'bind',
        source: '/nowhere/at-all',
        options: ['bind'],
      }),
    ),
    code: 125,
    message: /\/nowhere\/at-all, to be bound to \/mnt, is not there/,
  },
  {
    what: 'its cgroup path leaves its place (51)',
    spoil: set((json) => Object.assign(json, { linux: { namespaces, cgroupsPath: '/a/../../b' } })),
    code: 125,
    message: /box\/config\.json:\d+:\d+: linux\.cgroupsPath must not contain "\.\."/,
  },
  ...['0', '-1', '18446744073709551616', '1e3', '64m64'].map((size) => ({
    what: `a tmpfs has the size ${size} (53)`,
    spoil: set((json) =>
      Object.assign(json, {
        mounts: [{ destination: '/mnt', type: 'tmpfs', options: [`size=${size}`] }],
      }),
    ),
    code: 125,
    message: /\/mnt asks for a tmpfs of “.*”\. Give a size above zero/,
  })),
  {
    what: 'config.json has 100 MB (54)',
    spoil: config((text) => text.replace('{', `{${' '.repeat(100_000_000)}`)),
    code: 125,
    message: /box\/config\.json:1:1: The file has \d+ bytes; a config\.json has at most \d+/,
  },
  {
    what: 'it is nested 100,000 levels deep (54)',
    spoil: config((text) =>
      text.replace('{', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},`),
    ),
    code: 125,
    message: /box\/config\.json:1:\d+: Nested deeper than 64 levels/,
  },
  {
    what: 'it has a key twice (54)',
    spoil: config((text) => text.replace('{', '{"hostname":"other",')),
    code: 125,
    message: /box\/config\.json:1:\d+: The key "hostname" occurs a second time/,
  },
  {
    what: 'it sets __proto__ (54)',
    spoil: config((text) => text.replace('{', '{"__proto__":{"root":{}},')),
    code: 125,
    message: /box\/config\.json:1:\d+: The key "__proto__" is not allowed/,
  },
  {
    what: 'its user is nobody in its user namespace',
    spoil: set((json) =>
      Object.assign(json, {
        process: { args: ['/bin/sh'], cwd: '/', user: { uid: 7, gid: 0 } },
        linux: {
          namespaces: [...namespaces, { type: 'user' }],
          uidMappings: [{ containerID: 0, hostID: 0, size: 1 }],
          gidMappings: [{ containerID: 0, hostID: 0, size: 1 }],
        },
      }),
    ),
    code: 125,
    message: /process\.user\.uid is 7, which the user namespace does not map/,
  },
  {
    what: 'a start by hand is none for another user than root',
    spoil: set((json) =>
      Object.assign(json, {
        annotations: { 'dev.terrarium.root': 'chroot' },
        process: { args: ['/bin/sh'], cwd: '/', user: { uid: 7, gid: 0 } },
      }),
    ),
    code: 125,
    message: /process\.user is not done by hand: chroot\(2\) needs root.* remove the annotation/,
  },
  {
    what: 'a start by hand leaves nobody without a capability',
    spoil: set((json) =>
      Object.assign(json, {
        annotations: { 'dev.terrarium.root': 'chroot' },
        process: {
          ...{ args: ['/bin/sh'], cwd: '/', user: { uid: 0, gid: 0 } },
          capabilities: { bounding: ['CAP_CHOWN'] },
        },
      }),
    ),
    code: 125,
    message: /process\.capabilities is not done by hand: .* remove the annotation/,
  },
  ...['/etc/motd', '/etc/motd/below', '/dangling', '/dangling/below'].map((cwd) => ({
    what: `its process.cwd is ${cwd}, which is no folder`,
    spoil: (bundle: string) => {
      set((json) => Object.assign(json['process']!, { cwd }))(bundle);
      symlinkSync('/nowhere', path.join(bundle, 'rootfs/dangling'));
    },
    code: 125,
    message: new RegExp(
      `process\\.cwd is ${cwd}, and its rootfs has no such folder.*correct process\\.cwd`,
    ),
  })),
];

describe('bad input', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => {
    place = opened;
    mkdirSync(path.join(place.folder, 'nothing'));
  });

  for (const { what, spoil, code, message } of cases)
    // What an attacker would try, with whatever privilege; the rest is one parser for all.
    for (const privilege of /\(5\d\)$|process\.cwd/.test(what) ? privileges : (['root'] as const))
      it(`says that ${what}${privilege === 'root' ? '' : `, ${privilege}`}`, async () => {
        const bundle = await place.bundle(privilege);
        spoil(bundle);
        const run = await place.run(privilege, bundle, [], 'echo it ran\n');
        assert.match(run.stderr, message);
        assert.equal(run.code, code, run.stderr);
        assert.equal(run.stdout, '', 'nothing of the bundle ran');
        assert.equal(run.stderr.trim().split('\n').length, 1, 'one message');
      });

  it('says that a folder may not be looked into, and not that something is missing in it', async () => {
    const bundle = await place.bundle('root');
    chmodSync(bundle, 0o700);
    const said = async (...words: string[]) => {
      const { code, stdout, stderr } = await ended(place.start('rootless', words));
      assert.equal(stdout, '');
      return [code, stderr] as const;
    };
    const [code, text] = await said('run', bundle);
    assert.equal(code, 125);
    assert.match(text, /config\.json cannot be read \(EACCES\)\. Check .* those of its folder/);
    const [plain, why] = await said('run', '--folder', bundle);
    assert.equal(plain, 126);
    assert.match(why, /You may not look into .*box, where "\/bin\/sh" would be\. Start it as/);
    const [below, closed] = await said('run', path.join(bundle, 'rootfs'));
    assert.equal(below, 125);
    assert.match(closed, /box\/rootfs cannot be looked into\. .* those of the folders above/);
  });

  it('says what is wrong with a call, with how to see the usage', async () => {
    for (const words of [['frob'], ['run'], ['run', '--frob', 'x'], ['plan', '--privilege', 'x']]) {
      const { code, stdout, stderr } = await ended(place.start('root', words));
      assert.deepEqual([code, stdout], [125, '']);
      assert.match(stderr, /^terrarium: [^\n]+\.\nhelper\.js --help says [^\n]+\.\n$/);
    }
    for (const words of [['--help'], ['run', '--help']]) {
      const { code, stdout, stderr } = await ended(place.start('root', words));
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage:\n/);
    }
  });

  it('says which version it is, and nothing else', async () => {
    const { code, stdout, stderr } = await ended(place.start('root', ['--version']));
    assert.deepEqual([code, stdout, stderr], [0, `terrarium ${version}\n`, '']);
  });

  for (const privilege of privileges)
    it(`starts PID 1 in a process.cwd that its user may not enter, as runc does, ${privilege}`, async () => {
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.process.cwd = '/closed';
        config.process.user = { uid: 1000, gid: 1000 };
      });
      const closed = path.join(bundle, 'rootfs/closed');
      mkdirSync(closed, { mode: 0o700 });
      if (privilege !== 'root') place.give(closed);
      const { stdout, stderr } = await place.run(privilege, bundle, ['/bin/pwd']);
      assert.equal(stdout, '/closed\n', stderr);
    });

  for (const privilege of privileges)
    it(`says that PID 1 may not enter its process.cwd, in a script, ${privilege}`, async () => {
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.process.args = ['/bin/echo', 'it ran'];
        config.process.cwd = '/closed';
        config.process.user = { uid: 1000, gid: 1000 };
      });
      const closed = path.join(bundle, 'rootfs/closed');
      mkdirSync(closed, { mode: 0o700 });
      if (privilege !== 'root') place.give(closed);
      const { code, stdout, stderr } = await place.runScript(privilege, bundle);
      assert.deepEqual([code, stdout], [125, ''], stderr);
      assert.match(stderr, /^terrarium: process\.cwd is \/closed, .* let the user in/m);
    });
});
