/** Containers that go out: as an archive that comes in again, as an image, as a manifest, and handed on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { temporaryUser } from '../host/index.mjs';
import { skipBecause } from '../skip';
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
