/** `helper.js import` of what is not there as a file: an image of a registry, a distribution. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { type Registry, openRegistry, settleRegistry } from './registry';
import { sh } from './trees';

describe('importing what is not there as a file', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  async function importing(privilege: TestPrivilege, ...words: string[]) {
    const bundle = path.join(place.newFolder(privilege), 'box');
    const all = ['import', '--progress', ...words, bundle];
    const { code, stdout, stderr } = await ended(place.start(privilege, all));
    return { code, stdout, stderr, bundle, left: readdirSync(path.dirname(bundle)) };
  }
  const has = (...programs: string[]) =>
    programs.every((name) => sh(`command -v ${name} || true`, '/') !== '');

  describe('an image of a registry', () => {
    let registry: Registry;
    let rootsHome: string;
    before(async function () {
      if (!has('skopeo')) skipBecause(this, 'skopeo is not installed');
      const tree = path.join(place.folder, 'tree');
      sh('mkdir -p tree/bin; cp /bin/busybox tree/bin; ln -s busybox tree/bin/sh', place.folder);
      sh('tar --numeric-owner -C tree -cf layer.tar .', place.folder);
      registry = await openRegistry(readFileSync(path.join(place.folder, 'layer.tar')));
      assert.ok(existsSync(tree));
      rootsHome = path.join(place.folder, 'home');
      mkdirSync(rootsHome);
      for (const home of [rootsHome, place.user.home]) settleRegistry(home, registry);
      place.give(path.join(place.user.home, '.config'));
      place.give(path.join(place.user.home, '.docker'));
      // The person's own, whoever the helper is.
      place.starter = ['env', `HOME=${rootsHome}`];
    });
    after(async () => {
      place.starter = [];
      await registry?.close();
    });

    for (const privilege of privileges)
      it(`${privilege}: is fetched with the person's own login, and its digest is written down`, async () => {
        if (privilege !== 'root') place.starter = [];
        const { code, stdout, stderr, bundle, left } = await importing(
          privilege,
          `docker://${registry.at}/some/box:1.0`,
        );
        assert.equal(code, 0, stderr);
        assert.deepEqual(left, ['box'], 'nothing else is left');
        const report = ImportReport.parse(JSON.parse(stdout));
        assert.equal(report.source, 'registry');
        assert.equal(report.digest, registry.digest);
        const config = JSON.parse(
          readFileSync(path.join(bundle, 'config.json'), 'utf8'),
        ) as OciConfig;
        assert.equal(config.annotations?.['dev.terrarium.image.digest'], registry.digest);
        assert.equal(
          config.annotations?.['dev.terrarium.image.reference'],
          `docker://${registry.at}/some/box@${registry.digest}`,
        );
        assert.deepEqual(config.process.args, ['/bin/sh', '-c', 'echo here']);
        assert.equal(lstatSync(bundle).mode & 0o777, 0o700);
        assert.equal(lstatSync(bundle).uid, privilege === 'root' ? 0 : place.user.uid);
        assert.equal(
          lstatSync(path.join(bundle, 'rootfs/bin')).uid,
          privilege === 'rootless' ? place.user.uid : 0,
        );
        if (privilege === 'rootless') {
          const ran = await place.run('rootless', bundle);
          assert.match(ran.stdout, /^here/m, ran.stderr);
        }
      });

    it('is the same again by the reference that was written down', async () => {
      const { code, stdout, stderr } = await importing(
        'rootless',
        `docker://${registry.at}/some/box@${registry.digest}`,
      );
      assert.equal(code, 0, stderr);
      assert.equal(ImportReport.parse(JSON.parse(stdout)).digest, registry.digest);
      assert.match(stderr, /"entries":[1-9]/);
    });

    it('that the registry does not have is refused, and so is one for another platform', async () => {
      const missing = await importing('rootless', `docker://${registry.at}/some/box:2.0`);
      assert.equal(missing.code, 125);
      assert.match(
        missing.stderr,
        /cannot be fetched: .*manifest unknown.*Check the name and the tag/s,
      );
      const other = await importing(
        'rootless',
        ...['--platform', 'linux/riscv64', `docker://${registry.at}/some/box:1.0`],
      );
      assert.equal(other.code, 125);
      assert.match(other.stderr, /none for linux\/riscv64.*linux\/s390x/s);
      assert.deepEqual([...missing.left, ...other.left], []);
    });

    it('needs a login, and says so', async () => {
      const other = path.join(place.folder, 'other');
      mkdirSync(other);
      settleRegistry(other, registry, false);
      place.starter = ['env', `HOME=${other}`];
      const { code, stderr, left } = await importing(
        'rootless',
        `docker://${registry.at}/some/box:1.0`,
      );
      place.starter = [];
      assert.equal(code, 125);
      assert.match(stderr, /unauthorized.*skopeo login 127\.0\.0\.1/s);
      assert.deepEqual(left, []);
    });

    it('leaves nothing where it is cancelled while it is fetched', async () => {
      const folder = place.newFolder('sudo');
      let release: () => void;
      const held = new Promise<void>((resolve) => (release = resolve));
      const child = await new Promise<ReturnType<Workplace['start']>>((resolve) => {
        registry.beforeBlob = () => {
          resolve(started);
          return held;
        };
        const words = ['import', `docker://${registry.at}/some/box:1.0`, path.join(folder, 'box')];
        const started = place.start('sudo', words);
      });
      child.kill('SIGTERM');
      const { code, stderr } = await ended(child);
      release!();
      registry.beforeBlob = undefined;
      assert.equal(code, 125, stderr);
      assert.match(stderr, /cancelled/);
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  describe('a distribution', () => {
    before(function () {
      if (!has('mmdebstrap')) skipBecause(this, 'mmdebstrap is not installed');
    });
    const suite = /^VERSION_CODENAME=(.*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];

    it('rootless: its packages are there, with their owners', async function () {
      if (suite === undefined) skipBecause(this, 'this machine is no release of a distribution');
      const { code, stdout, stderr, bundle, left } = await importing(
        'rootless',
        ...['--variant', 'extract', '--include', 'hostname', `suite:${suite}`],
      );
      if (/Could not (resolve|connect)|Failed to fetch/.test(stderr))
        skipBecause(this, 'the mirror of this machine is not to be reached');
      assert.equal(code, 0, stderr);
      assert.deepEqual(left, ['box']);
      assert.equal(ImportReport.parse(JSON.parse(stdout)).source, 'distribution');
      assert.match(stderr, /"stage":"build","said":"downloading packages/);
      assert.equal(lstatSync(path.join(bundle, 'rootfs/bin/hostname')).uid, place.user.uid);
      const { code: ran, stdout: told } = await place.run('rootless', bundle, ['/bin/hostname']);
      assert.equal(ran, 0);
      assert.match(told, /^box/);
    });

    it('that does not exist is refused with what mmdebstrap says, and leaves nothing', async () => {
      const { code, stderr, left } = await importing(
        'root',
        ...['--variant', 'extract', '--mirror', 'file:///nonexistent', 'suite:nonesuch'],
      );
      assert.equal(code, 125);
      assert.match(stderr, /was not built: mmdebstrap says “.*”.*--mirror/s);
      assert.deepEqual(left, []);
    });
  });
});
