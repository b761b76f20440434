// Making a container through the services, and what the window then knows of it.
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { findBusybox } from '../../src/core/bundle/busybox';
import type { OciConfig } from '../../src/core/config/schema';
import { startingPoints } from '../../src/core/config/templates';
import { ownMappings } from '../../src/core/sequence/ownMappings';
import { TerrariumError } from '../../src/core/errors';
import { commandIds } from '../../src/ui/commandIds';
import { makeContainer } from '../../src/ui/services/makeContainer';
import { skipBecause } from '../skip';
import { services, until, workspaceFolder } from './extension';

describe('a new container', () => {
  const name = 'editor-level';
  const bundle = () => path.join(workspaceFolder(), name);
  const make = async (point = startingPoints[1]!) =>
    makeContainer(await services(), {
      parent: workspaceFolder(),
      name,
      startingPoint: point,
      busybox: await findBusybox(),
    });

  before(async function () {
    try {
      await findBusybox();
    } catch (error) {
      if (error instanceof TerrariumError) skipBecause(this, error.message);
      throw error;
    }
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(bundle(), { recursive: true, force: true });
    await (await services()).containers.refresh();
  });

  it('is known to the window as soon as it is made', async () => {
    assert.equal(await make(), bundle());
    const container = await (await services()).containers.find(bundle());
    assert.equal(container?.state, 'stopped');
    assert.equal(container?.name, name);
  });

  it('has the ids of who makes it where other runtimes ask for them', async () => {
    await make(startingPoints.find(({ id }) => id === 'safe'));
    const text = await readFile(path.join(bundle(), 'config.json'), 'utf8');
    const { linux, annotations } = JSON.parse(text) as OciConfig;
    const { uidMappings, gidMappings } = await ownMappings();
    assert.deepEqual([linux.uidMappings, linux.gidMappings], [uidMappings, gidMappings]);
    assert.deepEqual(annotations, { 'dev.terrarium.idMappings': 'own' });
  });

  it('is refused where the name is taken, and what is there stays', async () => {
    await mkdir(bundle());
    await writeFile(path.join(bundle(), 'mine'), '');
    await assert.rejects(make(), (error: Error) => (error as TerrariumError).code === 'name-taken');
    assert.deepEqual(await readdir(bundle()), ['mine']);
  });

  it('opens its config.json without a question where it is the only one', async () => {
    await make();
    await vscode.commands.executeCommand(commandIds.openConfig);
    assert.equal(
      vscode.window.activeTextEditor?.document.uri.fsPath,
      path.join(bundle(), 'config.json'),
    );
  });

  it('disappears from the window when its folder goes', async () => {
    await make();
    const { containers } = await services();
    await rm(bundle(), { recursive: true });
    await until('the container is gone', () => !containers.all.some((it) => it.name === name));
  });

  it('is found when its folder comes from elsewhere', async () => {
    const { containers } = await services();
    await mkdir(path.join(bundle(), 'rootfs'), { recursive: true });
    await writeFile(path.join(bundle(), 'config.json'), '{}');
    await until('the container is there', () => containers.all.some((it) => it.name === name));
  });

  it('takes a folder of the Explorer with a rootfs in it for no plain rootfs', async () => {
    await make();
    const { containers } = await services();
    assert.deepEqual(containers.discovery.rootfsFolders, []);
  });
});
