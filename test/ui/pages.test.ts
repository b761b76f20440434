/** What comes back in its tab when the window is reloaded: every page that Terrarium opens, with its content. */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

const size = { width: 1280, height: 800 };

describe('pages', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainers(parent, 'box', 'zap');
          // VS Code draws such a name as an icon where it is not kept from it.
          renameSync(path.join(parent, 'zap'), path.join(parent, '$(zap) x'));
          const file = path.join(parent, 'box/config.json');
          const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
          const names = 'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE'
            .concat(' NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT SYS_ADMIN')
            .split(' ')
            .map((name) => `CAP_${name}`);
          config.process.capabilities = { bounding: names, effective: names, permitted: names };
          const linux = { ...config.linux, mountLabel: 'a label' };
          writeFileSync(file, JSON.stringify({ ...config, linux }, undefined, 2));
        },
      }),
    (opened) => ({ workbench } = window = opened),
    { sameHost: true },
  );
  before(async () => {
    await workbench.page.setViewportSize(size);
    await workbench.openViewContainer('Terrarium');
    await workbench.treeAction('Containers', 'box', 'Start Container');
    await workbench.waitForTerminal(prompt);
  });
  afterEach(async () => {
    await workbench.command('View: Close All Editors');
  });

  /** The text of the editor in front; the tab is there before it. */
  const editor = () => workbench.page.locator('.editor-instance .view-lines');
  const tab = (title: string | RegExp) => workbench.page.locator('.tab', { hasText: title });
  const reload = async (title: string | RegExp) => {
    await tab(title).waitFor();
    // VS Code has written down what is open when it reloads the page by itself.
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    await tab(title).waitFor();
  };

  /**
   * Reloads with a preview of Markdown. The first one that VS Code restores in a new profile can stay
   * blank although its document is there; a refresh of the preview shows it.
   */
  const reloadPreview = async (title: string, content: RegExp) => {
    await workbench.preview(content);
    await reload(title);
    await workbench.preview(content).catch(async () => {
      await workbench.command('Markdown: Refresh Preview');
      await workbench.preview(content);
    });
  };

  it('shows the warnings of a start again', async () => {
    await workbench.command('Terrarium: Show Warnings');
    await reloadPreview('Warnings of box', /linux\.mountLabel is not carried out/);
    await window.picture('reload-warnings');
  });

  it('shows the check of the machine again', async () => {
    await workbench.command('Terrarium: Check This Machine');
    await reloadPreview('Check of This Machine', /This machine/);
    await window.picture('reload-check');
  });

  it('shows a start sequence again, with the privilege that is in force', async () => {
    await workbench.command('Terrarium: Show Start Sequence');
    await workbench.pick('box');
    await editor().getByText('unshare').first().waitFor();
    await window.picture('sequence');
    await reload('Start Sequence of box');
    await editor().getByText('unshare').first().waitFor();
    await workbench.page.locator('.statusbar').getByText('Start Sequence').waitFor();
    await window.picture('reload-sequence');
  });

  it('reads a process again, or says that it has ended', async () => {
    const pid1 = workbench.view('Processes').locator('.monaco-list-row', { hasText: 'PID 1 ·' });
    await workbench.chooseFromMenu(pid1, 'Inspect Process');
    await editor().getByText('sh: PID 1 in box').waitFor();
    await window.picture('inspect');
    await editor().click();
    await workbench.page.keyboard.press('Control+F');
    await workbench.page.keyboard.insertText('no_new_privs');
    await workbench.page.keyboard.press('Enter'); // shows it in the middle of the editor
    const lines = editor().locator('.view-line');
    await lines.getByText('no_new_privs').waitFor();
    await workbench.page.keyboard.press('Escape');
    await window.picture('inspect-capabilities');
    const texts = await lines.allInnerTexts();
    const ofEachLine = ['CHOWN', 'NET_BIND_SERVICE', 'SETFCAP'];
    const sets = texts.filter((text) => ofEachLine.some((name) => text.includes(name)));
    for (const name of ofEachLine)
      assert.ok(sets.filter((text) => text.includes(name)).length >= 2, `${name} is shown`);
    assert.ok(
      sets.every((text) => ofEachLine.filter((name) => text.includes(name)).length === 1),
      'a set has several lines',
    );
    assert.ok(
      sets.every((text) => text.length <= 90),
      sets.join('\n'),
    );
    await workbench.page.keyboard.press('Control+Home'); // VS Code brings back where one was
    await reload('1 sh');
    await editor().getByText('sh: PID 1 in box').waitFor();
    await editor().getByText('Users and groups').waitFor();
    await window.picture('reload-inspect');

    await workbench.command('Terrarium: Restart Container');
    await editor().getByText('It has ended').first().waitFor();
    await reload('1 sh');
    await editor().getByText('Process 1 sh of “box” has ended, and this window has read').waitFor();
    await window.picture('reload-inspect-ended');
  });

  it('goes on with the chart of CPU and memory, with what it showed before', async () => {
    await workbench.treeAction('Processes', 'box', 'Show CPU and Memory');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    const rows = page.locator('tbody tr');
    const open = () => page.getByText('Table').click();
    await open();
    await rows.nth(7).waitFor(); // eight seconds of it
    const first = await rows.last().innerText();
    await reload('box: CPU and Memory');
    await open();
    await page.getByText('not measured').first().waitFor(); // while the window was loading
    assert.equal(await rows.last().innerText(), first);
    await page.getByRole('img', { name: /^CPU \(100% is one CPU\): \d+ %$/ }).waitFor();
    await window.picture('reload-usage');

    await workbench.treeAction('Containers', 'box', 'Stop Container');
    await page.getByText('The container has ended.').waitFor();
    await reload('box: CPU and Memory');
    await page.getByText('The container has ended.').waitFor();
    await open();
    assert.equal(await rows.last().innerText(), first);
    await window.picture('reload-usage-ended');
  });

  it('names a terminal as its container is called, without an icon that the name asks for', async () => {
    await workbench.treeAction('Containers', '$(zap) x', 'Start Container');
    await workbench.waitForTerminal(prompt);
    const names = workbench.page.locator('.terminal-tabs-entry, .single-terminal-tab');
    await names.getByText('(zap) x').first().waitFor();
    assert.equal(await names.locator('.codicon-zap').count(), 0);
    await window.picture('terminal-name');
    await workbench.treeAction('Containers', '$(zap) x', 'Stop Container');
  });
});
