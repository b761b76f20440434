// How much of a container's output is read before anybody takes it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { Pty } from '../../../../../src/helper/console/pty/Pty';
import { onTerminal } from '../../../../../src/helper/console/pty/onTerminal';

describe('PtyStream', () => {
  it('reads some 4 KiB ahead: more would keep Ctrl+C waiting', async () => {
    const pty = new Pty({ cols: 80, rows: 24 });
    const [program, ...args] = onTerminal(pty.path, ['yes']);
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const { stream } = pty;
    try {
      let taken = 0;
      await new Promise<void>((resolve) =>
        stream.on('data', (chunk: Buffer) => {
          taken += chunk.length;
          if (taken > 100_000) resolve();
        }),
      );
      stream.pause();
      while (stream.readableLength < 4 * 1024) await delay(5);
      await delay(100); // nothing happens meanwhile
      // The kernel reads a terminal in pieces of 4 KiB.
      assert.ok(stream.readableLength < 12 * 1024, `${stream.readableLength} bytes`);
    } finally {
      child.kill('SIGKILL');
      pty.dispose();
    }
  });
});
