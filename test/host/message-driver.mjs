// Notifications and dialogs: what the workbench says to a person, and the buttons under it.

import { PageDriver, defaultTimeout, exactly } from './page-driver.mjs';

/**
 * @typedef {object} Notification
 * @property {'info' | 'warning' | 'error' | 'progress'} severity
 * @property {string} message
 * @property {string[]} buttons
 */

export class MessageDriver extends PageDriver {
  /** @returns {Promise<Notification[]>} the notifications on the screen */
  async notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item').evaluateAll((items) =>
      items.map((item) => {
        const icon = item.querySelector('.notification-list-item-icon');
        const severity = ['error', 'warning', 'info'].find((name) =>
          icon?.classList.contains(`codicon-${name}`),
        );
        return {
          severity: /** @type {Notification['severity']} */ (severity ?? 'progress'),
          message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
          buttons: [
            ...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button'),
          ].map((button) => button.textContent ?? ''),
        };
      }),
    );
  }

  /**
   * Waits for a notification.
   * @param {RegExp} pattern of its message
   * @param {{ timeout?: number, click?: string }} [options] click: the button to press then
   * @returns {Promise<Notification>}
   */
  async notification(pattern, { timeout = defaultTimeout, click } = {}) {
    const all = await this.until(
      () => this.notifications(),
      (list) => list.some(({ message }) => pattern.test(message)),
      timeout,
      (list) =>
        `No notification matched ${pattern} within ${timeout / 1000} s. There are: ${JSON.stringify(list)}`,
    );
    if (click) {
      const item = this.page.locator('.notifications-toasts .notification-list-item', {
        hasText: pattern,
      });
      await item
        .locator('.monaco-button', { hasText: exactly(click) })
        .first()
        .click();
    }
    return /** @type {Notification} */ (all.find(({ message }) => pattern.test(message)));
  }

  /**
   * Waits for a modal dialog.
   * @param {{ click?: string }} [options] the button to press
   * @returns {Promise<string>} its text
   */
  async dialog({ click } = {}) {
    const box = this.page.locator('.monaco-dialog-box');
    await box.waitFor();
    const text = await box.locator('.dialog-message-container').innerText();
    if (click) {
      await box
        .locator('.monaco-button', { hasText: exactly(click) })
        .first()
        .click();
      await box.waitFor({ state: 'detached' });
    }
    return text;
  }
}
