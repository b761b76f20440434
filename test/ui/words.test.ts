/** The words as a learner meets them: hovers in a lesson and in config.json, and below the evidence. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Window, makeContainers, requireRoot, useWindow } from './window';

const lesson = '# Who am I?\n\n```sh\nunshare --user --map-root-user --uts bash --norc\n```\n';

describe('the words', function () {
  this.timeout(240_000);
  let window: Window;
  before(function () {
    requireRoot(this);
  });
  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainers(parent, 'box');
          writeFileSync(path.join(parent, 'who.md'), lesson);
        },
      }),
    (opened) => (window = opened),
  );

  /** Rests on a text of an editor. A pointer that came before the editor listens has to come again. */
  async function rest(place: string, text: string, expected: RegExp): Promise<string> {
    const { page } = window.workbench;
    const target = page.locator(`${place} .view-line span span`).filter({ hasText: text }).first();
    const hover = page.locator('.monaco-hover-content').filter({ hasText: expected }).first();
    for (let tries = 1; ; tries++) {
      await page.mouse.move(5, 5);
      await target.hover();
      try {
        await hover.waitFor({ timeout: 3000 });
        return await hover.innerText();
      } catch (error) {
        if (tries === 6) throw error;
      }
    }
  }

  /** The workspace's only Markdown file, as somebody finds it. */
  async function openLesson(): Promise<void> {
    const { workbench } = window;
    await workbench.command('View: Close All Editors');
    await workbench.command('View: Show Explorer');
    const file = workbench.page.locator('.explorer-folders-view .monaco-list-row', {
      hasText: 'who.md',
    });
    await workbench.chooseFromMenu(file, 'Open as Lesson');
    await workbench.page.locator('.notebookOverlay .cell-list-container').waitFor();
  }

  it('are said of a command in a lesson, with its manual page', async () => {
    const { workbench } = window;
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await openLesson();
    const said = await rest('.notebookOverlay', '--map-root-user', /own user and group/);
    assert.match(said, /unshare\(1\)/);
    // `picture` would take the pointer away.
    await workbench.screenshot('word-lesson');
  });

  it('are said of a value in config.json', async () => {
    const { workbench } = window;
    await workbench.command('View: Close All Editors');
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
    await workbench.command('Terrarium: Open config.json');
    const said = await rest('.editor-instance', '"nosuid"', /Set-user-ID/);
    assert.match(said, /mount\(8\)/);
    await workbench.screenshot('word-config');
  });

  it('stand below the evidence, for the keyboard too', async () => {
    const { workbench } = window;
    await openLesson();
    await workbench.command('Notebook: Run All');
    const frame = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    const summary = frame.locator('.terrarium-words summary');
    await summary.waitFor();
    const title = await frame
      .locator('th[title]', { hasText: 'UTS namespace' })
      .getAttribute('title');
    assert.match(title ?? '', /uts_namespaces\(7\)/);
    await summary.focus();
    await workbench.page.keyboard.press('Enter');
    const words = await frame.locator('.terrarium-words dl').innerText();
    assert.match(words, /user namespace[^]*user_namespaces\(7\)/);
    await workbench.command('View: Toggle Panel Visibility');
    await window.picture('word-evidence');
  });
});
