// What the active terminal of the workbench has drawn, and when. The clock is the page's own: from the
// key press as the page gets it to the frame in which the text is on the screen, so that neither the
// driver's polling nor its way to the browser is in the figure.

/** @typedef {import('../host/workbench.mjs').Workbench} Workbench */

/**
 * @param {Workbench} workbench
 * @param {string} key to press, in Playwright's words
 * @param {{ line: string, at: 'cursor' | 'anywhere' }} expected the text of the cursor's line, or of any
 *   line on the screen
 * @param {number} limitMs
 * @returns {Promise<number>} milliseconds from the key press to the frame that shows it
 */
export async function pressAndSee(workbench, key, expected, limitMs) {
  const { page } = workbench;
  await page.evaluate(arm, { ...expected, limitMs });
  await page.keyboard.press(key);
  return page.evaluate(() => /** @type {any} */ (window).terrariumBench);
}

/**
 * Runs in the page.
 * @param {{ line: string, at: string, limitMs: number }} expected
 */
function arm({ line, at, limitMs }) {
  const wrapper = [...document.querySelectorAll('.terminal-wrapper.active')].at(-1);
  const holder = /** @type {any} */ (
    [wrapper, ...(wrapper?.querySelectorAll('*') ?? [])].find((one) => one && 'xterm' in one)
  );
  const xterm = holder?.xterm;
  if (!xterm) throw new Error('no terminal is on the screen');
  const shows = () => {
    const buffer = xterm.buffer.active;
    const text = (/** @type {number} */ row) => buffer.getLine(row)?.translateToString(true) ?? '';
    if (at === 'cursor') return text(buffer.baseY + buffer.cursorY) === line;
    for (let row = buffer.baseY; row < buffer.baseY + xterm.rows; row++)
      if (text(row) === line) return true;
    return false;
  };
  if (shows()) throw new Error(`the screen shows ${line} before the key is pressed`);
  /** @type {any} */ (window).terrariumBench = new Promise((resolve, reject) => {
    let pressed = NaN;
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (Number.isNaN(pressed)) pressed = event.timeStamp;
    };
    document.addEventListener('keydown', onKey, { capture: true });
    const timer = setTimeout(() => {
      release();
      reject(new Error(`the screen did not show ${line} within ${limitMs / 1000} s`));
    }, limitMs);
    const drawn = xterm.onRender(() => {
      if (Number.isNaN(pressed) || !shows()) return;
      release();
      resolve(performance.now() - pressed);
    });
    const release = () => {
      clearTimeout(timer);
      drawn.dispose();
      document.removeEventListener('keydown', onKey, { capture: true });
    };
  });
}
