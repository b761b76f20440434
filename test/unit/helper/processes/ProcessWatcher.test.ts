import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { ProcessList } from '../../../../src/helper/processes/ProcessList';
import {
  type Clock,
  type ProcessSource,
  ProcessWatcher,
  fastest,
  perMessage,
  slowest,
  slowestLively,
} from '../../../../src/helper/processes/ProcessWatcher';
import type { ProcessDelta, ProcessInfo } from '../../../../src/protocol/processes';
import { processInfo } from '../../processInfo';

const info = processInfo;

/** What a reader does with what it reads. */
function listOf(read: () => Promise<ProcessInfo[]>): ProcessSource {
  const list = new ProcessList();
  return {
    changes: async (since) => {
      list.replace(await read());
      return list.changes(since);
    },
  };
}

/** A clock that moves when told, and a container whose processes are what the test says. */
class Bench {
  now = 0;
  timer: { ms: number; callback: () => void } | undefined;
  readonly deltas: ProcessDelta[] = [];
  processes: ProcessInfo[] = [info(1)];
  failure: string | undefined;
  reads = 0;
  readsAtOnce = 0;
  readMs = 0;
  gate: Promise<void> | undefined;

  readonly clock: Clock = {
    now: () => this.now,
    after: (ms, callback) => {
      assert.equal(this.timer, undefined, 'one timer at a time');
      const timer = (this.timer = { ms, callback });
      return () => {
        if (this.timer === timer) this.timer = undefined;
      };
    },
  };

  readonly watcher = new ProcessWatcher({
    id: '0123456789abcdef',
    reader: listOf(() => this.#read()),
    emit: (delta) => this.deltas.push(delta),
    clock: this.clock,
  });

  /** Lets the pause pass and the next read happen; gives the messages it led to. */
  async tick(): Promise<ProcessDelta[]> {
    const timer = this.timer;
    this.timer = undefined;
    timer?.callback();
    await setImmediate();
    return this.deltas.splice(0);
  }

  async start(): Promise<ProcessDelta[]> {
    this.watcher.start();
    await setImmediate();
    return this.deltas.splice(0);
  }

  async #read(): Promise<ProcessInfo[]> {
    this.reads++;
    assert.equal(++this.readsAtOnce, 1, 'one read at a time');
    await this.gate;
    this.now += this.readMs;
    this.readsAtOnce--;
    if (this.failure !== undefined) throw new Error(this.failure);
    return this.processes;
  }
}

const message = (upserted: ProcessInfo[], removed: string[] = [], full = false) => ({
  id: '0123456789abcdef',
  full,
  upserted,
  removed,
});

describe('ProcessWatcher', () => {
  let bench: Bench;
  beforeEach(() => (bench = new Bench()));
  afterEach(() => bench.watcher.stop());

  it('reads nothing before it is started', async () => {
    await setImmediate();
    assert.equal(bench.reads, 0);
  });

  it('sends everything first, then only what differs', async () => {
    assert.deepEqual(await bench.start(), [message([info(1)], [], true)]);
    assert.deepEqual(await bench.tick(), []);
    bench.processes = [info(1), info(2)];
    assert.deepEqual(await bench.tick(), [message([info(2)])]);
    bench.processes = [info(2, { state: 'T' })];
    assert.deepEqual(await bench.tick(), [message([info(2, { state: 'T' })], [info(1).key])]);
  });

  it('sends an empty first message for a container without processes', async () => {
    bench.processes = [];
    assert.deepEqual(await bench.start(), [message([], [], true)]);
  });

  it('sends many processes in several messages, in one piece as far as the client can tell', async () => {
    const many = Array.from({ length: 2 * perMessage + 1 }, (_, at) => info(at + 1));
    bench.processes = many;
    const first = await bench.start();
    while (first.at(-1)?.more) {
      await setImmediate();
      first.push(...bench.deltas.splice(0));
    }
    assert.deepEqual(
      first.map(({ full, more, upserted }) => [full, more ?? false, upserted.length]),
      [
        [true, true, perMessage],
        [false, true, perMessage],
        [false, false, 1],
      ],
    );
    assert.deepEqual(
      first.flatMap(({ upserted }) => upserted),
      many,
    );
  });

  it('sends user names first, and again only when they change', async () => {
    let names: [number, string][] = [[0, 'root']];
    const messages: ProcessDelta[] = [];
    const watcher = new ProcessWatcher({
      id: 'x',
      reader: listOf(() => Promise.resolve([info(1)])),
      users: () => Promise.resolve(names),
      emit: (delta) => messages.push(delta),
      clock: bench.clock,
    });
    const passes = async (ms: number) => {
      bench.now += ms;
      const { timer } = bench;
      bench.timer = undefined;
      timer?.callback();
      await setImmediate();
      return messages.splice(0).map(({ users }) => users);
    };
    watcher.start();
    await setImmediate();
    assert.deepEqual(await passes(60_000), [[[0, 'root']]]);
    assert.deepEqual(await passes(60_000), []);
    names = [[0, 'toor']];
    assert.deepEqual(await passes(1000), []);
    assert.deepEqual(await passes(60_000), [[[0, 'toor']]]);
    watcher.stop();
  });

  it('slows down while nothing changes and hurries when something does', async () => {
    await bench.start();
    const pauses = [bench.timer?.ms];
    for (let n = 0; n < 5; n++) {
      await bench.tick();
      pauses.push(bench.timer?.ms);
    }
    assert.deepEqual(pauses, [fastest, 500, 1000, slowest, slowest, slowest]);
    bench.processes = [info(1), info(2)];
    await bench.tick();
    assert.equal(bench.timer?.ms, fastest);
  });

  it('tells a client that wants it of a change within a second, also after a quiet time', async () => {
    await bench.start();
    for (let quiet = 0; quiet < 6; quiet++) await bench.tick();
    assert.equal(bench.timer?.ms, slowest);
    bench.watcher.lively = true;
    await bench.tick();
    assert.equal(bench.timer?.ms, slowestLively);
    assert.ok(slowestLively < 750, 'which leaves a read and a frame their time');
    bench.watcher.lively = false;
    await bench.tick();
    await bench.tick();
    assert.equal(bench.timer?.ms, slowest);
  });

  it('sends memory use and flicker between running and sleeping without hurrying for it', async () => {
    await bench.start();
    bench.processes = [info(1, { rss: 8192, pss: 4096, cpu: 7, state: 'R' })];
    assert.equal((await bench.tick()).length, 1);
    assert.equal(bench.timer?.ms, 500);
  });

  it('rests longer after a read that took long', async () => {
    bench.readMs = 1500;
    await bench.start();
    assert.equal(bench.timer?.ms, 4500);
  });

  it('sends a failure once, goes on, and clears it when all is well again', async () => {
    await bench.start();
    bench.failure = 'no such file';
    assert.deepEqual(await bench.tick(), [{ ...message([]), error: 'no such file' }]);
    assert.deepEqual(await bench.tick(), []);
    assert.deepEqual(await bench.tick(), []);
    bench.failure = undefined;
    assert.deepEqual(await bench.tick(), [message([])]);
    assert.deepEqual(await bench.tick(), []);
  });

  it('sends everything after a failure of the very first read', async () => {
    bench.failure = 'no such file';
    assert.deepEqual(await bench.start(), [{ ...message([]), error: 'no such file' }]);
    bench.failure = undefined;
    assert.deepEqual(await bench.tick(), [message([info(1)], [], true)]);
  });

  it('reads and sends nothing once stopped, and leaves no timer', async () => {
    await bench.start();
    bench.watcher.stop();
    assert.equal(bench.timer, undefined);
    await setImmediate();
    assert.equal(bench.reads, 1);
  });

  it('keeps silent about a read that comes back after it was stopped', async () => {
    let open!: () => void;
    bench.gate = new Promise((resolve) => (open = resolve));
    await bench.start();
    bench.watcher.stop();
    open();
    assert.deepEqual(await bench.tick(), []);
    assert.equal(bench.timer, undefined);
  });

  it('can be stopped from within a message', async () => {
    const watcher = new ProcessWatcher({
      id: 'x',
      reader: listOf(() => Promise.resolve([info(1)])),
      emit: () => watcher.stop(),
      clock: bench.clock,
    });
    watcher.start();
    await setImmediate();
    assert.equal(bench.timer, undefined);
  });

  it('starts once only, and sends everything again when started again', async () => {
    await bench.start();
    assert.deepEqual(await bench.start(), []);
    bench.watcher.stop();
    assert.deepEqual(await bench.start(), [message([info(1)], [], true)]);
  });

  it('leads a client that adds up the messages to what the last read saw', async () => {
    const anyProcess = fc
      .record({ pid: fc.integer({ min: 1, max: 5 }), state: fc.constantFrom('R', 'S', 'Z') })
      .map(({ pid, state }) => info(pid, { state: state as 'R' }));
    const anyRead = fc.option(fc.uniqueArray(anyProcess, { selector: ({ pid }) => pid }));
    await fc.assert(
      fc.asyncProperty(fc.array(anyRead, { maxLength: 10 }), async (reads) => {
        const own = new Bench();
        const client = new Map<string, ProcessInfo>();
        let deltas = await own.start();
        let last = own.processes;
        for (const processes of [null, ...reads]) {
          for (const one of deltas) {
            if (one.full) client.clear();
            for (const key of one.removed) client.delete(key);
            for (const process of one.upserted) client.set(process.key, process);
          }
          const byKey = (a: ProcessInfo, b: ProcessInfo) => a.pid - b.pid;
          assert.deepEqual([...client.values()].sort(byKey), [...last].sort(byKey));
          own.failure = processes ? undefined : 'busy';
          if (processes) last = own.processes = processes;
          deltas = await own.tick();
        }
        own.watcher.stop();
      }),
      { numRuns: 50 },
    );
  });
});
