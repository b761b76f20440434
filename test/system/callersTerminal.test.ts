/** What `helper.js run` on a terminal lets through to it, and leaves of it to the shell that comes after. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Terminal } from '@xterm/headless';
import { Pty } from '../../src/helper/console/pty/Pty';
import { onTerminal } from '../../src/helper/console/pty/onTerminal';
import { quote } from '../../src/core/text/quote';
import { Workplace, usePlace } from './containers';

const size = { cols: 80, rows: 24 };

describe('the terminal of run', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  /** Runs a shell script on a terminal that answers as VS Code's does. */
  async function onAnswering(
    script: string,
    typed = '',
  ): Promise<{ output: string; terminal: Terminal }> {
    const pty = new Pty(size);
    const terminal = new Terminal({ ...size, allowProposedApi: true, logLevel: 'off' });
    terminal.onData((answer) => pty.stream.write(answer));
    let output = '';
    pty.stream.write(typed);
    pty.stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      terminal.write(chunk);
    });
    const [program, ...words] = onTerminal(pty.path, ['bash', '-c', script]);
    const child = spawn(program, words, { detached: true, stdio: 'ignore' });
    const closed = once(pty.stream, 'close');
    await once(child, 'exit');
    pty.closeSlave();
    await closed;
    await new Promise<void>((done) => terminal.write('', done));
    pty.dispose();
    return { output, terminal };
  }

  /** The helper's command line, and what of the terminal's input it leaves: read for half a second. */
  function thenLook(argv: readonly string[], redirect = ''): string {
    return `${argv.map(quote).join(' ')} ${redirect}
      stty raw -echo min 0 time 5; left=$(od -An -c); stty sane; echo "left [$left]"`;
  }

  const printed =
    '\\033]52;c;?\\007\\033]9;note\\007\\033]633;A\\007\\033[?1049h\\033[?1000h\\033[?1006h\\033[?2004h\\033[?25l\\033[6n\\033[c\\033[?1$p\\033[5ntext';

  for (const privilege of ['root', 'rootless'] as const) {
    for (const terminal of [true, false])
      it(`gets no command for the clipboard, and is as it was afterwards (${privilege}, process.terminal ${terminal})`, async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.terminal = terminal;
        });
        const words = ['run', bundle, '--', '/bin/sh', '-c', `printf '${printed}'; kill -9 $$`];
        const { argv } = place.command(privilege, words);
        const { output, terminal: shown } = await onAnswering(thenLook(argv));
        assert.match(output, /text/);
        assert.doesNotMatch(output, /\]52|\]9;|\]633/);
        assert.match(output, /left \[\]/, output);
        assert.equal(shown.modes.mouseTrackingMode, 'none');
        assert.equal(shown.modes.bracketedPasteMode, false);
        assert.equal(shown.buffer.active.type, 'normal');
      });
  }

  it('lends an init a terminal of no other container and no other program', async () => {
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.process.args = ['/sbin/init'];
    });
    const init = path.join(bundle, 'rootfs/sbin/init');
    mkdirSync(path.dirname(init), { recursive: true });
    const script =
      'stat -c "device %d" /dev/console; stty size; read line; echo "read $line"; exit 3';
    writeFileSync(init, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { argv } = place.command('root', ['run', bundle]);
    const { output } = await onAnswering(
      `${argv.map(quote).join(' ')}; echo "status $?"`,
      'typed\r',
    );
    assert.match(output, /^24 80\r+\n[^]*^read typed\r+\n[^]*^status 3\r$/m);
    const device = Number(/^device (\d+)/m.exec(output)![1]);
    assert.notEqual(device, statSync('/dev/pts').dev);
  });

  it('gives a file every byte', async () => {
    const bundle = await place.bundle('root');
    const file = path.join(mkdtempSync(path.join(place.folder, 'out-')), 'out');
    writeFileSync(file, '');
    const { argv } = place.command('root', [
      'run',
      bundle,
      '--',
      '/bin/sh',
      '-c',
      `printf '${printed}'`,
    ]);
    const { output } = await onAnswering(
      `${argv.map(quote).join(' ')} >${quote(file)} </dev/null; od -An -c ${quote(file)} | head -1`,
    );
    assert.match(output, /033\s+\]\s+5\s+2/);
  });
});
