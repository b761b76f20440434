/**
 * A distribution by debootstrap, where there is no mmdebstrap: the machine's own program, with a suite of one package
 * from a repository in a folder. Both are in a mount namespace of the helper.
 */
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
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, usePlace } from './containers';
import { sh } from './trees';

describe('a distribution where there is no mmdebstrap', function () {
  this.timeout(60_000);
  let place: Workplace;
  let mirror: string;
  usePlace((opened) => (place = opened), { endChildren: true });

  before(function () {
    if (sh('command -v debootstrap || true', '/') === '')
      skipBecause(this, 'debootstrap is not installed');
    mirror = path.join(place.folder, 'mirror');
    makeMirror(mirror);
    const scripts = path.join(place.folder, 'scripts');
    sh('cp -r /usr/share/debootstrap/scripts "$1"', '/', scripts);
    writeFileSync(path.join(scripts, 'tiny'), suiteScript);
    const none = path.join(place.folder, 'none');
    writeFileSync(none, '', { mode: 0o644 });
    const script = `none=$1 scripts=$2; shift 2
      mount --bind "$scripts" /usr/share/debootstrap/scripts
      for file in /usr/sbin/mmdebstrap /usr/bin/mmdebstrap; do [ ! -e "$file" ] || mount --bind "$none" "$file"; done
      exec "$@"`;
    const own = ['unshare', '--mount', '--propagation=private', 'sh', '-euc', script, 'sh'];
    place.prefix = [...own, none, scripts];
  });

  async function importing(privilege: TestPrivilege, ...options: string[]) {
    const parent = place.newFolder(privilege);
    const words = ['import', `--mirror=file://${mirror}`, ...options, 'suite:tiny'];
    const result = await ended(place.start(privilege, [...words, path.join(parent, 'box')]));
    return { ...result, parent, rootfs: path.join(parent, 'box/rootfs') };
  }

  for (const privilege of ['root', 'sudo'] as const)
    it(`${privilege}: is what debootstrap makes, without names of this machine`, async () => {
      const { code, stdout, stderr, rootfs } = await importing(privilege);
      assert.equal(code, 0, stderr);
      const report = ImportReport.parse(JSON.parse(stdout));
      assert.equal(report.source, 'distribution');
      assert.equal(readFileSync(path.join(rootfs, 'usr/share/tiny/word'), 'utf8'), 'here\n');
      const { uid, gid, mode } = lstatSync(path.join(rootfs, 'usr/share/tiny'));
      assert.deepEqual([uid, gid, mode & 0o7777], [0, 0, 0o750]);
      assert.equal(lstatSync(path.join(rootfs, 'dev/null')).rdev, 0x103);
      assert.equal(existsSync(path.join(rootfs, 'etc/hostname')), false);
      assert.deepEqual(readdirSync(path.join(rootfs, 'var/lib/apt/lists')), []);
    });

  it('root: says what debootstrap says, and leaves nothing', async () => {
    const { code, stderr, parent } = await importing('root', '--include=absent');
    assert.equal(code, 125);
    assert.match(stderr, /was not built: debootstrap says “.*absent/);
    assert.deepEqual(readdirSync(parent), []);
  });

  it('root: knows which variants it has', async () => {
    const { code, stderr, parent } = await importing('root', '--variant=essential');
    assert.equal(code, 125);
    assert.match(stderr, /debootstrap has no variant essential/);
    assert.deepEqual(readdirSync(parent), []);
  });

  it('rootless: is told that root alone can use it', async () => {
    const { code, stderr, parent } = await importing('rootless');
    assert.equal(code, 125);
    assert.match(stderr, /debootstrap, which only root can use, and no mmdebstrap/);
    assert.match(stderr, /Install the package mmdebstrap, or import with sudo/);
    assert.deepEqual(readdirSync(parent), []);
  });
});

/** As those of debootstrap, which reads it: one package, and what it leaves of this machine. */
const suiteScript = `mirror_style release
download_style apt
finddebs_style from-indices
variants - minbase
work_out_debs () { required=tiny; base=""; }
first_stage_install () {
  extract $required
  mkdir -p "$TARGET/dev" "$TARGET/etc" "$TARGET/var/lib/apt/lists" "$TARGET/var/cache/apt/archives" "$TARGET/var/log"
  mknod -m 666 "$TARGET/dev/null" c 1 3
  echo machine > "$TARGET/etc/hostname"
  echo list > "$TARGET/var/lib/apt/lists/one"
}
second_stage_install () { :; }
`;

function makeMirror(mirror: string): void {
  const folder = path.join(mirror, 'package');
  mkdirSync(folder, { recursive: true });
  sh(
    `mkdir -p DEBIAN usr/share/tiny etc; echo here > usr/share/tiny/word; chmod 750 usr/share/tiny; echo > etc/tiny.conf
    printf 'Package: tiny\\nVersion: 1\\nArchitecture: all\\nPriority: required\\nMaintainer: nobody <nobody@localhost>\\nDescription: one\\n' > DEBIAN/control
    cd ..; dpkg-deb --root-owner-group --build package tiny_1_all.deb
    arch=$(dpkg --print-architecture); lists=main/binary-$arch; mkdir -p "dists/tiny/$lists"
    { cat package/DEBIAN/control; echo "Filename: tiny_1_all.deb"; echo "Size: $(stat -c %s tiny_1_all.deb)"
      echo "SHA256: $(sha256sum < tiny_1_all.deb | cut -d' ' -f1)"; echo; } > "dists/tiny/$lists/Packages"
    cd dists/tiny
    { printf 'Suite: tiny\\nCodename: tiny\\nArchitectures: %s all\\nComponents: main\\nSHA256:\\n' "$arch"
      echo " $(sha256sum < "$lists/Packages" | cut -d' ' -f1) $(stat -c %s "$lists/Packages") $lists/Packages"; } > Release`,
    folder,
  );
}
