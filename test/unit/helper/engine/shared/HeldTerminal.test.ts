/** How much of a terminal's output its holder has on the way, in processes of their own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { holderWindow } from '../../../../../src/helper/console/terminalHolder';
import { onTerminal } from '../../../../../src/helper/console/pty/onTerminal';
import { HeldTerminal } from '../../../../../src/helper/engine/shared/HeldTerminal';

describe('HeldTerminal', () => {
  it('is sent no more than its window, so that the kernel has the rest at Ctrl+C', async () => {
    const holder = [process.execPath, path.resolve('dist/terminal.js')];
    const argv = [...holder, String(process.geteuid!()), 'apart'];
    const terminal = await HeldTerminal.open(argv, {}, { cols: 80, rows: 24 });
    const [program, ...args] = onTerminal(terminal.tty!, ['yes']);
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    /** What is read at once. */
    const piece = 4 * 1024;
    let received = 0;
    const until = async (bytes: number) => {
      for (let tries = 0; received < bytes; tries++) {
        assert.ok(tries < 500, `${received} bytes`);
        await delay(10);
      }
      await delay(100); // nothing comes meanwhile
      assert.ok(received < bytes + piece, `${received} bytes`);
    };
    try {
      terminal.stream.on('data', ({ length }: Buffer) => (received += length));
      await until(holderWindow);
      terminal.taken(received);
      await until(received + holderWindow);
    } finally {
      child.kill('SIGKILL');
      terminal.dispose();
    }
  });
});
