/** Output without end (45): memory stays bounded, Ctrl+C acts, and other consoles stay live. */
import assert from 'node:assert/strict';
import {
  Workplace,
  assertSameHost,
  hostState,
  processesWith,
  residentMemory,
  until,
} from './containers';
import { Client, Screen, Served, graceMs, size } from './serving';

const prompt = /\/ #$/;
/**
 * What a console may cost the helper at most, in MiB: its screen, its scrollback, what is on the way, and
 * what V8 has not collected yet (some 40, on a busy machine 67).
 */
const mostMemory = 96;

/** What is read of a console beyond its window, and what the kernel keeps through a flush: five reads of 4 KiB. */
const readAhead = 20 * 1024;

describe('output without end', function () {
  this.timeout(240_000);
  let place: Workplace;
  let served: Served;
  let client: Client;
  let pid: number;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    place = await Workplace.open(this);
    hostBefore = hostState();
    served = await Served.start(place, 'root');
    client = await served.connect();
    ({ pid } = await client.rpc.request('hello', { client: 'test' }));
  });
  after(async () => {
    await served?.stop();
    await assertSameHost(hostBefore);
    await place?.close();
  });

  /** Of the helper, in MiB. */
  const memory = () => residentMemory(pid) / 1024;

  /** Runs `during` and gives back by how much the helper grew at most, in MiB. */
  async function growth(during: () => Promise<void>): Promise<number> {
    const before = memory();
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, memory())), 20);
    try {
      await during();
    } finally {
      clearInterval(timer);
    }
    return most - before;
  }

  async function shell() {
    const info = await client.start(await place.bundle('root'));
    const screen = await client.attach(info.console);
    await screen.shows(prompt);
    return { info, screen };
  }

  for (const [what, command] of [
    ['yes', 'yes'],
    ['random text', 'base64 /dev/urandom'],
  ] as const) {
    it(`is held up by a window that does not read: ${what}`, async () => {
      const { info, screen } = await shell();
      const other = await shell();
      const grown = await growth(async () => {
        screen.stream.pause();
        screen.type(`${command}\r`);
        // As long as the other container needs for ten answers, one after the other.
        for (let round = 0; round < 10; round++) {
          other.screen.type(`echo answer $((${round} * 7))\r`);
          await other.screen.shows(new RegExp(`^answer ${round * 7}$`, 'm'));
        }
      });
      assert.ok(grown < mostMemory, `the helper grew by ${Math.round(grown)} MiB`);
      screen.type('\x03');
      screen.stream.resume();
      await until('the prompt', () => prompt.test(screen.text));
      screen.type('echo be; echo fore\r');
      await screen.shows(/^fore\n\/ #$/m);
      for (const { id } of [info, other.info]) await client.rpc.request('stop', { id, graceMs });
    });
  }

  it('stops at Ctrl+C while a window reads all it can', async () => {
    const { info, screen } = await shell();
    screen.type('yes\r');
    await until('a lot of it', () => screen.received > 500_000);
    screen.type('\x03');
    await screen.shows(/\^C\n\/ #$/);
    await client.rpc.request('stop', { id: info.id, graceMs });
  });

  /** What it has not read lies in the kernel, which drops it at a signal, or with NOFLSH does not: termios(3). */
  for (const [flushes, mode] of [
    [true, 'a flush'],
    [false, 'NOFLSH'],
  ] as const)
    it(`reads no more ahead of a terminal than its window, so that Ctrl+C drops the rest (${mode})`, async () => {
      const { info, screen: first } = await shell();
      first.close();
      const [viewer, window] = ['abcdefabcdefabcd', 64 * 1024];
      const stream = await client.rpc.openStream(info.console, { ...size, viewer, window });
      const screen = new Screen(stream, size);
      await screen.shows(prompt);
      if (!flushes) screen.type('stty noflsh\r');
      // What the kernel hands out at once is no multiple of this, so it cuts sequences.
      screen.type("yes $(printf '\\033[31mred\\033[0m')\r");
      await until('a full window', () => screen.received >= window);
      await screen.quiet();
      const ahead = screen.received;
      assert.ok(ahead < window + readAhead, `${ahead} bytes`);
      screen.type('\x03');
      await until('the end of yes', () => processesWith('mred').length === 0);
      stream.on('data', ({ length: bytes }: Buffer) => {
        void client.rpc.request('adjustWindow', { stream: info.console, viewer, bytes });
      });
      await client.rpc.request('adjustWindow', { stream: info.console, viewer, bytes: ahead });
      await screen.shows(prompt);
      const rest = screen.received - ahead;
      if (flushes) assert.ok(rest < readAhead, `${rest} bytes after it`);
      else assert.ok(rest > readAhead, `${rest} bytes after it`);
      assert.match(screen.text.slice(-40), /^red\n.*\^C\n?\/ #$/m);
      const again = await client.attach(info.console);
      await again.shows(prompt);
      assert.equal(again.text, screen.text);
      await client.rpc.request('stop', { id: info.id, graceMs });
    });

  it('passes a log of 200 MB through, to the last byte, in little memory', async () => {
    const { info, screen } = await shell();
    screen.close();
    const stream = await client.rpc.openStream(info.console, size);
    const line = 'x'.repeat(98);
    let [lines, rest] = [0, ''];
    const grown = await growth(async () => {
      const over = new Promise<void>((resolve) => {
        stream.on('data', (bytes: Buffer) => {
          const [...whole] = (rest + bytes.toString('latin1')).split('\n');
          rest = whole.pop()!;
          lines += whole.filter((one) => one === `${line}\r`).length;
          if (whole.some((one) => one.startsWith('the end'))) resolve();
        });
      });
      stream.resume();
      stream.write(`yes ${line} | head -n 2000000; echo the end\r`);
      await over;
    });
    assert.equal(lines, 2_000_000);
    assert.ok(grown < mostMemory, `the helper grew by ${Math.round(grown)} MiB`);
    stream.destroy();
    await client.rpc.request('stop', { id: info.id, graceMs });
  });
});
