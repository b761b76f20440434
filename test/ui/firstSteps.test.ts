/** The first minutes of a new user: the welcome, the walkthrough, the first start and what it says. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, useWindow } from './window';

describe('the first steps', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () => Window.open(),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.openViewContainer('Terrarium');
  });

  const inBox = (file: string) => path.join(window.workspace, 'box', file);
  const step = (title: string) =>
    workbench.page.locator('.getting-started-step', { hasText: title }).first();
  const isTicked = (title: string) => step(title).locator('.codicon.complete').first();
  /** VS Code shows the overview in place of the walkthrough where the page was away for long. */
  const openTour = async () => {
    await workbench.page.locator('.tab', { hasText: /Welcome|Walkthrough/ }).click();
    const card = workbench.page.locator('button.getting-started-category', {
      hasText: 'Your First Container',
    });
    // Both lie in the page; the one that is not shown is moved out of sight.
    const shown = workbench.page.locator(
      '.gettingStarted.showCategories, .gettingStarted.showDetails',
    );
    await shown.waitFor({ state: 'attached' });
    if ((await shown.getAttribute('class'))?.includes('showCategories')) await card.click();
  };
  const tabs = () => workbench.page.locator('.tabs-container .tab').allInnerTexts();

  it('offers a new container where there is none to start', async () => {
    const processes = workbench.view('Processes');
    await processes.getByText('New Container', { exact: true }).waitFor();
    for (const title of ['Start Container', 'Start Several Containers…']) {
      await workbench.command(`Terrarium: ${title}`);
      const { buttons } = await workbench.notification(/There is no container in this workspace/);
      assert.deepEqual(buttons, ['New Container…'], title);
      await workbench.command('Notifications: Clear All Notifications');
    }
  });

  it('tells in each step of the walkthrough what to type, at 1280 pixels', async () => {
    await workbench.view('Containers').getByText('Take the tour').click();
    await step('Create a container').waitFor();
    for (const [title, text] of [
      ['Start it and read the steps', 'echo $$'],
      ['See its processes', 'sleep 1000 &'],
      ['Change its files', 'cat /etc/motd'],
    ] as const) {
      await step(title).click();
      await step(title).getByText(text).waitFor();
      await window.picture(`tour-${title.split(' ')[0]!.toLowerCase()}`);
    }
    for (const title of ['Create', 'Start', 'See', 'Change'])
      assert.equal(await isTicked(title).count(), 0, title);
  });

  it('makes a container, opens its config.json and ticks the step', async () => {
    await workbench.command('Terrarium: New Container…');
    await workbench.quickInput('box');
    await workbench.pick('A root of its own');
    const { buttons } = await workbench.notification(/The container box is ready/);
    assert.deepEqual(buttons, ['Start Container']);
    await workbench.page.locator('.view-lines').getByText('ociVersion').waitFor();
    await window.picture('new-container');
    await openTour();
    await isTicked('Create a container').waitFor();
  });

  it('ticks no step for a start that fails, and says once why', async () => {
    const config = readFileSync(inBox('config.json'), 'utf8');
    writeFileSync(inBox('config.json'), config.replace('/bin/sh', '/bin/none'));
    await workbench.command('Terrarium: Start Container');
    const { buttons } = await workbench.notification(/\/bin\/none/);
    assert.deepEqual(buttons, ['Open config.json']);
    await workbench.waitForTree('Containers', ([row]) =>
      Boolean(row?.description.endsWith('did not start')),
    );
    await workbench.page.locator('.terminal-wrapper').waitFor({ state: 'detached' });
    assert.equal(await isTicked('Start it').count(), 0);
    writeFileSync(inBox('config.json'), config);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('keeps the terminal where a step has failed, and leaves the reason to the message', async () => {
    const config = readFileSync(inBox('config.json'), 'utf8');
    const mount = '"mounts": [{ "destination": "/odd", "type": "no-such" },';
    writeFileSync(inBox('config.json'), config.replace('"mounts": [', mount));
    await workbench.command('Terrarium: Start Container');
    await workbench.notification(/no-such/);
    const text = await workbench.waitForTerminal(/^\[box did not start\.\]$/m);
    assert.match(text, /mount -t no-such/);
    await window.picture('failed-step');
    writeFileSync(inBox('config.json'), config);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('starts it, and ticks the steps for the start and for the processes', async () => {
    await workbench.command('Terrarium: Start Container');
    await workbench.waitForTerminal(/^\/ # $/m);
    await window.picture('first-start');
    await isTicked('Start it').waitFor();
    await isTicked('See its processes').waitFor();
    assert.equal(await isTicked('Change its files').count(), 0);
  });

  it('ticks the last step when a file of the running container is saved', async () => {
    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput('motd', { accept: false });
    await workbench.pick('motd');
    await workbench.page.locator('.tab.active', { hasText: 'motd' }).waitFor();
    await workbench.page.locator('.view-lines').getByText('a container').waitFor();
    await workbench.rewriteEditor('saved', inBox('rootfs/etc/motd'));
    await openTour();
    await isTicked('Change its files').waitFor();
    await window.picture('tour-done');
  });

  it('keeps the steps in reach: a link above the prompt opens them', async () => {
    const { page } = workbench;
    const link = page
      .locator('.terminal-wrapper.active .xterm-rows')
      .getByText('Terrarium: Show Start Sequence');
    // A link of a terminal is one only once the pointer is over it.
    await workbench.until(
      async () => {
        const box = await link.boundingBox();
        assert.ok(box);
        await page.mouse.move(box.x + 20, box.y + box.height / 2);
        await page.keyboard.down('Control');
        await page.mouse.move(box.x + 25, box.y + box.height / 2);
        await page.mouse.click(box.x + 25, box.y + box.height / 2);
        await page.keyboard.up('Control');
        return tabs();
      },
      (all) => all.some((title) => title.includes('Start Sequence of box')),
      20_000,
      (all) => `The link did nothing. Tabs: ${all.join(', ')}`,
    );
    const lines = workbench.page.locator('.editor-group-container .view-lines').last();
    await lines.getByText('box/rootfs').first().waitFor();
    await window.picture('sequence');
  });

  it('shows the start sequence without an empty editor group beside it', async () => {
    await workbench.command('View: Close All Editors');
    await workbench.command('Terrarium: Show Start Sequence');
    await workbench.page.locator('.tab', { hasText: 'Start Sequence of box' }).waitFor();
    assert.equal(await workbench.page.locator('.editor-group-container').count(), 1);
    await workbench.command('View: Toggle Panel Visibility');
    // Long commands wrap: nothing is to be scrolled sideways.
    const editor = workbench.page.locator('.editor-instance');
    const end = await editor.locator('.view-line').getByText('./stderr').boundingBox();
    const frame = await editor.boundingBox();
    assert.ok(end && frame && end.x + end.width <= frame.x + frame.width);
    await window.picture('sequence-alone');
  });
});
