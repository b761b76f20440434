/** In which folders VS Code loads the extension by itself. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../system/containers';
import { Window, type WindowOptions, makeContainers } from './window';

describe('activation', function () {
  this.timeout(180_000);
  let window: Window | undefined;
  afterEach(async () => {
    await window?.close();
    window = undefined;
  });

  /** @returns what its log says of the extension once all that a folder activates is active */
  async function activated(prepare: WindowOptions['prepare']): Promise<string | undefined> {
    const opened = (window = await Window.open({ prepare }));
    const log = () => opened.extensionHostLog();
    await until('the extensions of the folder', () => log().includes('Eager extensions activated'));
    return /terrarium\.terrarium.*activationEvent: '(.*)'/.exec(log())?.[1];
  }

  it('comes with a folder that holds a container', async () => {
    const event = await activated((workspace) => makeContainers(workspace, 'box'));
    assert.match(String(event), /^workspaceContains:/);
  });

  it('comes with a folder that is a bundle itself', async () => {
    const event = await activated((workspace) => {
      mkdirSync(path.join(workspace, 'rootfs/bin'), { recursive: true });
      writeFileSync(path.join(workspace, 'config.json'), '{"ociVersion":"1.0.2"}');
    });
    assert.equal(event, 'workspaceContains:rootfs');
  });

  it('does not come with a project that has a config.json of its own', async () => {
    const event = await activated((workspace) => {
      for (const folder of ['.', 'src', 'node_modules/some'])
        for (const name of ['config.json', 'index.js']) {
          mkdirSync(path.join(workspace, folder), { recursive: true });
          writeFileSync(path.join(workspace, folder, name), '{"port":8080}');
        }
    });
    assert.equal(event, undefined);
  });
});
