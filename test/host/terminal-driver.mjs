// The integrated terminal: keys in, text out.

import { MessageDriver } from './message-driver.mjs';

export class TerminalDriver extends MessageDriver {
  /**
   * Types into the active terminal; `\n` is Enter.
   * @param {string} text
   */
  async typeInTerminal(text) {
    const keys = this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').last();
    await keys.waitFor({ state: 'attached' });
    await keys.focus();
    await this.page.keyboard.type(text);
  }

  /**
   * @returns {Promise<string>} the active terminal's text with its scrollback, wrapped lines joined;
   *   empty without a terminal
   */
  terminalText() {
    return this.page.evaluate(activeTerminalText);
  }

  /**
   * Waits until the active terminal shows what is expected.
   * @param {RegExp} pattern
   * @param {{ timeout?: number }} [options]
   * @returns {Promise<string>} the text that matched
   */
  async waitForTerminal(pattern, { timeout = 60_000 } = {}) {
    return this.until(
      () => this.terminalText(),
      (text) => pattern.test(text),
      timeout,
      (text) =>
        `The terminal did not show ${pattern} within ${timeout / 1000} s. It shows:\n${text.trimEnd()}`,
    );
  }
}

/** Runs in the page: the terminal's own buffer, which the smoke-test driver of VS Code reads too. */
function activeTerminalText() {
  const wrappers = [...document.querySelectorAll('.terminal-wrapper.active')];
  const wrapper = wrappers.at(-1);
  if (!wrapper) return '';
  const holder = /** @type {any} */ (
    [wrapper, ...wrapper.querySelectorAll('*')].find((element) => 'xterm' in element)
  );
  const buffer = holder?.xterm.buffer.active;
  if (!buffer) return '';
  let text = '';
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row);
    text += (row > 0 && !line.isWrapped ? '\n' : '') + line.translateToString(true);
  }
  return text;
}
