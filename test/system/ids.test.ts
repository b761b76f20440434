/**
 * Whose ids a container has: those of a config.json that somebody else has made, those that other
 * runtimes find in it, and those of a tree that belongs to the person's subordinate ids.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findBusybox } from '../../src/core/bundle/busybox';
import { scaffold } from '../../src/core/bundle/scaffold';
import { subordinateRange } from '../../src/core/config/subordinateRange';
import { startingPoints } from '../../src/core/config/templates';
import { ownMappings } from '../../src/core/sequence/ownMappings';
import { skipBecause } from '../skip';
import { type TestPrivilege, type Workplace, ended, privileges, usePlace } from './containers';
import { type Client, size, useServed } from './serving';

describe('the ids of a container', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  const person = (privilege: TestPrivilege) =>
    privilege === 'root' ? { uid: 0, gid: 0 } : { uid: place.user.uid, gid: place.user.gid };

  /** As "New Container" makes it for that person. */
  async function safeBundle(privilege: TestPrivilege, maker = person(privilege)): Promise<string> {
    const parent = path.join(place.folder, `made-${Math.random().toString(36).slice(2)}`);
    mkdirSync(parent, { mode: 0o755 });
    const bundle = await scaffold({
      ...{ parent, name: 'box', startingPoint: startingPoints.find(({ id }) => id === 'safe')! },
      ...{ busybox: await findBusybox(), mappings: await ownMappings(maker) },
    });
    if (privilege !== 'root') place.give(parent);
    return bundle;
  }

  const look =
    'id -u; while read -r inside outside size; do echo $inside $outside; done </proc/self/uid_map\n';

  for (const privilege of privileges)
    it(`are those of whoever starts it, whoever made it (${privilege})`, async () => {
      const bundle = await safeBundle(privilege, { uid: 424_242, gid: 424_242 });
      const { stdout, stderr } = await place.run(privilege, bundle, [], look);
      assert.match(stdout, new RegExp(`^0\n0 ${person(privilege).uid}\n`), stderr);
    });

  it('are refused with the remedy where the file maps somebody else’s', async () => {
    const bundle = await place.bundle('rootless', 'safe', ({ linux }) => {
      const theirs = [{ containerID: 0, hostID: 424_242, size: 10 }];
      Object.assign(linux, { uidMappings: theirs, gidMappings: theirs });
    });
    const { code, stderr } = await place.run('rootless', bundle);
    assert.equal(code, 125);
    assert.match(stderr, /not all yours: .*"dev\.terrarium\.idMappings": "own"/);
  });

  it('hold those in the options of a mount, or the start is refused by their name', async () => {
    const bundle = await place.bundle('rootless', 'safe', ({ linux, mounts }) => {
      const { uid, gid } = person('rootless');
      linux.uidMappings = [{ containerID: 0, hostID: uid, size: 1 }];
      linux.gidMappings = [{ containerID: 0, hostID: gid, size: 1 }];
      mounts.push({
        ...{ destination: '/dev/pts', type: 'devpts', source: 'devpts' },
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      });
    });
    const { code, stderr } = await place.run('rootless', bundle);
    assert.equal(code, 125);
    assert.match(
      stderr,
      /mounts\[\d+\]\.options\[5\] \("gid=5"\) names the group 5, which the user namespace does not map.* Remove that option/,
    );
  });

  it('do not own a tree that sudo made, which is said before', async () => {
    const bundle = await place.bundle('root', 'notes');
    chmodSync(bundle, 0o755);
    const { stdout, stderr } = await place.run('rootless', bundle, [], 'touch /new || echo kept\n');
    assert.match(stdout, /^kept$/m);
    const said = stderr.split('\n').filter((line) => line.includes('does not own this rootfs'));
    assert.equal(said.length, 1, stderr);
    assert.match(said[0]!, /belongs to root of this machine\. Start it with sudo/);
  });

  for (const runtime of ['runc', 'crun'] as const)
    for (const privilege of ['root', 'rootless'] as const)
      it(`let ${runtime} run what “New Container” makes, as it is (${privilege})`, async function () {
        if (spawnSync(runtime, ['--version']).error) skipBecause(this, `no ${runtime} here`);
        const bundle = await safeBundle(privilege);
        const folder = path.join(path.dirname(bundle), 'state');
        mkdirSync(folder);
        if (privilege === 'rootless') place.give(folder);
        const run = `cd '${bundle}' && XDG_RUNTIME_DIR='${folder}' exec ${runtime} --root '${folder}' run terrarium-ids-${process.pid}`;
        // crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from both.
        place.prefix = [
          ...['unshare', '--mount', 'sh', '-c'],
          'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"',
          'sh',
        ];
        try {
          const child = place.startProgram(privilege, ['script', '-qec', run, '/dev/null']);
          child.stdin!.end(`${look}exit\n`);
          const { stdout, stderr } = await ended(child);
          assert.match(stdout, new RegExp(`\n0\r\n0 ${person(privilege).uid}\r\n`), stderr);
        } finally {
          place.prefix = [];
        }
      });

  describe('of a tree that belongs to the first subordinate id', () => {
    let client: Client;
    useServed(
      () => place,
      'rootless',
      (connected) => (client = connected),
    );

    /** As mmdebstrap leaves one, below a folder that is closed to others. */
    async function treeOfRange(): Promise<string> {
      const bundle = await place.bundle('rootless');
      const rootfs = path.join(bundle, 'rootfs');
      const { start } = (await subordinateRange('/etc/subuid', place.user.uid))!;
      writeFileSync(
        path.join(rootfs, 'etc/passwd'),
        'root:x:0:0::/root:/bin/sh\nsomeone:x:1000:1000::/tmp:/bin/sh\n',
      );
      assert.equal(spawnSync('chown', ['-R', '-h', `${start}:${start}`, rootfs]).status, 0);
      lchownSync(rootfs, start, start);
      chmodSync(path.join(rootfs, 'bin/busybox'), 0o4755);
      chmodSync(path.dirname(bundle), 0o700);
      return bundle;
    }

    const inside = [
      'id -u; id -g; stat -c %u:%g / /bin/busybox',
      'su someone -c "id -u; touch /tmp/mine; busybox su -c \'id -u\' </dev/null 2>&1"',
      'stat -c %u:%g /tmp/mine',
      'chown 5:5 /tmp/mine && stat -c %u:%g /tmp/mine',
      'grep -E "^Cap(Inh|Amb)" /proc/self/status | grep -vc 0000000000000000',
      'exit 0',
    ].join('\n');
    const seen = '0\n0\n0:0\n0:0\n1000\nPassword: su: incorrect password\n1000:1000\n5:5\n0\n';

    it('are its own: root is its owner, and su becomes another user', async () => {
      const bundle = await treeOfRange();
      const { stdout, stderr } = await place.run('rootless', bundle, ['/bin/sh', '-c', inside]);
      assert.equal(stdout.replace('Password: \n', 'Password: '), seen, stderr);
    });

    it('are not its own with sudo and without a user namespace, which is said before', async () => {
      const bundle = await treeOfRange();
      const words = ['/bin/stat', '-c', '%u', '/'];
      const { stdout, stderr } = await place.run('sudo', bundle, words);
      const { start } = (await subordinateRange('/etc/subuid', place.user.uid))!;
      assert.equal(stdout, `${start}\n`, stderr);
      const said = stderr.split('\n').filter((line) => line.includes('does not own this rootfs'));
      assert.equal(said.length, 1, stderr);
      assert.match(
        said[0]!,
        new RegExp(`belongs to ${start}, .* of “${place.user.name}”.*rootless`),
      );
    });

    it('are its own where the exported script starts it', async () => {
      const bundle = await treeOfRange();
      const config = path.join(bundle, 'config.json');
      const document = JSON.parse(readFileSync(config, 'utf8')) as { process: object };
      Object.assign(document.process, { args: ['/bin/sh', '-c', inside], terminal: false });
      writeFileSync(config, JSON.stringify(document));
      const script = await place.exportedScript('rootless', bundle);
      const child = place.startProgram('rootless', ['sh', script]);
      child.stdin!.end();
      const { stdout, stderr } = await ended(child);
      assert.equal(stdout.replace('Password: \n', 'Password: '), seen, stderr);
    });

    it('are its own on the console and in a further shell, which have their terminals', async () => {
      const { id, console: own } = await client.start(await treeOfRange());
      const console = await client.attach(own);
      console.type('id -u; echo to the cons""ole >/dev/console\r');
      await console.shows(/^0\n[^]*^to the console$/m);
      const { stream } = await client.rpc.request('openSession', { id, args: [], ...size });
      const shell = await client.attach(stream);
      await shell.shows(/# ?$/);
      shell.type('id -u; tty; su someone -c "id -u; tty"\r');
      await shell.shows(/^0\n\/dev\/pts\/\d+\n1000\n\/dev\/pts\/\d+$/m);
      await client.rpc.request('stop', { id, graceMs: 0 });
    });
  });
});
