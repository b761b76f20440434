/** Containers that go out: as an archive that comes in again, as an image, as a manifest, and handed on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { temporaryUser } from '../host/index.mjs';
import { which } from '../host/processes.mjs';
import { skipBecause } from '../skip';
import { until } from '../system/containers';
import { openRegistry, settleRegistry } from '../system/registry';
import { openCluster } from './cluster';
import { type SudoUser, Window, makeContainers, requireRoot } from './window';

describe('exporting containers', function () {
  this.timeout(180_000);
  let user: SudoUser;
  let window: Window;
  let workbench: Workbench;
  before(async function () {
    requireRoot(this);
    user = await temporaryUser({ sudo: false });
    const settings = { 'terrarium.privilege': 'rootless' };
    const prepare = (workspace: string) => makeContainers(workspace, 'box');
    window = await Window.open({ user, settings, prepare });
    ({ workbench } = window);
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
  });
  after(async () => {
    await window?.close();
    await user?.remove();
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });
  const file = (name: string) => path.join(window.workspace, name);

  /** The dialog shows the folder first, and puts the file's name in when it has read that. */
  async function saveAs(name: string): Promise<void> {
    await workbench.quickValue(/^\/.*\/box[^/]*$/);
    await workbench.quickInput(file(name));
  }

  /** There is one container, and it is not asked which. @param picture of the choices */
  async function exporting(kind: string, name: string, picture: string): Promise<void> {
    await workbench.command('Terrarium: Export…');
    // The palette goes, and the choices come.
    await workbench.until(
      async () => (await workbench.quickRows()).join(),
      (rows) => /Tar Archive.*Docker.*OCI.*Kubernetes/s.test(rows),
      30_000,
      (rows) => `The choices are not there, but ${rows}`,
    );
    await window.picture(picture);
    await workbench.pick(kind);
    await saveAs(name);
  }

  it('as an archive, which becomes the same container again', async () => {
    await exporting('Tar Archive', 'out.tar.gz', 'export-choices');
    const { severity } = await workbench.notification(/box is exported as out\.tar\.gz/);
    assert.equal(severity, 'info');
    await window.picture('exported');
    assert.equal(statSync(file('out.tar.gz')).mode & 0o777, 0o600);
    await workbench.notification(/box is exported/, { click: 'Show Report' });
    await workbench.preview(/Made from[^]*out\.tar\.gz[^]*Files/);
    await window.picture('export-report');
    await workbench.command('View: Close All Editors');
    await workbench.command('Terrarium: New Container…');
    await workbench.quickValue(/^mycontainer/);
    await workbench.quickInput('again');
    await workbench.pick('From an Archive or Image…');
    await workbench.quickValue(/^\//);
    await workbench.pick('out.tar.gz');
    await workbench.notification(/The container again is ready/);
    const compared = ['-r', '--no-dereference', file('box/rootfs'), file('again/rootfs')];
    assert.equal(execFileSync('diff', compared, { encoding: 'utf8' }), '');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('as an image, which skopeo pushes after a question, and as a manifest', async function () {
    if (!existsSync('/usr/bin/skopeo')) skipBecause(this, 'there is no skopeo here');
    await exportingOf('box', 'Image for Docker and Podman', 'image.tar');
    await workbench.notification(/box is exported as image\.tar/, { click: 'Push…' });
    await workbench.quickValue(/^localhost:1\/box:v1$/);
    await workbench.quickInput('localhost:1/box:v2');
    await workbench.page.locator('.monaco-dialog-box').waitFor();
    await window.picture('push-question');
    const question = await workbench.dialog({ click: 'Push' });
    assert.match(question, /Push image\.tar to localhost:1\/box:v2\?/);
    assert.match(
      question,
      /skopeo copy oci-archive:\S+image\.tar:v1 docker:\/\/localhost:1\/box:v2/,
    );
    // Nothing listens there.
    await workbench.waitForTerminal(/connection refused/);
    await window.picture('push');
    await workbench.command('Terminal: Kill All Terminals');

    await exportingOf('box', 'Kubernetes Pod', 'pod.yaml');
    await workbench.notification(/box is exported as pod\.yaml.*comments/);
    assert.match(readFileSync(file('pod.yaml'), 'utf8'), /^ {6}image: "localhost:1\/box:v1"$/m);
    await workbench.notification(/box is exported as pod/, { click: 'Apply…' });
    await workbench.notification(/no “kubectl” here|configured for no cluster/);
    await window.picture('apply-without-cluster');
    assert.deepEqual(
      readdirSync(window.workspace).filter((name) => name.startsWith('.terrarium')),
      [],
    );
  });

  it('is pushed and applied from its row, and leaves no file', async function () {
    if (which('skopeo') === undefined) skipBecause(this, 'there is no skopeo here');
    await workbench.command('Notifications: Clear All Notifications');
    const registry = await openRegistry(Buffer.alloc(1024));
    try {
      settleRegistry(user.home, registry);
      execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, user.home]);
      const row = () => workbench.treeRow('Containers', 'box');
      await workbench.openMenu(row(), 'Push Image…');
      await window.picture('out-menu');
      await workbench.page.keyboard.press('Escape');
      await workbench.chooseFromMenu(row(), 'Push Image…');
      await workbench.quickValue(/^box:latest$/);
      await workbench.quickInput(`${registry.at}/team/box:1.0`);
      const question = await workbench.dialog({ click: 'Push' });
      assert.match(question, /Push box-image\.tar to 127\.0\.0\.1:\d+\/team\/box:1\.0\?/);
      await until('the manifest', () => registry.read('team/box:1.0') !== undefined);
      const text = registry.read('team/box:1.0')!.toString();
      const manifest = JSON.parse(text) as { layers: { digest: string }[] };
      assert.equal(manifest.layers.length, 1);
      assert.ok(registry.read(manifest.layers[0]!.digest));
      await noFileLeft();
      await window.picture('pushed');
    } finally {
      await registry.close();
    }
    await workbench.command('Terminal: Kill All Terminals');
    if (which('kubectl') === undefined) skipBecause(this, 'there is no kubectl here');
    const cluster = await openCluster();
    try {
      const folder = path.join(user.home, '.kube');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'config'), cluster.config('testing'));
      execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
      await workbench.command('Terrarium: Apply to Cluster…');
      await workbench.pick('box');
      await workbench.quickValue(/^box:latest$/);
      await workbench.quickInput('registry.example/team/box:1.0');
      await workbench.page.locator('.monaco-dialog-box').waitFor();
      await window.picture('apply-question');
      const question = await workbench.dialog({ click: 'Apply' });
      assert.match(question, /Apply box-pod\.yaml to the cluster of “testing”\?/);
      assert.match(question, /kubectl --context=testing apply --filename=\S+box-pod\.yaml/);
      await workbench.waitForTerminal(/pod\/box created/);
      const [pod] = cluster.created as { spec: { containers: { image: string }[] } }[];
      assert.equal(pod?.spec.containers[0]?.image, 'registry.example/team/box:1.0');
      await noFileLeft();
      await window.picture('applied');
      assert.equal(await workbench.page.locator('.notification-list-item').count(), 0);
    } finally {
      await cluster.close();
    }
  });

  /** The program has ended; what it read goes then. */
  async function noFileLeft(): Promise<void> {
    const handedOver = () => window.storedFiles().filter((name) => /handed-over\//.test(name));
    await until('nothing of what was handed over', () => handedOver().length === 0);
    assert.ok(window.storedFiles().some((name) => name.endsWith('handed-over')));
  }

  /** There are two containers by now. */
  async function exportingOf(container: string, kind: string, name: string): Promise<void> {
    await workbench.command('Terrarium: Export…');
    await workbench.pick(container);
    await workbench.pick(kind);
    await workbench.quickValue(/^box:latest$/);
    await workbench.quickInput('localhost:1/box:v1');
    await saveAs(name);
  }
});
