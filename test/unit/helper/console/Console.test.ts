/* eslint-disable no-control-regex -- control sequences are what it is about */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Terminal } from '@xterm/headless';
import { Console } from '../../../../src/helper/console/Console';
import { onTerminal } from '../../../../src/helper/console/pty/onTerminal';

const size = { cols: 80, rows: 24 };
/** Its threads are the helper's. */
const program = path.resolve('dist/helper.js');

/** The client's end of a stream: what it received, and what it types. */
class Client extends Duplex {
  received = Buffer.alloc(0);
  constructor(private readonly reads = true) {
    super({ writableHighWaterMark: 16 * 1024 });
  }
  override _write(chunk: Buffer, _: string, done: () => void) {
    if (!this.reads) return; // stuck for ever
    this.received = Buffer.concat([this.received, chunk]);
    setImmediate(done);
  }
  override _read() {}
  type(text: string) {
    this.push(Buffer.from(text));
  }
}

describe('Console', () => {
  let console_: Console;
  const children: ChildProcess[] = [];

  const run = (script: string, ...args: string[]) => {
    const [program, ...rest] = onTerminal(console_.terminal.path, [
      '/bin/sh',
      '-c',
      script,
      'sh',
      ...args,
    ]);
    const child = spawn(program, rest, { detached: true, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const until = async (condition: () => boolean) => {
    for (let tries = 0; !condition(); tries++) {
      assert.ok(tries < 500, 'it never came');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  beforeEach(() => (console_ = new Console(size, Date.now, program)));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    console_.dispose();
  });

  it('is the controlling terminal of its child, of the right size, and passes input', async () => {
    const client = new Client();
    console_.attach(client, { cols: 90, rows: 30 });
    run('stty size; tty </dev/tty; read line; echo "got $line"');
    await until(() => client.received.includes('/dev/tty'));
    client.type('words\r');
    await until(() => client.received.includes('got words'));
    assert.match(client.received.toString(), /30 90\r\n/);
  });

  it('lets no descriptor of the helper through to its child', async () => {
    const other = new Console(size, Date.now, program);
    const client = new Client();
    console_.attach(client, size);
    // Its own, with the folder that it reads: the shell has pipes for a moment.
    run('ls /proc/self/fd | tr "\\n" " "; echo end');
    await until(() => client.received.includes('end'));
    other.dispose();
    assert.match(client.received.toString(), /^0 1 2 3 end/);
  });

  it('passes a resize on', async () => {
    const client = new Client();
    console_.attach(client, size);
    run('echo on; read line; stty size');
    await until(() => client.received.includes('on'));
    console_.resize({ cols: 133, rows: 44 });
    client.type('\r');
    await until(() => client.received.includes('44 133'));
  });

  it('loses and repeats nothing for clients that come, go and return', async () => {
    const first = new Client();
    console_.attach(first, size);
    const child = run(
      'i=0; while [ $i -lt 4500 ]; do printf "\\033[3%dmline %d \\303\\244\\033[0m\\r\\n" $((i%8)) $i; i=$((i+1)); done',
    );
    const late: Client[] = [];
    const timer = setInterval(() => {
      const client = new Client();
      late.push(client);
      console_.attach(client, size);
    }, 3);
    await once(child, 'exit');
    clearInterval(timer);
    const delivered = [first, ...late].map((client) => once(client, 'finish'));
    await console_.end();
    await Promise.all(delivered);
    assert.ok(late.length > 2, 'nobody came late');
    const lines = await textOf(first.received);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('line')),
      Array.from({ length: 4500 }, (_, i) => `line ${i} ä`),
    );
    for (const client of late) assert.deepEqual(await textOf(client.received), lines);
  });

  it('consumes output while nobody looks, and shows it to whoever comes after the end', async () => {
    await once(run('seq 1 20000'), 'exit');
    await console_.end();
    const client = new Client();
    console_.attach(client, size);
    await once(client, 'finish');
    const lines = (await textOf(client.received)).filter(Boolean);
    assert.equal(lines.at(-1), '20000');
    assert.ok(lines.length >= 5000 && lines.length <= 5024, String(lines.length));
  });

  it('waits for its only client, and detaches one that is stuck while another reads', async () => {
    console_.dispose();
    let now = 0;
    console_ = new Console(size, () => now, program);
    const stuck = new Client(false);
    console_.attach(stuck, size);
    run('yes');
    await until(() => stuck.writableNeedDrain);
    const queued = stuck.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 100)); // nothing happens meanwhile
    assert.ok(stuck.writableLength - queued < 256 * 1024, 'its queue grows');
    const reading = new Client();
    console_.attach(reading, size);
    now = 6000;
    console_.write('tick');
    await until(() => stuck.destroyed);
    const before = reading.received.length;
    await until(() => reading.received.length > before + 100_000);
  });

  it('reads no more than the window of a terminal that says what it has drawn', async () => {
    const window = 64 * 1024;
    /** What is read at once. */
    const piece = 4 * 1024;
    const client = new Client();
    console_.attach(client, size, { name: 'one', window });
    run('yes');
    await until(() => client.received.length >= window);
    await delay(100); // nothing happens meanwhile
    const before = client.received.length;
    assert.ok(before < window + piece, `${before} bytes`);
    console_.adjustWindow('another', window);
    await delay(100); // nor does it now
    assert.equal(client.received.length, before);
    console_.adjustWindow('one', window);
    await until(() => client.received.length >= 2 * window);
    await delay(100);
    assert.ok(client.received.length < 2 * window + piece, `${client.received.length} bytes`);
  });

  it('does not detach a terminal that draws slowly while another one waits', async () => {
    console_.dispose();
    let now = 0;
    console_ = new Console(size, () => now, program);
    const slow = new Client();
    console_.attach(slow, size, { name: 'slow', window: 16 * 1024 });
    console_.attach(new Client(), size);
    run('yes');
    await until(() => slow.received.length >= 16 * 1024);
    for (let draws = 0; draws < 3; draws++) {
      now += 4000;
      console_.adjustWindow('slow', 1);
      assert.equal(slow.destroyed, false);
    }
    now += 5000;
    console_.write('tick');
    await until(() => slow.destroyed);
  });

  it('makes lines of ours dim', async () => {
    const client = new Client();
    console_.attach(client, size);
    console_.writeLine('hello');
    await until(() => client.received.includes('hello'));
    assert.equal(client.received.toString(), '\x1b[2mhello\x1b[0m\r\n');
  });

  it('makes warnings yellow, and breaks them between words', async () => {
    const client = new Client();
    console_.attach(client, { cols: 20, rows: 24 });
    console_.warn('seccomp is not carried out here');
    await until(() => client.received.includes('here'));
    assert.equal(
      client.received.toString(),
      '\x1b[33m! seccomp is not\r\ncarried out here\x1b[0m\r\n',
    );
  });

  it('shows nobody what acts on the editor, now or later', async () => {
    const first = new Client();
    console_.attach(first, size);
    run(
      'printf "a\\033]52;c;?\\007\\033]9;n\\007\\033]633;A\\007\\033]8;;file:///etc\\007b\\033[999999999bend"; cat',
    );
    await until(() => first.received.includes('end'));
    const late = new Client();
    console_.attach(late, size);
    await until(() => late.received.includes('end'));
    for (const { received } of [first, late])
      assert.match(received.toString('latin1'), /^a(?:\x1b\]8;;\x07)?b(?:b{79}|\x1b\[80b)/);
    assert.equal(first.received.toString('latin1'), 'a\x1b]8;;\x07b\x1b[80bend');
    assert.doesNotMatch(late.received.toString('latin1'), /\x1b\]|etc/);
  });

  it('asks no question again for whoever comes later', async () => {
    const first = new Client();
    console_.attach(first, size);
    run('printf "one\\033[6ntwo\\a"; cat');
    await until(() => first.received.includes('two'));
    const late = new Client();
    console_.attach(late, size);
    await until(() => late.received.includes('two'));
    assert.ok(first.received.includes('\x1b[6n'));
    assert.doesNotMatch(late.received.toString('latin1'), /\x1b\[6n|\x07/);
  });

  it('leaves the terminal as it was, where a program was killed that had changed it', async () => {
    const client = new Client();
    console_.attach(client, size);
    const child = run('printf "\\033[?1049h\\033[?1000h\\033[?25lon"; cat');
    await until(() => client.received.includes('on'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await console_.end('over');
    await once(client, 'finish');
    assert.match(
      client.received.toString('latin1'),
      /on\x1b\[\?1000l\x1b\[\?25h\x1b\[\?1049l\x1b\[2mover/,
    );
  });

  it('is not held by what a terminal takes long for, nor by writing down a full screen', async () => {
    console_.resize({ cols: 500, rows: 60 });
    const cell = (i: number) => `\x1b[38;5;${i % 256};48;5;${(i * 7) % 256}mX`;
    const line = Array.from({ length: 500 }, (_, i) => cell(i)).join('');
    let longest = 0;
    let before = performance.now();
    const pulse = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - before);
      before = now;
    }, 1);
    const child = run(
      'i=0; while [ $i -lt 200 ]; do echo "$1"; i=$((i+1)); done; i=0; while [ $i -lt 500 ]; do printf "x\\033[999999999b\\033[9999L\\033[2J"; i=$((i+1)); done',
      line,
    );
    await once(child, 'exit');
    await console_.end();
    const client = new Client();
    console_.attach(client, { cols: 500, rows: 60 });
    await once(client, 'finish');
    clearInterval(pulse);
    assert.ok(client.received.length > 0);
    // Parsing this takes seconds; the rest of the machine may take some milliseconds too.
    assert.ok(longest < 500, `the longest turn took ${Math.round(longest)} ms`);
  });

  it('says so where its screen was lost, and goes on', async () => {
    const lost = new Console(size, Date.now, path.resolve('package.json'));
    lost.write('\x07');
    lost.write('before');
    const client = new Client();
    lost.attach(client, size);
    await until(() => client.received.includes('could not be kept'));
    lost.writeLine('still here');
    await until(() => client.received.includes('still here'));
    lost.dispose();
  });

  it('survives a client that dies', async () => {
    const client = new PassThrough();
    console_.attach(client, size);
    client.destroy(new Error('EPIPE'));
    await until(() => console_.attached === 0);
    console_.writeLine('still here');
  });
});

async function textOf(bytes: Buffer): Promise<string[]> {
  const terminal = new Terminal({ ...size, scrollback: 5000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  const buffer = terminal.buffer.active;
  return Array.from({ length: buffer.length }, (_, i) =>
    buffer.getLine(i)!.translateToString(true),
  );
}
