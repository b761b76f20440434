/** A rootfs outside of its bundle, below a folder that the person allows: what works with it, and what is refused. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { type Client, Served, graceMs } from './serving';
import { prefixFor, useEngine } from './useEngine';

describe('a rootfs outside of its bundle', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const command = 'echo inside >/etc/who; cat /etc/who; pwd; ls / | wc -l';

  interface Outside {
    readonly bundle: string;
    /** The allowed folder. */
    readonly trees: string;
    readonly rootfs: string;
  }

  /** A bundle whose rootfs was moved into a folder of who starts it. */
  async function outside(
    privilege: TestPrivilege,
    engine?: string,
    name = (trees: string) => path.join(trees, 'tree'),
  ): Promise<Outside> {
    const trees = place.newFolder(privilege);
    const rootfs = path.join(trees, 'tree');
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      config.root.path = name(trees);
      config.process.args = ['/bin/sh', '-c', command];
      config.process.terminal = false;
      if (engine) config.annotations = { 'dev.terrarium.engine': engine };
    });
    renameSync(path.join(bundle, 'rootfs'), rootfs);
    return { bundle, trees, rootfs };
  }

  const call = (privilege: TestPrivilege, ...words: string[]) => {
    const child = place.start(privilege, words);
    child.stdin!.end();
    return ended(child);
  };
  const said = async (privilege: TestPrivilege, ...words: string[]) => {
    const { code, stdout, stderr } = await call(privilege, ...words);
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const who = ({ rootfs }: Outside) => path.join(rootfs, 'etc/who');

  for (const privilege of privileges) {
    it(`starts where the command line allows it, also by a script and on a layer (${privilege})`, async () => {
      const box = await outside(privilege);
      const { bundle, trees } = box;
      const refused = await call(privilege, 'run', bundle);
      assert.equal(refused.code, 125);
      assert.match(refused.stderr, /is not below the bundle\..* --rootfs-below FOLDER/);
      const onLayer = await said(privilege, 'run', '--layer', '--rootfs-below', trees, bundle);
      assert.match(onLayer, /^inside\n\/\n\d+\n$/);
      assert.equal(existsSync(who(box)), false, 'it is in the layer');
      assert.ok(existsSync(path.join(bundle, '.terrarium/upper/etc/who')));
      const changes = ['changes', '--rootfs-below', trees, bundle];
      assert.match(await said(privilege, ...changes), /A\s+etc\/who/);
      assert.equal(await said(privilege, 'run', `--rootfs-below=${trees}`, bundle), onLayer);
      assert.equal(readFileSync(who(box), 'utf8'), 'inside\n');
      rmSync(who(box));
      const script = path.join(path.dirname(bundle), 'start.sh');
      writeFileSync(script, await said(privilege, 'plan', '--rootfs-below', trees, bundle));
      const child = place.startProgram(privilege, ['sh', script]);
      child.stdin!.end();
      assert.equal((await ended(child)).stdout, onLayer);
      assert.equal(readFileSync(who(box), 'utf8'), 'inside\n');
    });

    if (privilege === 'sudo') continue; // the helper is root's all the same
    it(`is looked through, edited, exported, copied and made the person’s (${privilege})`, async () => {
      const { bundle, trees } = await outside(privilege);
      const below = ['--rootfs-below', trees];
      assert.match(await said(privilege, 'lint', ...below, bundle), /"faults"/);
      const listed = await said(privilege, 'file', 'list', ...below, bundle, '/etc');
      assert.match(listed, /"passwd"/);
      assert.match(await said(privilege, 'ownership', 'look', ...below, bundle), /"files"/);
      const target = (name: string) => path.join(path.dirname(bundle), name);
      await said(privilege, 'export', ...below, bundle, target('x.tar'));
      assert.ok(existsSync(target('x.tar')));
      await said(privilege, 'import', ...below, `container:${bundle}`, target('copy'));
      assert.ok(existsSync(target('copy/rootfs/etc/passwd')));
    });
  }

  it('is refused by every command that is not told of it', async () => {
    const { bundle } = await outside('root');
    const target = (name: string) => path.join(path.dirname(bundle), name);
    const refusals = [
      ['plan', bundle],
      ['lint', bundle],
      ['file', 'list', bundle, '/'],
      ['ownership', 'look', bundle],
      ['export', bundle, target('y.tar')],
      ['import', `container:${bundle}`, target('other')],
      ['changes', bundle],
      ['layer', 'size', bundle],
    ].map(async (words) => (await call('root', ...words)).stderr);
    for (const stderr of await Promise.all(refusals))
      assert.match(stderr, /is not below the bundle/);
  });

  for (const engine of ['runc', 'crun'] as const)
    describe(engine, () => {
      useEngine(engine, () => place);

      it('starts it too', async () => {
        place.prefix = await prefixFor(engine);
        const box = await outside('root', engine);
        const run = await said('root', 'run', '--rootfs-below', box.trees, box.bundle);
        assert.match(run, /^inside\n/);
        assert.equal(readFileSync(who(box), 'utf8'), 'inside\n');
      });
    });

  it('is no way to a folder that others may write to, or through a link', async () => {
    const box = await outside('root', undefined, (trees) => path.join(trees, 'way/tree'));
    const { bundle, trees } = box;
    const below = ['--rootfs-below', trees];
    mkdirSync(path.join(trees, 'way'));
    renameSync(box.rootfs, path.join(trees, 'way/tree'));
    assert.match(await said('root', 'run', ...below, bundle), /^inside/);
    chmodSync(trees, 0o777);
    const open = await call('root', 'run', ...below, bundle);
    assert.match(open.stderr, /cannot be allowed for that: others may write to it \(mode 777\)/);
    chmodSync(trees, 0o755);
    renameSync(path.join(trees, 'way'), path.join(trees, 'moved'));
    symlinkSync('moved', path.join(trees, 'way'));
    const linked = await call('root', 'run', ...below, bundle);
    assert.match(linked.stderr, /reached by the symbolic link \S+way\b/);
    const whole = await call('root', 'run', '--rootfs-below', '/', bundle);
    assert.match(whole.stderr, /it is the root of this machine/);
  });

  it('is opened as the folder that was looked at, whatever link takes its place then', async () => {
    const box = await outside('root', undefined, (trees) => path.join(trees, 'way/tree'));
    const { bundle, trees } = box;
    mkdirSync(path.join(trees, 'way'));
    renameSync(box.rootfs, path.join(trees, 'way/tree'));
    // Where the link leads there is a tree as well, which a start would run in.
    const other = await outside('root');
    symlinkSync(other.trees, path.join(trees, 'link'));
    const swaps = `while :; do mv -T way held && mv -T link way && mv -T way link && mv -T held way; done`;
    const swapper = spawn('sh', ['-c', swaps], { cwd: trees, stdio: 'ignore' });
    try {
      for (let round = 0; round < 12; round++) {
        const { code, stderr } = await call('root', 'run', '--rootfs-below', trees, bundle);
        if (code !== 0) assert.notEqual(stderr, '');
        assert.equal(existsSync(who(other)), false, 'nothing was written behind the link');
      }
    } finally {
      const gone = new Promise((resolve) => swapper.once('exit', resolve));
      swapper.kill('SIGKILL');
      await gone;
    }
  });

  describe('for a client of a helper', () => {
    let served: Served;
    let client: Client;
    beforeEach(async () => {
      served = await Served.start(place, 'sudo');
      client = await served.connect();
    });
    afterEach(() => served.stop());

    it('is allowed by what that client says, and for it alone', async () => {
      const { bundle, trees, rootfs } = await outside('sudo');
      const other = await served.connect();
      await assert.rejects(client.start(bundle), /is not below the bundle/);
      await client.rpc.request('allowRootfsBelow', { folders: [trees] });
      await client.startToEnd(bundle);
      assert.equal(readFileSync(path.join(rootfs, 'etc/who'), 'utf8'), 'inside\n');
      const wish = { bundle, kind: 'bundle' as const, paths: ['/'] };
      await assert.doesNotReject(client.rpc.request('checkRootfs', wish));
      const file = { bundle, kind: 'bundle' as const, path: '/etc' };
      await assert.doesNotReject(client.rpc.request('listRootfsFolder', file));
      for (const request of [
        () => other.start(bundle),
        () => other.rpc.request('listRootfsFolder', file),
        () => other.rpc.request('takeOwnership', file),
      ])
        await assert.rejects(request(), /is not below the bundle/);
      await assert.rejects(
        other.rpc.request('allowRootfsBelow', { folders: ['trees'] }),
        /not valid/,
      );
      await client.rpc.request('allowRootfsBelow', { folders: [] });
      await assert.rejects(client.start(bundle), /is not below the bundle/);
    });

    it('stays when its bundle is deleted', async () => {
      const { bundle, trees, rootfs } = await outside('sudo');
      await client.rpc.request('allowRootfsBelow', { folders: [trees] });
      await client.startToEnd(bundle);
      await client.rpc.request('deleteBundle', { bundle });
      assert.equal(existsSync(bundle), false);
      for (const name of ['etc/who', 'etc/passwd', 'bin/sh'])
        assert.ok(existsSync(path.join(rootfs, name)), name);
    });

    it('keeps the bundle that it lies in from being deleted while it runs', async () => {
      const lender = await place.bundle('sudo');
      const { bundle, trees } = await outside('sudo', undefined, () => path.join(lender, 'rootfs'));
      const file = path.join(bundle, 'config.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(command, 'exec sleep 600'));
      await client.rpc.request('allowRootfsBelow', { folders: [path.dirname(lender), trees] });
      const { id } = await client.start(bundle);
      await assert.rejects(
        client.rpc.request('deleteBundle', { bundle: lender }),
        /holds the rootfs of “box”, which is running/,
      );
      await client.rpc.request('stop', { id, graceMs });
      await client.rpc.request('deleteBundle', { bundle: lender });
      assert.equal(existsSync(lender), false);
    });
  });
});
