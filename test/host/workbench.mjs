// Drives a workbench page the way a person does: keys, clicks, and what the screen shows. Every
// wait is for something that a person would wait for.

import { readFile } from 'node:fs/promises';

import { defaultTimeout, exactly } from './page-driver.mjs';
import { TerminalDriver } from './terminal-driver.mjs';

/** @typedef {import('playwright-core').Locator} Locator */

/**
 * @typedef {object} TreeRow
 * @property {string} label
 * @property {string} description
 * @property {number} level 1 is the top
 * @property {boolean | undefined} expanded undefined where there is nothing to expand
 * @property {string} ariaLabel what a screen reader says
 */

export class Workbench extends TerminalDriver {
  // --- palette and quick input ---

  /**
   * Runs a command from the palette.
   * @param {string} title as the palette shows it, with its category
   */
  async command(title) {
    const row = this.#quickRow(title);
    const deadline = Date.now() + defaultTimeout;
    for (;;) {
      await this.page.keyboard.press('F1');
      try {
        await this.#quickInput().fill(`>${title}`, { timeout: 3000 });
        await row.waitFor({ timeout: 1000 });
        await row.click({ timeout: 3000 });
        return;
      } catch (error) {
        if (Date.now() > deadline)
          throw new Error(`The palette has no command ${title}.`, { cause: error });
        // The palette knows the commands of the moment in which it opened, and extensions may still
        // be coming; and what takes the focus late, such as a view that was just opened, closes it.
        // Open it again.
        await this.page.keyboard.press('Escape');
        await this.#quickInput().waitFor({ state: 'detached' });
      }
    }
  }

  /**
   * Answers an input box or filters a quick pick: types the text and presses Enter.
   * @param {string} text
   * @param {{ accept?: boolean }} [options] accept false types only
   */
  async quickInput(text, { accept = true } = {}) {
    const input = this.#quickInput();
    await input.waitFor();
    await input.fill(text);
    if (accept) await input.press('Enter');
  }

  /**
   * Waits until an input box holds what it was opened with.
   * @param {RegExp} pattern
   */
  async quickValue(pattern) {
    const input = this.#quickInput();
    await input.waitFor();
    await this.until(
      () => input.inputValue(),
      (value) => pattern.test(value),
      defaultTimeout,
      (value) => `The input box does not hold ${pattern}, but ${value}`,
    );
  }

  /**
   * Chooses the row of a quick pick.
   * @param {string} label
   */
  async pick(label) {
    await this.#quickRow(label).click();
  }

  /** @returns {Promise<string[]>} what screen readers are told of the rows of the open quick pick */
  async quickRows() {
    await this.page
      .locator('.quick-input-widget .quick-input-list .monaco-list-row')
      .first()
      .waitFor();
    return this.page
      .locator('.quick-input-widget .quick-input-list .monaco-list-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** @returns {Promise<string>} the prompt or the validation message of the open input box */
  async quickMessage() {
    const message = this.page.locator('.quick-input-widget .quick-input-message');
    await message.waitFor();
    return message.innerText();
  }

  #quickInput() {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** @param {string} label */
  #quickRow(label) {
    const rows = this.page.locator(
      '.quick-input-widget:visible .quick-input-list .monaco-list-row',
    );
    // The first span of a row is its icon and label; what follows it is description and keybinding.
    return rows
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) })
      .first();
  }

  /**
   * Waits until a webview, such as the preview of a page, shows what is expected.
   * @param {RegExp} pattern
   * @returns {Promise<string>} its text
   */
  async preview(pattern) {
    const texts = () =>
      Promise.all(
        this.page.frames().map((frame) =>
          frame
            .locator('body')
            .innerText({ timeout: 2000 })
            // It is being loaded, or has gone.
            .catch(() => ''),
        ),
      );
    const shown = await this.until(
      texts,
      (all) => all.slice(1).some((text) => pattern.test(text)),
      defaultTimeout,
      (all) =>
        `No page showed ${pattern} within ${defaultTimeout / 1000} s. They show:\n${all.slice(1).join('\n---\n')}`,
    );
    return /** @type {string} */ (shown.slice(1).find((text) => pattern.test(text)));
  }

  // --- views ---

  /**
   * Shows a view container by its icon in the activity bar.
   * @param {string} title
   */
  async openViewContainer(title) {
    const tab = this.page.locator(`a.action-label[aria-label^="${title}"]`);
    const item = this.page.locator('.activitybar .action-item', { has: tab });
    await item.waitFor();
    // A click on the icon of the container that is shown already would hide it.
    if (!(await item.evaluate((element) => element.classList.contains('checked'))))
      await item.click();
  }

  /**
   * @param {string} viewTitle
   * @returns {Locator} the pane of a view
   */
  view(viewTitle) {
    return this.page.locator('.split-view-view > .pane', {
      has: this.page.locator(`.pane-header[aria-label^="${viewTitle}"]`),
    });
  }

  /**
   * Opens the section of a view that shares its container with others and is closed at first.
   * @param {string} viewTitle
   */
  async expandView(viewTitle) {
    const header = this.view(viewTitle).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /**
   * @param {Locator} place
   * @returns {Promise<string[]>} the texts in it of which the window shows the beginning only
   */
  cutTexts(place) {
    return place.evaluate((top) =>
      [top, ...top.querySelectorAll('*')]
        .filter((element) => window.getComputedStyle(element).textOverflow === 'ellipsis')
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent ?? ''),
    );
  }

  /**
   * The rows of a tree view that are on the screen, from the top.
   * @param {string} viewTitle
   * @returns {Promise<TreeRow[]>}
   */
  async treeRows(viewTitle) {
    return this.view(viewTitle)
      .locator('.monaco-list-row')
      .evaluateAll((rows) =>
        rows
          // The list reuses its elements: their order in the page is not the order on the screen.
          .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
          .map((row) => {
            const expanded = row.getAttribute('aria-expanded');
            return {
              label: row.querySelector('.label-name')?.textContent ?? row.textContent ?? '',
              description: row.querySelector('.label-description')?.textContent ?? '',
              level: Number(row.getAttribute('aria-level')),
              expanded: expanded === null ? undefined : expanded === 'true',
              ariaLabel: row.getAttribute('aria-label') ?? '',
            };
          }),
      );
  }

  /**
   * Waits until the rows of a tree are as expected.
   * @param {string} viewTitle
   * @param {(rows: TreeRow[]) => boolean} expected
   * @param {{ timeout?: number }} [options]
   * @returns {Promise<TreeRow[]>}
   */
  async waitForTree(viewTitle, expected, { timeout = defaultTimeout } = {}) {
    return this.until(
      () => this.treeRows(viewTitle),
      expected,
      timeout,
      (rows) =>
        `The view ${viewTitle} did not become as expected within ${timeout / 1000} s. It shows:\n${JSON.stringify(rows, undefined, 1)}`,
    );
  }

  /**
   * Opens the menu of a click, again where it closes before it is there.
   * @param {Locator} place what is clicked
   * @param {string} item that the menu has
   * @param {'left' | 'right'} [button]
   * @returns {Promise<Locator>} the item
   */
  async openMenu(place, item, button = 'right') {
    const row = this.page
      .locator('.monaco-menu:visible .action-item')
      .getByText(item, { exact: true })
      .first();
    for (let tries = 0; ; tries++) {
      try {
        // Where the pointer was left a hover may lie over the place.
        await this.page.mouse.move(0, 0);
        await place.click({ button, timeout: 10_000 });
        await row.waitFor({ timeout: 3_000 });
        return row;
      } catch (error) {
        if (tries === 4) throw error;
        // A redraw of the tree has closed the menu, or the click came to nothing.
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /**
   * Chooses from the menu of a click.
   * @param {Locator} place what is clicked
   * @param {string} item
   * @param {'left' | 'right'} [button]
   */
  async chooseFromMenu(place, item, button = 'right') {
    await this.clickInMenu(await this.openMenu(place, item, button));
  }

  /**
   * Clicks until the menu has gone: VS Code takes no click in the first moments of a menu, so that none happens by
   * accident.
   * @param {Locator} row of a menu that is open
   */
  async clickInMenu(row) {
    for (let tries = 1; ; tries++) {
      try {
        if (await row.isVisible()) await row.click({ timeout: 1_000 });
        await row.waitFor({ state: 'detached', timeout: 250 });
        return;
      } catch (error) {
        if (tries === 20) throw error;
      }
    }
  }

  /**
   * Replaces all text of the open editor and saves it; returns once it is on disk.
   * @param {string} text
   * @param {string} file the path that the editor is open on
   */
  async rewriteEditor(text, file) {
    await this.page.locator('.editor-instance .view-lines').click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Control+S');
    await this.until(
      () => readFile(file, 'utf8'),
      (saved) => saved === text,
      defaultTimeout,
      (saved) => `${file} was not saved within ${defaultTimeout / 1000} s. It holds:\n${saved}`,
    );
  }

  /**
   * @param {string} viewTitle
   * @param {string | RegExp} label
   * @returns {Locator} the first row with that label, to click, hover or expand
   */
  treeRow(viewTitle, label) {
    return this.view(viewTitle)
      .locator('.monaco-list-row')
      .filter({
        has: this.page.locator('.label-name', {
          hasText: typeof label === 'string' ? exactly(label) : label,
        }),
      })
      .first();
  }

  /**
   * Clicks the inline action of a tree row.
   * @param {string} viewTitle
   * @param {string | RegExp} label
   * @param {string} action the command's title
   */
  async treeAction(viewTitle, label, action) {
    const row = this.treeRow(viewTitle, label);
    const button = row.locator(`.actions .action-label[aria-label^="${action}"]`);
    // A row shows its actions under the pointer only, and the tree may move it away in between.
    await this.until(
      async () => {
        try {
          await this.page.mouse.move(0, 0);
          await row.hover({ timeout: 2_000 });
          const arrived = await this.#clickOn(action);
          await button.click({ timeout: 2_000 });
          // A row that is drawn anew between the button's way down and up takes the click for itself.
          return (await arrived.evaluate(({ seen }) => seen))
            ? undefined
            : 'the click came to nothing';
        } catch (error) {
          return error;
        }
      },
      (error) => error === undefined,
      defaultTimeout,
      (error) => `The row ${label} of ${viewTitle} offers no “${action}”: ${error}`,
    );
  }

  /**
   * @param {string} action the beginning of a button's name
   * @returns whether a click has come to it since, to be asked afterwards
   */
  #clickOn(action) {
    return this.page.evaluateHandle((name) => {
      const clicks = { seen: false };
      const look = (/** @type {MouseEvent} */ { target }) => {
        const label = /** @type {Element} */ (target).closest('.action-label');
        if (!label?.getAttribute('aria-label')?.startsWith(name)) return;
        clicks.seen = true;
        document.removeEventListener('click', look, true);
      };
      document.addEventListener('click', look, true);
      return clicks;
    }, action);
  }
}
