/** Containers on a scratch layer: what lies where, its changes beside a full walk, apply, discard, remove. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { LayerChanges } from '../../src/protocol/layer';
import { seeded } from '../seed';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { assertChanges, changesScript, numbers, treeScript, walk } from './layerScripts';
import { Served, graceMs, size } from './serving';
import { differences, manifestOf, sh } from './trees';

describe('a scratch layer', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const onLayer = (privilege: TestPrivilege, bundle: string, script: string) => {
    const child = place.start(privilege, ['run', '--layer', bundle, '--', '/bin/sh', '-c', script]);
    child.stdin!.end();
    return ended(child);
  };
  const helper = async (privilege: TestPrivilege, ...words: string[]) => {
    const { code, stdout, stderr } = await ended(place.start(privilege, words));
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const changesOf = async (privilege: TestPrivilege, bundle: string) =>
    LayerChanges.parse(JSON.parse(await helper(privilege, 'changes', '--json', bundle))).changes;
  const linesOf = async (privilege: TestPrivilege, bundle: string) =>
    (await helper(privilege, 'changes', bundle)).split('\n').slice(0, -1);

  /** A bundle with a tree to be changed; it belongs to who starts it. */
  async function withTree(privilege: TestPrivilege): Promise<string> {
    const bundle = await place.bundle(privilege);
    sh(treeScript(), path.join(bundle, 'rootfs'));
    if (privilege !== 'root') place.give(path.dirname(bundle));
    return bundle;
  }

  /** What a container on the layer sees, without one. */
  function merged<T>(bundle: string, look: (folder: string) => T): T {
    const folder = path.join(place.folder, 'merged');
    mkdirSync(folder, { recursive: true });
    const layers = `lowerdir=${bundle}/.terrarium/upper:${bundle}/rootfs,userxattr`;
    assert.equal(spawnSync('mount', ['-t', 'overlay', '-o', layers, 'overlay', folder]).status, 0);
    try {
      return look(folder);
    } finally {
      assert.equal(spawnSync('umount', [folder]).status, 0);
    }
  }

  for (const privilege of privileges)
    describe(privilege, () => {
      it('takes what is changed, keeps it over a stop, and gives it to the rootfs or not', async () => {
        const bundle = await place.bundle(privilege);
        const inside = (file: string) => path.join(bundle, 'rootfs', file);
        const motd = readFileSync(inside('etc/motd'), 'utf8');
        const script = 'rm /bin/ls; echo x > /etc/motd; mkdir /new; chmod 700 /tmp; exit 3';
        const { code, stderr } = await onLayer(privilege, bundle, script);
        assert.equal(code, 3, stderr);
        assert.equal(readFileSync(inside('etc/motd'), 'utf8'), motd, 'the rootfs is as it was');
        const { uid, mode } = statSync(path.join(bundle, '.terrarium'));
        assert.equal(uid, statSync(bundle).uid);
        assert.equal(mode & 0o777, 0o700);
        assert.equal(readFileSync(path.join(bundle, '.terrarium/.gitignore'), 'utf8'), '*\n');
        assert.deepEqual(await linesOf(privilege, bundle), [
          ...['D  bin/ls', 'M  etc/motd', 'A  new/', 'P  tmp/  (mode)'],
        ]);

        const again = await onLayer(
          privilege,
          bundle,
          'cat /etc/motd; [ -e /bin/ls ] || echo gone',
        );
        assert.equal(again.stdout, 'x\ngone\n', again.stderr);

        await helper(privilege, 'layer', 'apply', bundle, '/etc/motd');
        assert.equal(readFileSync(inside('etc/motd'), 'utf8'), 'x\n');
        await helper(privilege, 'layer', 'discard', bundle, 'bin/ls', 'new');
        assert.deepEqual(await linesOf(privilege, bundle), ['P  tmp/  (mode)']);
        await helper(privilege, 'layer', 'discard', bundle);
        assert.deepEqual(await linesOf(privilege, bundle), []);
        assert.ok(existsSync(inside('bin/ls')));
        await helper(privilege, 'layer', 'remove', bundle);
        assert.deepEqual(readdirSync(bundle).sort(), ['config.json', 'rootfs']);
      });

      it('lists at random what a full walk finds, and applies or discards it', async () => {
        const { seed, numRuns } = seeded(`changes (${privilege})`, 2);
        for (let run = 0; run < numRuns; run++) {
          const bundle = await withTree(privilege);
          const rootfs = path.join(bundle, 'rootfs');
          const [before, lower] = [manifestOf(rootfs), walk(rootfs)];
          const script = `cd /\n${changesScript(numbers(seed + run), privilege !== 'sudo')}\ntrue`;
          const { code, stderr } = await onLayer(privilege, bundle, script);
          assert.equal(code, 0, stderr);
          assertChanges(await changesOf(privilege, bundle), lower, merged(bundle, walk));
          const wanted = merged(bundle, (folder) => manifestOf(folder));
          assert.deepEqual(differences(before, manifestOf(rootfs)), [], 'the rootfs is as it was');
          const action = run % 2 === 0 ? 'apply' : 'discard';
          await helper(privilege, 'layer', action, bundle);
          assert.deepEqual(await linesOf(privilege, bundle), []);
          const is = manifestOf(rootfs);
          // A hard link of a file that was copied up is one no more (overlayfs without an index).
          assert.deepEqual(differences(action === 'apply' ? wanted : before, is), []);
          await helper(privilege, 'layer', 'remove', bundle);
        }
      });
    });

  for (const privilege of ['root', 'rootless'] as const)
    it(`is saved as a layer above the rootfs, which an import finds (${privilege})`, async () => {
      const bundle = await withTree(privilege);
      const script =
        'cd /tree; rm a/1 b/2 c/link; rm -r d; mkdir d; echo x > d/1; echo y >> a/2; ln -s /etc new; rm -r c/a';
      assert.equal((await onLayer(privilege, bundle, script)).code, 0);
      const [layer, image, copy] = ['layer.tar', 'image.tar', 'copy'].map((name) =>
        path.join(path.dirname(bundle), name),
      ) as [string, string, string];
      await helper(privilege, 'layer', 'save', bundle, layer);
      const names = sh('tar -tf "$1"', '/', layer).split('\n');
      for (const name of ['./tree/a/.wh.1', './tree/b/.wh.2', './tree/d/.wh..wh..opq'])
        assert.ok(names.includes(name), `${name} in ${String(names)}`);
      assert.ok(!names.includes('./tree/b/1'), 'only what is changed');
      await helper(privilege, 'layer', 'save', '--format', 'docker-archive', bundle, image);
      await helper(privilege, 'import', image, copy);
      const wanted = merged(bundle, (folder) => [...walk(folder)]);
      assert.deepEqual([...walk(path.join(copy, 'rootfs'))], wanted);
      const inside = await ended(
        place.start(privilege, ['layer', 'save', bundle, `${bundle}/.terrarium/upper/x.tar`]),
      );
      assert.match(inside.stderr, /lies in what is exported/);
    });

  it('keeps what both sides show when applying is killed at any moment', async () => {
    const { seed } = seeded('kills', 1);
    const random = numbers(seed);
    const bundle = await withTree('root');
    assert.equal(
      (await onLayer('root', bundle, `cd /\n${changesScript(random, true)}\ntrue`)).code,
      0,
    );
    const wanted = merged(bundle, (folder) => [...walk(folder)]);
    const program = path.join(path.dirname(place.helper), `terrarium-init-${process.arch}`);
    const apply = `exec "${program}" layer apply 0 3<"$1/.terrarium" 4<"$1/rootfs" </dev/null >/dev/null`;
    // Each time it is killed before another system call.
    for (let call = 1; ; call += 1 + random(4)) {
      const kill = `inject=unlinkat,renameat,mkdirat,removexattr,chmod,utimensat:signal=KILL:when=${call}`;
      const child = spawn('strace', [
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        kill,
        'sh',
        '-c',
        apply,
        'sh',
        bundle,
      ]);
      const status = await new Promise((resolve) => child.once('close', resolve));
      assert.deepEqual(
        merged(bundle, (folder) => [...walk(folder)]),
        wanted,
        `after ${call} calls`,
      );
      if (status === 0) break;
    }
    assert.deepEqual(await linesOf('root', bundle), []);
    assert.deepEqual([...walk(path.join(bundle, 'rootfs'))], wanted);
  });

  it('is seen by a running container when it is discarded, which loses nothing afterwards', async () => {
    for (const privilege of ['root', 'rootless'] as const) {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const { rpc } = client;
      const bundle = await place.bundle(privilege);
      const motd = readFileSync(path.join(bundle, 'rootfs/etc/motd'), 'utf8');
      const { id, console } = await rpc.request('start', {
        ...{ bundle, kind: 'bundle', layer: true, ...size },
      });
      const terminal = await client.attach(console);
      terminal.type('echo x > /etc/motd; rm /bin/ls; echo made-$((1 + 1))\r');
      await terminal.shows(/made-2/);
      const { changes } = await rpc.request('layerChanges', { bundle });
      assert.deepEqual(
        changes.map(({ kind, path: way }) => `${kind} ${way}`),
        ['deleted bin/ls', 'modified etc/motd'],
      );
      const inUse = await ended(place.start(privilege, ['layer', 'discard', bundle]));
      assert.equal(inUse.code, 125);
      assert.match(inUse.stderr, /a container runs on this layer/);
      const discard = () =>
        rpc.request('changeLayer', {
          ...{ bundle, action: 'discard', paths: ['etc/motd', 'bin/ls'] },
        });
      const [first, second] = await Promise.allSettled([discard(), discard()]);
      assert.deepEqual(first, { status: 'fulfilled', value: { failed: [] } });
      assert.match(
        String(second.status === 'rejected' && second.reason),
        /is being changed already\. Wait until that is done/,
      );
      terminal.type('cat /etc/motd; echo later >> /etc/motd; ls -d /bin; echo over-$((1 + 1))\r');
      await terminal.shows(/over-2/);
      const upper = path.join(bundle, '.terrarium/upper/etc/motd');
      assert.equal(readFileSync(upper, 'utf8'), `${motd}later\n`);
      await rpc.request('stop', { id, graceMs });
      await rpc.request('start', { bundle, kind: 'bundle', ...size });
      const applying = rpc.request('changeLayer', { bundle, action: 'apply', paths: [] });
      await assert.rejects(applying, { code: 'container-live' });
      assert.equal(readFileSync(path.join(bundle, 'rootfs/etc/motd'), 'utf8'), motd);
      await rpc.request('stop', { id, graceMs });
      await rpc.request('removeLayer', { bundle });
      await served.stop();
    }
  });

  it('takes no folder of a stranger’s for one of its own', async () => {
    const bundle = await place.bundle('root');
    const elsewhere = path.join(place.folder, 'elsewhere');
    mkdirSync(path.join(elsewhere, 'upper'), { recursive: true });
    symlinkSync(elsewhere, path.join(bundle, '.terrarium'));
    const linked = await onLayer('root', bundle, 'echo x > /x');
    assert.equal(linked.code, 125);
    assert.match(linked.stderr, /\.terrarium is no folder/);
    sh(
      'rm "$1/.terrarium"; mkdir "$1/.terrarium"; ln -s "$2/upper" "$1/.terrarium/upper"',
      '/',
      bundle,
      elsewhere,
    );
    assert.equal((await onLayer('root', bundle, 'echo x > /x')).code, 125);
    assert.deepEqual(readdirSync(path.join(elsewhere, 'upper')), []);
    // A name that leads out of the layer, and marks of overlayfs that lead to another file.
    sh(
      `rm -r "$1/.terrarium"; mkdir -p "$1/.terrarium/upper/secret" "$1/.terrarium/work"
      setfattr -n user.overlay.redirect -v /etc "$1/.terrarium/upper/secret"
      : > "$1/.terrarium/upper/passwd"
      setfattr -n user.overlay.redirect -v /etc/passwd "$1/.terrarium/upper/passwd"
      setfattr -n user.overlay.metacopy "$1/.terrarium/upper/passwd"`,
      '/',
      bundle,
    );
    const marked = await onLayer('root', bundle, 'cat /passwd; ls /secret');
    assert.equal(marked.stdout, '', marked.stderr);
    const out = await ended(place.start('root', ['layer', 'discard', bundle, '../../rootfs']));
    assert.equal(out.code, 125);
    assert.ok(existsSync(path.join(bundle, 'rootfs/bin/sh')));
  });

  it('says whose it is where root has used it before', async () => {
    const bundle = await place.bundle('rootless');
    assert.equal((await onLayer('sudo', bundle, 'echo x > /x')).code, 0);
    const { code, stderr } = await onLayer('rootless', bundle, 'true');
    assert.equal(code, 125);
    assert.match(stderr, /last used with sudo, and belongs to root.*start it with sudo/i);
    assert.equal(lstatSync(path.join(bundle, '.terrarium')).uid, place.user.uid);
  });

  it('is made by an exported script too', async () => {
    const bundle = await place.bundle('rootless');
    writeFileSync(path.join(bundle, 'rootfs/note'), 'below\n');
    chownSync(path.join(bundle, 'rootfs/note'), place.user.uid, place.user.gid);
    const args = ['plan', '--layer', bundle];
    const file = path.join(path.dirname(bundle), 'start.sh');
    writeFileSync(file, await helper('rootless', ...args));
    const child = place.startProgram('rootless', ['sh', file]);
    child.stdin!.end('echo above > /note; exit 5\n');
    const { code, stderr } = await ended(child);
    assert.equal(code, 5, stderr);
    assert.equal(readFileSync(path.join(bundle, 'rootfs/note'), 'utf8'), 'below\n');
    assert.deepEqual(await linesOf('rootless', bundle), ['M  note']);
  });
});
