/** What a container prints, in the real editor: nothing of it arrives outside its terminal. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Window, useWindow } from './window';

describe('what a container prints', function () {
  this.timeout(180_000);
  let window: Window;
  useWindow(
    () => Window.openRunning(),
    (opened) => (window = opened),
    { sameHost: true },
  );
  before(() => {
    const rootfs = path.join(window.workspace, 'box/rootfs');
    // Files, so that what is typed has no sequence in it.
    const commands = [
      '52;c;aGVsbG8gZnJvbSBpbnNpZGU=',
      '52;c;?',
      '9;a note',
      '777;notify;a note;text',
      '633;A',
    ];
    writeFileSync(path.join(rootfs, 'commands'), commands.map((one) => `\x1b]${one}\x07`).join(''));
    const screen = `\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b[2;5r\x1b[44m\x1b[2J\x1b[3;5Ha blue box\x1b[0m`;
    writeFileSync(path.join(rootfs, 'screen'), screen);
  });

  it('neither reads nor writes the clipboard, nor raises a notification', async () => {
    const { workbench } = window;
    const { page } = workbench;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate("navigator.clipboard.writeText('the person’s own')");
    await workbench.command('Notifications: Clear All Notifications');
    // Whatever the terminal answered would be read after the commands.
    await workbench.typeInTerminal(
      'cat commands; read -t 2 answer; echo "answer [$answer]" pri""nted\n',
    );
    await workbench.waitForTerminal(/answer \[\] printed/);
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'the person’s own');
    assert.deepEqual(await page.locator('.notification-list-item').allTextContents(), []);
  });

  it('is brought back by a reload with its colours, its mouse and its hidden cursor', async () => {
    const { workbench } = window;
    const { page } = workbench;
    await workbench.typeInTerminal(
      'clear; cat screen; read -r -t 60 -n 9 mouse; echo; echo "mouse ${mouse#?}" read\n',
    );
    await workbench.waitForTerminal(/a blue box/);
    await page.reload();
    await workbench.waitForTerminal(/a blue box/, { timeout: 60_000 });
    await window.picture('restored');
    await page
      .locator('.terminal-wrapper.active .xterm-screen')
      .click({ position: { x: 20, y: 20 } });
    await workbench.waitForTerminal(/mouse \[<0;\d+;\d+/);
    await workbench.typeInTerminal('\x03');
  });
});
