/** The picture as a person sees and uses it: what is in it, that it lives, follows, is followed and saved. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { OciConfig } from '../../src/core/config/schema';
import { computedStyle } from '../host/styles.mjs';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, makeContainersOf, prompt, useWindow } from './window';

const size = { width: 1500, height: 900 };

describe('the picture', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  let network: ChildProcess;

  before(async () => {
    // A network namespace that two containers join, as those of a pod do.
    network = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 3000']);
    await once(network.stdout!, 'data');
  });
  after(() => network.kill('SIGKILL'));
  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainers(parent, 'web', 'db');
          for (const name of ['web', 'db']) joinNetwork(path.join(parent, name, 'config.json'));
          await makeContainersOf('hand', parent, 'notes');
        },
      }),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.page.setViewportSize(size);
    await workbench.openViewContainer('Terrarium');
    for (const name of ['web', 'db', 'notes']) {
      await workbench.treeAction('Containers', name, 'Start Container');
      await workbench.waitForTerminal(prompt);
    }
    await workbench.command('Terrarium: Open Shell in Container');
    await workbench.pick('web');
    await workbench.page.locator('.terminal-tabs-entry', { hasText: 'shell · web' }).waitFor();
    await workbench.waitForTerminal(prompt);
    await workbench.command('Terrarium: Show Containers as a Picture');
    await shape(/^db, /).waitFor();
  });

  function joinNetwork(file: string): void {
    const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
    const namespaces = (config.linux?.namespaces ?? []).filter(({ type }) => type !== 'network');
    namespaces.push({ type: 'network', path: `/proc/${network.pid}/ns/net` });
    writeFileSync(file, JSON.stringify({ ...config, linux: { ...config.linux, namespaces } }));
  }

  const page = () => workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
  const shape = (name: RegExp | string): Locator => page().getByRole('treeitem', { name }).first();
  const type = (line: string) => workbench.typeInTerminal(`${line}\n`);
  const selected = (view: string) =>
    workbench.view(view).locator('.monaco-list-row.selected .label-name').first().innerText();
  const waitForSelected = (view: string, label: RegExp) =>
    workbench.until(
      () => selected(view),
      (text) => label.test(text),
      15_000,
      (text) => `${view} has ${text} selected, not ${label}`,
    );
  const box = async (one: Locator) => (await one.boundingBox())!;

  it('shows what is in what, as the kernel has it', async () => {
    // Its bash stays on the file system of the machine, and the shell below it has another root. What is known of a
    // process comes a moment after it.
    await shape(/^notes, .*own: .*PID.*mount.*root: \/ of this machine/).waitFor();
    await shape(/^root: notes\/rootfs, chroot: the way out is open$/).waitFor();
    await shape(/^sh, PID \d+ inside, \d+ outside, session$/).waitFor();
    const network = shape(/^network: shared by db and web$/);
    const where = async (name: RegExp) => isInside(await box(shape(name)), await box(network));
    // What is learned meanwhile moves the boxes.
    await workbench.until(
      async () => [await where(/^web, /), await where(/^db, /), await where(/^notes, /)],
      (all) => all.join() === 'true,true,false',
      10_000,
      (all) => `Inside of the network are web, db, notes: ${all.join(', ')}`,
    );
    const label = await shape(/^sh, PID 1 inside/).getAttribute('aria-label');
    const hostPid = Number(/, (\d+) outside/.exec(label!)![1]);
    assert.match(readlinkSync(`/proc/${hostPid}/ns/pid`), /^pid:/);
    await window.picture('picture-dark');
  });

  it('shows a process that starts within a second, and none that has ended', async () => {
    const sleeper = shape(/^sleep, PID/);
    await type('sleep 4000 & sleep 4001 & sleep 4002 & sleep 4003 & sleep 4004 & sleep 4005 &');
    await sleeper.waitFor();
    await shape('and 4 more like it').waitFor();
    await window.picture('picture-alike');
    await type('kill $(jobs -p); wait; clear');
    await sleeper.waitFor({ state: 'detached' });
  });

  it('is followed by the views and the console', async () => {
    const root = shape(/^root: notes\/rootfs, chroot/);
    const [outer, process] = [await box(root), shape(/^bash, PID 1 inside/)];
    assert.ok(outer.width > 0);
    await process.click();
    await waitForSelected('Processes', /^bash/);
    await waitForSelected('Containers', /^notes$/);
    await page().locator('.process.selected').waitFor();
    const console = workbench.page.locator('.monaco-list-row.selected .terminal-tabs-entry');
    await console.getByText('notes').first().waitFor();
    await window.pictureForDocs('picture');
    const { x, y } = await box(shape(/^db, /));
    await workbench.page.mouse.click(x + 8, y + 8);
    await waitForSelected('Containers', /^db$/);
    await waitForSelected('Processes', /^db$/);
  });

  it('follows the views', async () => {
    await workbench.treeRow('Containers', 'web').click();
    await page().locator('.container.selected[aria-label^="web, "]').waitFor();
    await workbench.treeRow('Processes', /^bash/).click();
    await page().locator('.process.selected[aria-label^="bash, "]').waitFor();
  });

  it('is used with the keyboard alone, and says the same in a table', async () => {
    const { keyboard } = workbench.page;
    await shape(/^this machine/).focus();
    const focused = page().locator('g:focus');
    const says = async (name: RegExp) => {
      await workbench.until(
        () => focused.getAttribute('aria-label'),
        (label) => name.test(label ?? ''),
        10_000,
        (label) => `${label} has the focus, not ${name}`,
      );
    };
    await keyboard.press('ArrowDown');
    await says(/^helper, /);
    while (!/^db, /.test((await focused.getAttribute('aria-label')) ?? ''))
      await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await waitForSelected('Containers', /^db$/);
    // Its frame shows the focus, and nothing else does.
    assert.equal(await computedStyle(focused, 'outline-style'), 'none');
    assert.equal(await computedStyle(focused.locator('> .frame'), 'stroke-width'), '2.5px');
    await window.picture('picture-keyboard');
    await keyboard.press('ArrowLeft');
    await says(/^network: shared by/);

    await page().getByRole('button', { name: 'Table' }).press('Enter');
    const table = page().getByRole('table', { name: 'The Picture' });
    await table.getByRole('row', { name: /^notes this machine .*own: PID/ }).waitFor();
    const row = table.getByRole('row', { name: /^sh notes › .*chroot: the way out is open/ });
    await row.getByRole('button').press('Enter');
    await waitForSelected('Processes', /^sh/);
    await waitForSelected('Containers', /^notes$/);
    await window.picture('picture-table');
    await page().getByRole('button', { name: 'Table' }).press('Enter');
    await shape(/^db, /).waitFor();
  });

  it('is saved as an SVG of its own', async () => {
    const file = path.join(window.workspace, 'saved.svg');
    await page().getByRole('button', { name: 'Save as SVG…' }).click();
    await workbench.quickValue(/containers\.svg$/);
    await workbench.quickInput(file);
    await workbench.until(
      () => Promise.resolve(existsSync(file)),
      Boolean,
      15_000,
      () => 'No file was written.',
    );
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /var\(|color-mix|href|<script/);
    // The browser takes it as the XML that it is.
    const alone = await workbench.page.context().newPage();
    await alone.setViewportSize(size);
    await alone.goto(`file://${file}`);
    assert.equal(await alone.locator('parsererror').count(), 0);
    const names = await alone.locator('text').allTextContents();
    for (const name of ['web', 'db', 'notes'])
      assert.ok(
        names.some((one) => one.startsWith(`${name} · `)),
        `${name} is in it`,
      );
    await alone.screenshot({ path: path.join('dist/screenshots', 'picture-file.png') });
    await alone.close();
  });

  it('comes back with the window', async () => {
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    await shape(/^db, /).waitFor();
  });

  it('is legible in every theme, narrow, and at twice the size', async () => {
    for (const theme of ['Light Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await workbench.command('Preferences: Color Theme');
      await workbench.quickInput(theme);
      await shape(/^db, /).waitFor();
      await window.picture(`picture-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await workbench.command('Preferences: Color Theme');
    await workbench.quickInput('Dark Modern');
    for (const part of ['Primary Side Bar', 'Panel'])
      await workbench.command(`View: Toggle ${part} Visibility`);
    await workbench.page.setViewportSize({ width: 420, height: 900 });
    await noneIsCut();
    await window.picture('picture-narrow');
    // What a window of 1500 × 900 has at 200 %.
    await workbench.page.setViewportSize({ width: 750, height: 450 });
    await noneIsCut();
    await window.picture('picture-zoomed');
  });

  /** Every shape is as wide as the page at most. */
  async function noneIsCut(): Promise<void> {
    const main = page().locator('main');
    await workbench.until(
      async () => {
        const { x, width } = await box(main);
        const all = await Promise.all((await page().getByRole('treeitem').all()).map(box));
        return all.filter((one) => one.x + one.width > x + width + 2).length;
      },
      (count) => count === 0,
      10_000,
      (count) => `${count} shapes are cut`,
    );
  }
});

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function isInside(one: Area, other: Area): boolean {
  return (
    one.x >= other.x &&
    one.y >= other.y &&
    one.x + one.width <= other.x + other.width &&
    one.y + one.height <= other.y + other.height
  );
}
