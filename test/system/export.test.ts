/** `helper.js export`: what goes out is what is there, what other programs take, and what comes in again. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { OciConfig } from '../../src/core/config/schema';
import { startingPoints } from '../../src/core/config/templates';
import { compressionOf } from '../../src/helper/image/decompress';
import { ExportReport } from '../../src/protocol/exports';
import { seeded } from '../seed';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, processesWith, until, usePlace } from './containers';
import { differences, makeTree, manifestOf, sh } from './trees';

describe('exporting', function () {
  this.timeout(240_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  /** Of root, with all that an archive can hold. */
  let bundle: string;
  before(() => {
    bundle = path.join(place.folder, 'source');
    makeTree(path.join(bundle, 'rootfs'));
    writeConfig(bundle);
  });

  function writeConfig(folder: string): void {
    const config = startingPoints.find(({ id }) => id === 'notes')!.config('source');
    config.process.args = ['/bin/sh', '-c', 'echo $A; id -u; pwd'];
    config.process.env = ['PATH=/bin', 'TERM=dumb', 'A=from the bundle'];
    config.process.user = { uid: 1234, gid: 1300, additionalGids: [77] };
    config.process.cwd = '/var';
    config.annotations = { 'org.opencontainers.image.stopSignal': 'SIGQUIT', maintainer: 'x' };
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  }
  async function run(privilege: TestPrivilege, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await ended(place.start(privilege, words));
    assert.equal(code, 0, `${words.join(' ')}\n${stderr}`);
    return stdout;
  }
  async function exporting(
    privilege: TestPrivilege,
    from: string,
    name: string,
    ...options: string[]
  ): Promise<{ report: ExportReport; target: string }> {
    const target = path.join(place.newFolder(privilege), name);
    const report = await run(privilege, 'export', ...options, from, target);
    assert.deepEqual(readdirSync(path.dirname(target)), [name], 'nothing else is left');
    return { report: ExportReport.parse(JSON.parse(report)), target };
  }
  async function importing(privilege: TestPrivilege, source: string) {
    const again = path.join(place.newFolder(privilege), 'box');
    await run(privilege, 'import', source, again);
    return {
      bundle: again,
      rootfs: path.join(again, 'rootfs'),
      config: JSON.parse(readFileSync(path.join(again, 'config.json'), 'utf8')) as OciConfig,
    };
  }
  const tree = () => manifestOf(path.join(bundle, 'rootfs'));

  for (const [name, ...options] of [
    ['box.tar.gz'],
    ['box.tar.xz'],
    ['box.tar.zst'],
    ['oci.tar', '--format', 'oci-archive'],
    ['docker.tar', '--format', 'docker-archive'],
  ] as const)
    it(`${name}: is the same tree when it is imported again, as root`, async function () {
      const compressor = { '.xz': 'xz', '.zst': 'zstd' }[path.extname(name)];
      if (compressor && sh(`command -v ${compressor} || true`, '/') === '')
        skipBecause(this, `there is no ${compressor} here`);
      const { report, target } = await exporting('root', bundle, name, ...options);
      const compression = compressionOf(readFileSync(target).subarray(0, 8));
      assert.equal(compression, compressor ?? (name === 'box.tar.gz' ? 'gzip' : 'none'));
      const { rootfs, config } = await importing('root', target);
      assert.deepEqual(differences(tree(), manifestOf(rootfs)), []);
      assert.deepEqual(report.warnings, []);
      if (report.format === 'tar') return;
      assert.deepEqual(config.process.args, ['/bin/sh', '-c', 'echo $A; id -u; pwd']);
      assert.deepEqual(config.process.user, { uid: 1234, gid: 1300, additionalGids: [77] });
      assert.equal(config.process.cwd, '/var');
      assert.equal(config.annotations?.maintainer, 'x');
      assert.equal(config.annotations?.['dev.terrarium.image.digest'], report.digest);
      assert.deepEqual(report.unsaid, ['hostname', 'mounts', 'linux.namespaces']);
    });

  it('is the same tree by way of a rootless import, with devices and owners of both', async () => {
    sh('rm -rf far; mkdir far; touch far/x; chown 3000000:70000 far/x', bundle);
    sh('cp -a --reflink=auto source whole; cp -a source/far/x whole/rootfs/etc/far', place.folder);
    const whole = path.join(place.folder, 'whole');
    const { target } = await exporting('root', whole, 'box.tar');
    chmodSync(target, 0o644);
    for (const starter of [[], ['setpriv', '--no-new-privs', '--']]) {
      place.starter = starter; // newuidmap gains nothing then: all files have one owner
      try {
        const rootless = await importing('rootless', target);
        const { report, target: out } = await exporting('rootless', rootless.bundle, 'out.tar');
        assert.equal(report.givenBack.devices.count, 2);
        assert.equal(report.givenBack.owners.count, starter.length > 0 ? 2 : 1);
        place.starter = [];
        const { rootfs } = await importing('root', out);
        const wanted = manifestOf(path.join(whole, 'rootfs'));
        assert.deepEqual(differences(wanted, manifestOf(rootfs)), []);
      } finally {
        place.starter = [];
      }
    }
  });

  it('any tree is the same when it is imported again', async () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 120 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 1 : byte))))
      .filter(
        (bytes) =>
          !['.', '..'].includes(bytes.toString()) &&
          !bytes.subarray(0, 4).equals(Buffer.from('.wh.')),
      );
    const files = fc.uniqueArray(
      fc.record({
        ...{ name, content: fc.uint8Array({ maxLength: 2000 }), mode: fc.nat(0o7777) },
        ...{ uid: fc.nat(60_000), time: fc.nat(2 ** 31), inFolder: fc.boolean() },
      }),
      { minLength: 1, maxLength: 30, selector: (one) => one.name.toString('hex') },
    );
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom('tar', 'oci'), async (all, format) => {
        const from = place.newFolder('root');
        mkdirSync(path.join(from, 'rootfs/folder'), { recursive: true });
        writeConfig(from);
        // Node gives a program no name that is no UTF-8; a shell gets it as escapes.
        const script = all.map((one) => {
          const way = `${one.inFolder ? 'folder/' : ''}`;
          const escaped = [...one.name].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
          const content = [...one.content].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
          return `n=$(printf '${escaped.join('')}_'); n=./${way}\${n%_}; printf '${content.join('')}' > "$n"
            chown ${one.uid}:${one.uid} "$n"; chmod ${one.mode.toString(8)} "$n"; touch -d @${one.time} "$n"`;
        });
        sh(script.join('\n'), path.join(from, 'rootfs'));
        const { target } = await exporting('root', from, 'out.tar', '--format', format);
        const { rootfs } = await importing('root', target);
        assert.deepEqual(
          differences(manifestOf(path.join(from, 'rootfs')), manifestOf(rootfs)),
          [],
        );
      }),
      seeded('random trees', 2),
    );
  });

  it('reproducible: the same bytes at another time, in another order of files', async () => {
    const copy = path.join(place.folder, 'copy');
    sh(
      'mkdir copy; cp -a source/config.json copy; tar -C source/rootfs --xattrs --xattrs-include=* --sort=name -c . | (mkdir copy/rootfs; tar -C copy/rootfs --xattrs --xattrs-include=* -xp); touch copy/rootfs/etc',
      place.folder,
    );
    for (const [name, format] of [
      ['a.tgz', 'tar'],
      ['docker.tar', 'docker-archive'],
    ] as const) {
      const options = [
        '--reproducible',
        '--format',
        format,
        ...(format === 'tar' ? [] : ['--name', 'a:1']),
      ];
      const [one, other] = [
        await exporting('root', bundle, name, ...options),
        await exporting('root', copy, name, ...options),
      ];
      assert.ok(readFileSync(one.target).equals(readFileSync(other.target)), name);
    }
  });

  describe('to other programs', () => {
    before(function () {
      if (sh('command -v umoci && command -v skopeo || true', '/').split('\n').length < 3)
        skipBecause(this, 'umoci and skopeo read the images, and are not installed');
    });

    it('skopeo takes all three forms, and umoci unpacks the tree', async () => {
      const name = ['--name', 'registry.example/team/box:v1'];
      const layout = await exporting('root', bundle, 'oci', '--format', 'oci', ...name);
      const folder = path.dirname(layout.target);
      const inspected = JSON.parse(sh('skopeo inspect oci:oci:v1', folder)) as Record<
        string,
        unknown
      >;
      assert.equal(inspected.Digest, layout.report.digest);
      assert.deepEqual(inspected.Labels, { maintainer: 'x' });
      sh('umoci unpack --image oci:v1 unpacked', folder);
      const wanted = manifestOf(path.join(bundle, 'rootfs'), true);
      assert.deepEqual(
        differences(wanted, manifestOf(path.join(folder, 'unpacked/rootfs'), true)),
        [],
      );
      const archive = await exporting('root', bundle, 'a.tar', '--format', 'oci-archive', ...name);
      sh('skopeo copy -q oci-archive:"$1":v1 dir:a', folder, archive.target);
      const docker = await exporting(
        'root',
        bundle,
        'd.tar',
        '--format',
        'docker-archive',
        ...name,
      );
      sh('skopeo copy -q docker-archive:"$1" oci:again:x', folder, docker.target);
      const pushed = sh('skopeo inspect oci-archive:"$1":v1', folder, docker.target);
      const { Digest: digest } = JSON.parse(pushed) as Record<string, unknown>;
      assert.equal(digest, docker.report.digest, 'which both of its names have');
      const tags = sh('skopeo list-tags docker-archive:"$1"', folder, docker.target);
      assert.match(tags, /registry\.example\/team\/box:v1/);
      const { rootfs } = await importing('root', path.join(folder, 'again'));
      assert.deepEqual(differences(tree(), manifestOf(rootfs)), []);
    });

    it('runc runs what umoci has unpacked', async function () {
      if (sh('command -v runc || true', '/') === '') skipBecause(this, 'there is no runc here');
      const { target } = await exporting('root', bundle, 'oci', '--format', 'oci');
      const folder = path.dirname(target);
      sh('umoci unpack --image oci:latest b', folder);
      const file = path.join(folder, 'b/config.json');
      const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
      config.process.terminal = false;
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
      delete config.linux.resources;
      config.linux.cgroupsPath = `/terrarium-export-${process.pid}`;
      writeFileSync(file, JSON.stringify(config));
      const printed = sh('runc run --bundle b "$1" < /dev/null', folder, `out-${process.pid}`);
      assert.equal(printed, 'from the bundle\n1234\n/var\n');
    });

    it('podman loads it', async function () {
      if (sh('command -v podman || true', '/') === '') skipBecause(this, 'there is no podman here');
      const { target } = await exporting('root', bundle, 'd.tar', '--format', 'docker-archive');
      const folder = path.dirname(target);
      const loaded = sh(
        'podman --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs load -q -i d.tar; podman --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs save -q -o saved.tar localhost/source:latest',
        folder,
      );
      assert.match(loaded, /source:latest/);
      const { rootfs } = await importing('root', path.join(folder, 'saved.tar'));
      assert.deepEqual(
        differences(manifestOf(path.join(bundle, 'rootfs'), true), manifestOf(rootfs, true)),
        [],
      );
    });
  });

  it('a manifest runs the image by its name', async () => {
    const { report, target } = await exporting(
      'root',
      bundle,
      'pod.yaml',
      '--name',
      'a.example/b:2',
    );
    const pod = parse(readFileSync(target, 'utf8')) as {
      spec: { containers: { image: string }[] };
    };
    assert.equal(pod.spec.containers[0]?.image, 'a.example/b:2');
    assert.match(report.unsaid.join('\n'), /^process\.capabilities: /m);
  });

  it('never overwrites what it is not asked to, and replaces a file where it is', async () => {
    const folder = place.newFolder('root');
    const target = path.join(folder, 'a.tar');
    writeFileSync(target, 'mine');
    sh('ln -s a.tar link.tar; mkdir taken', folder);
    const refused = async (why: RegExp, ...words: string[]) => {
      const { code, stderr } = await ended(place.start('root', ['export', ...words]));
      assert.equal(code, 125);
      assert.match(stderr, why);
      assert.deepEqual(readdirSync(folder).sort(), ['a.tar', 'link.tar', 'taken']);
      assert.equal(readFileSync(target, 'utf8'), 'mine');
    };
    await refused(/exists already/, bundle, target);
    await refused(
      /no file that could be replaced/,
      '--force',
      bundle,
      path.join(folder, 'link.tar'),
    );
    await refused(
      /exists already/,
      '--format',
      'oci',
      '--force',
      bundle,
      path.join(folder, 'taken'),
    );
    await refused(/lies in what is exported/, bundle, path.join(bundle, 'rootfs/etc/a.tar'));
    await refused(/cannot be reached \(ENOENT\)/, bundle, path.join(folder, 'none/a.tar'));
    await run('root', 'export', '--force', bundle, target);
    assert.match(sh('tar tf a.tar', folder), /^\.\/etc\/passwd$/m);
  });

  it('to standard output is the same archive; a terminal is refused, and a reader that leaves is named', async () => {
    const folder = place.newFolder('root');
    const { target } = await exporting('root', bundle, 'a.tar', '--reproducible');
    const words = [process.execPath, place.helper, 'export', '--reproducible', bundle, '-'];
    sh('"$@" > out.tar 2> report', folder, ...words);
    assert.deepEqual(readFileSync(path.join(folder, 'out.tar')), readFileSync(target));
    const report = ExportReport.parse(
      JSON.parse(readFileSync(path.join(folder, 'report'), 'utf8')) as unknown,
    );
    assert.deepEqual([report.target, report.bytes], ['-', lstatSync(target).size]);
    const onTerminal = sh(
      'script -qec "$1" typescript < /dev/null || true',
      folder,
      words.join(' '),
    );
    assert.match(onTerminal, /An archive is not written to a terminal/);
    sh('mkfifo left; true < left & "$@" > left 2> closed || echo $? > code', folder, ...words);
    assert.match(readFileSync(path.join(folder, 'closed'), 'utf8'), /ended before it was whole/);
    assert.equal(readFileSync(path.join(folder, 'code'), 'utf8'), '125\n');
    const made = ['closed', 'code', 'left', 'out.tar', 'report', 'typescript'];
    assert.deepEqual(readdirSync(folder).sort(), made);
  });

  it('reads no link, no socket and nothing outside of the rootfs', async () => {
    const from = path.join(place.folder, 'outward');
    mkdirSync(path.join(from, 'rootfs/etc'), { recursive: true });
    writeConfig(from);
    sh(
      `ln -s /etc/passwd etc/link; ln -s ../../../secret etc/up; echo secret > ../../secret
      "$1" -e 'require("net").createServer().listen("etc/socket", () => process.exit())'; rm -f etc/socket
      "$1" -e 'const s = require("net").createServer().listen("etc/socket2", () => process.kill(process.pid, "SIGKILL"))' || true`,
      path.join(from, 'rootfs'),
      process.execPath,
    );
    const { report, target } = await exporting('root', from, 'out.tar');
    assert.doesNotMatch(readFileSync(target, 'latin1'), /secret\n|root:x/);
    assert.match(report.warnings.join(), /socket2: socket ignored/);
    assert.match(sh('tar tvf "$1"', '/', target), /etc\/up -> \.\.\/\.\.\/\.\.\/secret/);
  });

  it('leaves nothing where it is cancelled or fails', async () => {
    const from = path.join(place.folder, 'large');
    mkdirSync(path.join(from, 'rootfs'), { recursive: true });
    writeConfig(from);
    sh('head -c 60000000 /dev/urandom > random', path.join(from, 'rootfs'));
    for (const format of ['tar', 'oci', 'docker-archive']) {
      const folder = place.newFolder('root');
      const words = [
        'export',
        '--progress',
        '--format',
        format,
        from,
        path.join(folder, 'x.tar.gz'),
      ];
      const child = place.start('root', words);
      child.stderr!.once('data', () => child.kill('SIGTERM'));
      const { code, stderr } = await ended(child);
      assert.equal(code, 125);
      assert.match(stderr, /was cancelled \(SIGTERM\)/);
      assert.deepEqual(readdirSync(folder), []);
    }
    const stopped = place.newFolder('root');
    const packed = path.join(stopped, 'x.tar.xz');
    const compressing = place.start('root', ['export', '--progress', from, packed]);
    await until('xz', () => processesWith('./xz -c').length > 0);
    process.kill(processesWith('./xz -c').at(-1)!, 'SIGKILL');
    const over = await ended(compressing);
    assert.equal(over.code, 125);
    assert.match(over.stderr, /xz has ended before the archive has/);
    assert.deepEqual(readdirSync(stopped), []);
    const killed = place.newFolder('root');
    const words = ['export', '--progress', from, path.join(killed, 'x.tar.gz')];
    const child = place.start('root', words);
    child.stderr!.once('data', () => child.kill('SIGKILL'));
    await ended(child);
    assert.match(readdirSync(killed).join(), /^\.terrarium-export\.new-\w{6}$/);
    await run('root', 'export', from, path.join(killed, 'y.tar'));
    assert.deepEqual(readdirSync(killed), ['y.tar'], 'the next export beside it removes it');
    sh('mkdir closed; touch closed/x; chmod 700 closed', path.join(from, 'rootfs'));
    chmodSync(from, 0o755);
    const folder = place.newFolder('rootless');
    const target = path.join(folder, 'x.tar');
    const { code, stderr } = await ended(place.start('rootless', ['export', from, target]));
    assert.equal(code, 125);
    assert.match(stderr, /Not all of the rootfs can be read: .*closed.*sudo/);
    assert.equal(existsSync(target), false);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is the person’s file, also with sudo, and nobody else reads it', async () => {
    const { target } = await exporting('sudo', bundle, 'oci', '--format', 'oci');
    const owners = sh('find . -printf "%U %m\\n" | sort -u; stat -c %a .', target);
    assert.match(owners, new RegExp(`^(${place.user.uid} \\d+\\n)+700\\n$`));
  });
});
