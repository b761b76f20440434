/**
 * A whole distribution: built once as root by mmdebstrap, exported, imported with sudo and rootless, and worked in.
 * What it holds comes from the mirror of this machine.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import { Workplace, ended, privileges, usePlace } from './containers';
import { sh } from './trees';

describe('a distribution', function () {
  // A mirror, and the disk that dpkg waits for.
  this.timeout(300_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  const suite = /^VERSION_CODENAME=(.*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  let built: string;
  let archive: string;
  let deb: string;
  /** Packages, with the head of their list. */
  let lines: string;

  before(async function () {
    if (sh('command -v mmdebstrap || true', '/') === '')
      skipBecause(this, 'mmdebstrap is not installed');
    if (suite === undefined) skipBecause(this, 'this machine is no release of a distribution');
    built = path.join(place.newFolder('root'), 'box');
    if (existsSync('/dev/shm')) place.starter = ['env', 'TMPDIR=/dev/shm'];
    const { code, stdout, stderr } = await ended(
      place.start('root', ['import', `suite:${suite}`, built]),
    );
    place.starter = [];
    if (/Could not (resolve|connect)|Failed to fetch/.test(stderr))
      skipBecause(this, 'the mirror of this machine is not to be reached');
    assert.equal(code, 0, stderr);
    const { setId, source, notKept } = ImportReport.parse(JSON.parse(stdout));
    assert.equal(source, 'distribution');
    assert.ok(setId.names.includes('/usr/bin/chsh'), setId.names.join());
    assert.equal(notKept.owners.count + notKept.devices.count + notKept.xattrs.count, 0);
    lines = sh('dpkg --admindir="$1/var/lib/dpkg" -l | wc -l', '/', path.join(built, 'rootfs'));
    archive = path.join(place.folder, 'box.tar');
    const exported = await ended(place.start('root', ['export', built, archive]));
    assert.equal(exported.code, 0, exported.stderr);
    sh('chmod 644 "$1"', '/', archive);
    deb = makePackage(path.join(place.folder, 'package'));
  });

  for (const privilege of privileges)
    it(`${privilege}: has its packages, and takes one from a file`, async () => {
      const bundle = privilege === 'root' ? built : path.join(place.newFolder(privilege), 'box');
      if (privilege !== 'root') {
        const words = ['import', archive, bundle];
        const { code, stderr } = await ended(place.start(privilege, words));
        assert.equal(code, 0, stderr);
      }
      // Its /tmp is the container's own.
      copyFileSync(deb, path.join(bundle, 'rootfs/var/one.deb'));
      const config = path.join(bundle, 'config.json');
      const { process } = JSON.parse(readFileSync(config, 'utf8')) as OciConfig;
      assert.deepEqual(process.args, ['/bin/sh']);
      const script = `set -e
        apt-get --version | head -1
        dpkg -l | wc -l
        apt-get install -y /var/one.deb 2>&1
        dpkg-query -W -f 'status \${Status} \${Version}\\n' terrarium-one
        cat /usr/share/terrarium-one/word /var/lib/terrarium-one; stat -c 'owner %u:%g %a' /var/lib/terrarium-one
        apt-get remove -y terrarium-one >/dev/null 2>&1; test ! -e /usr/share/terrarium-one/word; echo removed`;
      const ran = await place.run(privilege, bundle, ['/bin/sh', '-c', script]);
      assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      const said = ran.stdout.replaceAll('\r', '');
      assert.match(said, /^apt \d+\.\d+/m);
      assert.ok(said.includes(`\n${lines.trim()}\n`), `${lines} and ${said}`);
      assert.match(said, /^status install ok installed 1\.0$/m);
      assert.match(said, /^here\nset up\nowner 1:4 640$/m);
      assert.match(said, /^removed$/m);
    });
});

/** A package with a file, and with one that its postinst makes and gives away. */
function makePackage(folder: string): string {
  mkdirSync(path.join(folder, 'DEBIAN'), { recursive: true });
  mkdirSync(path.join(folder, 'usr/share/terrarium-one'), { recursive: true });
  writeFileSync(path.join(folder, 'usr/share/terrarium-one/word'), 'here\n');
  writeFileSync(
    path.join(folder, 'DEBIAN/control'),
    'Package: terrarium-one\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: one file\n',
  );
  const made = '/var/lib/terrarium-one';
  writeFileSync(
    path.join(folder, 'DEBIAN/postinst'),
    `#!/bin/sh\nset -e\necho set up > ${made}\nchown daemon:adm ${made}\nchmod 640 ${made}\n`,
    { mode: 0o755 },
  );
  sh('dpkg-deb --root-owner-group --build "$1" "$1.deb"', '/', folder);
  return `${folder}.deb`;
}
