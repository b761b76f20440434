/** `helper.js import`: what archives, images and folders become, with each privilege. */
import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { differences, makeTree, manifestOf, sh } from './trees';

describe('importing', function () {
  this.timeout(240_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  let sources: string;
  before(() => {
    sources = path.join(place.folder, 'sources');
    mkdirSync(sources);
    makeTree(path.join(sources, 'tree'));
  });

  async function importing(
    privilege: TestPrivilege,
    source: string,
    ...options: string[]
  ): Promise<{ report: ImportReport; rootfs: string; bundle: string; config: OciConfig }> {
    const bundle = path.join(place.newFolder(privilege), 'box');
    const words = ['import', ...options, path.join(sources, source), bundle];
    const { code, stdout, stderr } = await ended(place.start(privilege, words));
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(path.dirname(bundle)), ['box'], 'nothing else is left');
    return {
      ...{ report: ImportReport.parse(JSON.parse(stdout)), bundle },
      rootfs: path.join(bundle, 'rootfs'),
      config: JSON.parse(readFileSync(path.join(bundle, 'config.json'), 'utf8')) as OciConfig,
    };
  }
  const none = { count: 0, names: [] };

  describe('a tar archive', () => {
    const options = '--sparse --xattrs --xattrs-include=* --numeric-owner -C tree .';
    const forms: readonly [name: string, make: string][] = [
      ['pax.tar', `tar --format=pax ${options} -cf pax.tar`],
      ['pax0.tar', `tar --format=pax --sparse-version=0.1 ${options} -cf pax0.tar`],
      ['acls.tar', `tar --format=pax --acls --xattrs-exclude=system.* ${options} -cf acls.tar`],
      ['tar.gz', `tar --format=pax ${options} -czf tar.gz`],
      ['tar.xz', `tar --format=pax ${options} -cJf tar.xz`],
      ['tar.zst', `tar --format=pax ${options} -c | zstd -q > tar.zst`],
      ['tar.bz2', `tar --format=pax ${options} -cjf tar.bz2`],
      [
        'members.tar.gz',
        `tar --format=pax ${options} -cf m; head -c 700000 m | gzip > members.tar.gz; tail -c +700001 m | gzip >> members.tar.gz; head -c 5000 /dev/zero >> members.tar.gz`,
      ],
    ];
    for (const [name, make] of forms)
      it(`${name}: has all that it had, as root and with sudo`, async function () {
        const [tool] = /zstd/.exec(make) ?? [];
        if (tool && sh('command -v zstd || true', '/') === '')
          skipBecause(this, 'there is no zstd here');
        sh(make, sources);
        for (const privilege of name === 'pax.tar'
          ? (['root', 'sudo'] as const)
          : (['root'] as const)) {
          const { report, rootfs, bundle } = await importing(privilege, name);
          assert.deepEqual(
            differences(manifestOf(path.join(sources, 'tree')), manifestOf(rootfs)),
            [],
          );
          assert.deepEqual(report.notKept, { owners: none, devices: none, xattrs: none });
          assert.deepEqual(report.setId.count, 1);
          assert.deepEqual(report.warnings, []);
          assert.equal(existsSync(path.join(bundle, 'rootfs.mtree')), false);
          assert.equal(lstatSync(bundle).uid, privilege === 'root' ? 0 : place.user.uid);
        }
      });

    it('in the old form of GNU tar keeps sparse files and long names', async () => {
      sh(
        'tar --format=gnu --sparse --numeric-owner -C tree -cf gnu.tar .; tar --format=ustar -C tree -cf old.tar etc bin/sh',
        sources,
      );
      const { rootfs } = await importing('root', 'gnu.tar');
      const wanted = manifestOf(path.join(sources, 'tree'), true);
      const got = manifestOf(rootfs, true);
      assert.deepEqual(
        differences(wanted, got).map((line) => line.split(':')[0]),
        ['/bin/capable', '/d/y', '/etc/passwd'],
        'which have xattrs',
      );
      const { rootfs: old } = await importing('root', 'old.tar');
      assert.deepEqual(readdirSync(old).sort(), ['bin', 'etc']);
    });

    it('rootless: the range has the owners; devices are told, and written down', async () => {
      sh(`tar --format=pax ${options} -cf pax.tar`, sources);
      const { report, rootfs, bundle } = await importing('rootless', 'pax.tar');
      assert.deepEqual(report.notKept.devices, { count: 2, names: report.notKept.devices.names });
      assert.deepEqual(report.notKept.owners, none);
      assert.equal(lstatSync(path.join(rootfs, 'etc')).uid, place.user.uid);
      assert.ok(lstatSync(path.join(rootfs, 'd/x/file')).uid > 65535);
      assert.equal(existsSync(path.join(rootfs, 'dev/null')), false);
      const mtree = readFileSync(path.join(bundle, 'rootfs.mtree'), 'utf8');
      assert.match(
        mtree,
        /^\.\/dev\/null type=char mode=0644 device=linux,1,3 time=\d+\.789000000 uid=0 gid=0$/m,
      );
      assert.match(
        mtree,
        /^\.\/dev\/disk type=block mode=0644 device=linux,7,99 time=\d+\.789000000 uid=0 gid=0$/m,
      );
      const { code, stdout, stderr } = await place.run('rootless', bundle, [
        '/bin/busybox',
        'stat',
        '-c',
        '%u:%g %a',
        '/d/x/file',
        '/d/y',
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /1234:55 640\r?\n0:0 1777/);
    });

    it('rootless: an owner that the range has not is root, and written down', async () => {
      sh(
        'mkdir -p far; touch far/file; chown 3000000:70000 far/file; tar --format=pax -C far -cf far.tar .',
        sources,
      );
      const { report, bundle, rootfs } = await importing('rootless', 'far.tar');
      assert.deepEqual(report.notKept.owners, { count: 1, names: ['/file'] });
      assert.equal(lstatSync(path.join(rootfs, 'file')).uid, place.user.uid);
      assert.match(
        readFileSync(path.join(bundle, 'rootfs.mtree'), 'utf8'),
        /^\.\/file uid=3000000 gid=70000$/m,
      );
    });
  });

  it('rootless with one id: all is root’s, and written down', async () => {
    sh(
      'tar --format=pax --xattrs --xattrs-include=* --numeric-owner -C tree -cf one.tar .',
      sources,
    );
    place.starter = ['setpriv', '--no-new-privs', '--']; // newuidmap gains nothing then
    try {
      const { report, rootfs, bundle } = await importing('rootless', 'one.tar');
      assert.deepEqual(report.notKept.owners, { count: 1, names: ['/d/x/file'] });
      assert.equal(lstatSync(path.join(rootfs, 'd/x/file')).uid, place.user.uid);
      assert.match(
        readFileSync(path.join(bundle, 'rootfs.mtree'), 'utf8'),
        /^\.\/d\/x\/file uid=1234 gid=55$/m,
      );
    } finally {
      place.starter = [];
    }
  });

  describe('a folder', () => {
    it('is copied with everything', async () => {
      const { report, rootfs } = await importing('root', 'tree');
      const [wanted, got] = [manifestOf(path.join(sources, 'tree')), manifestOf(rootfs)];
      assert.deepEqual(differences(wanted, got), []);
      assert.equal(report.source, 'folder');
    });
  });

  describe('a container', () => {
    for (const privilege of privileges)
      it(`${privilege}: is what it is while it runs, without what is mounted in it`, async () => {
        const from = await place.bundle(privilege, 'notes', (config) => {
          config.annotations = { 'dev.terrarium.overlay': 'true', kept: 'yes' };
          config.mounts.push({
            destination: '/mnt',
            type: 'bind',
            source: 'beside',
            options: ['bind'],
          });
        });
        sh('mkdir beside; echo outside > beside/file; mkdir rootfs/mnt', from);
        if (privilege !== 'root') place.give(from);
        const script =
          'rm /bin/ls; echo new > /etc/new; chmod 600 /etc/new; rm -r /tmp; echo > /tmp; echo up; read end';
        const running = place.start(privilege, ['run', from, '--', '/bin/sh', '-c', script]);
        await new Promise((resolve) => running.stdout!.once('data', resolve));
        const bundle = path.join(place.newFolder(privilege), 'box');
        const { code, stdout, stderr } = await ended(
          place.start(privilege, ['import', `container:${from}`, bundle]),
        );
        assert.equal(running.exitCode, null, 'it runs');
        running.stdin!.end();
        await ended(running);
        assert.equal(code, 0, stderr);
        assert.deepEqual(ImportReport.parse(JSON.parse(stdout)).notKept.devices, none);
        const at = (name: string) => path.join(bundle, 'rootfs', name);
        assert.equal(readFileSync(at('etc/new'), 'utf8'), 'new\n');
        assert.equal(existsSync(at('bin/ls')), false);
        assert.ok(lstatSync(at('tmp')).isFile());
        assert.deepEqual(readdirSync(at('mnt')), []);
        assert.deepEqual(readdirSync(at('proc')), []);
        assert.ok(existsSync(path.join(from, 'rootfs/bin/ls')), 'its own rootfs is as it was');
        const config = JSON.parse(
          readFileSync(path.join(bundle, 'config.json'), 'utf8'),
        ) as OciConfig;
        assert.deepEqual(config.annotations, { kept: 'yes' });
        assert.equal(config.mounts.at(-1)?.source, path.join(from, 'beside'));
        const ran = await place.run(privilege, bundle, ['/bin/cat', '/mnt/file', '/etc/new']);
        assert.equal(ran.stdout, 'outside\nnew\n', ran.stderr);
      });
  });

  describe('an image', () => {
    before(function () {
      if (sh('command -v umoci && command -v skopeo || true', '/').split('\n').length < 3)
        skipBecause(this, 'umoci and skopeo make the images, and are not installed');
      makeImages(sources);
    });
    const wanted = () => manifestOf(path.join(sources, 'unpacked/rootfs'), true);
    /**
     * A layer that changes a folder and has no entry for it changes its time. umoci sets that back to what
     * the layer below said; the specification says nothing, and Docker does as we do.
     */
    const timesOfParents = ['/bin'];

    for (const source of ['layout', 'layout.tar', 'zstd', 'docker.tar', 'docker.tar.gz', 'old.tar'])
      it(`${source}: is the tree that umoci unpacks`, async () => {
        const { report, rootfs, config } = await importing('root', source);
        const names = differences(wanted(), manifestOf(rootfs, true)).map(
          (line) => line.split(':')[0]!,
        );
        assert.deepEqual(
          names.filter((name) => !timesOfParents.includes(name)),
          [],
        );
        assert.equal(report.layers, 4);
        assert.equal(report.source, /docker|old/.test(source) ? 'docker' : 'oci');
        assert.deepEqual(config.process.args, ['/bin/sh', '-c', 'echo $A']);
        assert.deepEqual(config.process.user, { uid: 1234, gid: 1300, additionalGids: [77] });
        assert.equal(config.process.cwd, '/var');
        assert.equal(config.annotations?.['org.opencontainers.image.stopSignal'], 'SIGQUIT');
        assert.equal(config.annotations?.['org.opencontainers.image.exposedPorts'], '80/tcp');
        assert.equal(
          config.annotations?.['dev.terrarium.root'],
          undefined,
          'a label chooses nothing',
        );
      });

    it('runs rootless, with its own command and as its own user', async () => {
      const { bundle } = await importing('rootless', 'layout');
      const { code, stdout, stderr } = await place.run('rootless', bundle);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /from the image/);
    });

    it('that is for another platform is refused, with those that there are', async () => {
      const bundle = path.join(place.newFolder('root'), 'box');
      const words = ['import', '--platform', 'linux/s390x', path.join(sources, 'layout'), bundle];
      const { code, stderr } = await ended(place.start('root', words));
      assert.equal(code, 125);
      assert.match(stderr, /not for linux\/s390x|has none for linux\/s390x/);
    });

    it('with a wrong digest is refused and leaves nothing', async () => {
      sh(
        'cp -a layout wrong; for f in wrong/blobs/sha256/*; do if gzip -t "$f" 2>/dev/null; then printf "\\7" | dd of="$f" bs=1 seek=9 conv=notrunc 2>/dev/null; break; fi; done',
        sources,
      );
      const folder = place.newFolder('root');
      const words = ['import', path.join(sources, 'wrong'), path.join(folder, 'box')];
      const { code, stderr } = await ended(place.start('root', words));
      assert.equal(code, 125);
      assert.match(stderr, /not what its digest says/);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('for a folder that is not there is refused with its name', async () => {
      const missing = path.join(place.newFolder('root'), 'missing');
      const words = ['import', path.join(sources, 'layout'), path.join(missing, 'box')];
      const { code, stderr } = await ended(place.start('root', words));
      assert.equal(code, 125);
      assert.equal(
        stderr,
        `terrarium: The folder ${missing} does not exist. Create it or choose another one.\n`,
      );
    });

    it('of 130 layers is the last of each file', async () => {
      manyLayers(sources, 130);
      const { rootfs, report } = await importing('root', 'many');
      assert.equal(report.layers, 131);
      assert.equal(readFileSync(path.join(rootfs, 'number'), 'utf8'), '130\n');
      assert.equal(readdirSync(rootfs).filter((name) => name.startsWith('only')).length, 1);
    });
  });
});

/** Whiteouts, a folder that becomes a file and the other way round, an opaque folder, a hard link over layers. */
function makeImages(sources: string): void {
  sh(
    `rm -rf work layout; umoci init --layout layout; umoci new --image layout:t
    step() { umoci repack --image layout:t work; rm -rf work; umoci unpack --image layout:t work; }
    umoci unpack --image layout:t work; cp -a tree/. work/rootfs/; rm work/rootfs/dev/disk; step
    cd work/rootfs; rm bin/hard; rm -rf d; echo file > d; rm far; mkdir far; echo in > far/in; cd ../..; step
    cd work/rootfs; ln bin/capable bin/late; rm var/run; cd ../..; step
    mkdir opaque; mkdir opaque/etc; cp tree/etc/passwd tree/etc/group opaque/etc; touch opaque/etc/.wh..wh..opq
    mkdir -p opaque/var/lib; echo new > opaque/var/lib/new
    tar --format=pax -C opaque -cf opaque.tar etc var; umoci raw add-layer --image layout:t opaque.tar
    umoci config --image layout:t --config.user app --config.entrypoint /bin/sh --config.cmd -c --config.cmd 'echo $A' \\
      --config.workingdir /var --config.env 'A=from the image' --config.exposedports 80/tcp \\
      --config.stopsignal SIGQUIT --config.label dev.terrarium.root=chroot
    rm -rf work; umoci unpack --image layout:t unpacked
    chmod -R a+rX layout; tar -C layout -cf layout.tar .
    skopeo copy -q --dest-compress-format zstd oci:layout:t oci:zstd:t
    skopeo copy -q oci:layout:t docker-archive:docker.tar:some/name:1; gzip -k docker.tar
    mkdir old; tar -C old -xf docker.tar; cd old; rm -f repositories
    for layer in *.tar; do id=\${layer%.tar}; mkdir -p "$id"; rm -f "$id/layer.tar"; mv "$layer" "$id/layer.tar"; done
    sed -i 's,\\([0-9a-f]\\{64\\}\\)\\.tar,\\1/layer.tar,g' manifest.json; tar -cf ../old.tar *`,
    sources,
  );
}

/** Each layer replaces a file and takes away that of the one before. */
function manyLayers(sources: string, count: number): void {
  const layers = path.join(sources, 'layers');
  mkdirSync(layers);
  for (let at = 0; at <= count; at++) {
    const folder = path.join(layers, String(at));
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'number'), `${at}\n`);
    writeFileSync(path.join(folder, `only${at}`), '');
    if (at > 0) writeFileSync(path.join(folder, `.wh.only${at - 1}`), '');
  }
  sh(
    `umoci init --layout many; umoci new --image many:t
    for n in $(seq 0 "$1"); do tar -C "layers/$n" -cf layer.tar .; umoci raw add-layer --image many:t layer.tar; done`,
    sources,
    String(count),
  );
}
