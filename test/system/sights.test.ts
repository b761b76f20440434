/** What each process sees, as the helper tells it, against what the kernel says outside and what a program says inside. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { namesOfCapabilities } from '../../src/core/procfs/capabilities';
import type { OciConfig } from '../../src/core/config/schema';
import { childrenOf } from '../../src/helper/processes/childrenOf';
import { readStat } from '../../src/helper/processes/readStat';
import { SightWatcher } from '../../src/helper/sight/SightWatcher';
import type { SightRow, SightsDelta } from '../../src/protocol/sight';
import { type ProcessSnapshot, snapshotNamespaces } from '../../src/protocol/snapshot';
import { processInfo } from '../unit/processInfo';
import { type Workplace, privileges, until, usePlace } from './containers';
import { type Client, Served } from './serving';
import { useEngine } from './useEngine';

const watch = '0123456789abcdef';
const byHand = (config: OciConfig) => {
  config.annotations = { 'dev.terrarium.root': 'chroot' };
  config.mounts = [{ destination: '/proc', type: 'proc', source: 'none' }];
  delete config.hostname;
};

/** A table as a client keeps it. */
class Table {
  rows: readonly SightRow[] = [];
  readonly seen = new Map<string, ProcessSnapshot>();
  last: SightsDelta | undefined;
  messages = 0;

  constructor(private readonly client: Client) {
    client.rpc.onNotification('sights', (delta) => {
      this.last = delta;
      this.messages++;
      for (const [key, snapshot] of delta.seen) this.seen.set(key, snapshot);
      if (delta.rows) this.rows = delta.rows;
    });
  }

  async begin(id: string, more: { only?: { pid: number; startTime: string } } = {}): Promise<void> {
    const pidNamespace = inode(process.pid, 'pid');
    const viewer = { pid: process.pid, pidNamespace };
    await this.client.rpc.request('watchSights', { watch, id, viewer, ...more });
  }

  of(role: SightRow['role']): [SightRow, ProcessSnapshot][] {
    return this.rows
      .filter((row) => row.role === role)
      .map((row): [SightRow, ProcessSnapshot] => [row, this.seen.get(row.key)!]);
  }

  /** Waits until all rows are read, and the rows are as wanted. */
  settled(wanted: () => boolean = () => this.of('init').length === 1): Promise<unknown> {
    return until(
      `the table; it has ${JSON.stringify(this.rows)}`,
      () => this.rows.every(({ key }) => this.seen.has(key)) && wanted(),
    );
  }
}

const inode = (pid: number, type: string) =>
  readlinkSync(`/proc/${pid}/ns/${type}`).replace(/\D/g, '');
const statusOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (name: string) =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)![1]!.trim().split(/\s+/);
};
const capabilitiesOf = (pid: number) =>
  namesOfCapabilities(BigInt(`0x${statusOf(pid)('CapEff')[0]}`));

/** Reads the same from the kernel, as root and in other ways. */
function compare({ role }: SightRow, seen: ProcessSnapshot): void {
  const { pid } = seen;
  const status = statusOf(pid);
  const what = `${role} ${seen.name} ${pid}`;
  const told = seen.untold.map(({ field }) => field);
  assert.equal(seen.parent.pid, Number(status('PPid')[0]), what);
  assert.deepEqual(seen.pids, status('NSpid').map(Number), what);
  assert.equal(seen.uid.outside, Number(status('Uid')[1]), what);
  assert.deepEqual(seen.capabilities.effective, capabilitiesOf(pid), what);
  if (!told.includes('namespaces'))
    assert.deepEqual(
      seen.namespaces.map(({ type, inode, isHosts }) => [type, inode, isHosts]),
      snapshotNamespaces.map((type) => [
        type,
        inode(pid, type),
        inode(pid, type) === inode(process.pid, type),
      ]),
      what,
    );
  if (!told.includes('root')) {
    assert.equal(seen.root?.path, readlinkSync(`/proc/${pid}/root`), what);
    const [root, own] = [statSync(`/proc/${pid}/root/.`), statSync('/')];
    assert.equal(seen.root?.isHosts, root.dev === own.dev && root.ino === own.ino, what);
  }
  if (!told.includes('hostname'))
    assert.equal(
      seen.hostname,
      execFileSync('nsenter', ['--target', String(pid), '--uts', 'hostname'], {
        encoding: 'utf8',
      }).trim(),
      what,
    );
}

describe('what each process sees', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges)
    for (const [name, change] of [
      ['a root of its own', () => undefined],
      ['by hand', byHand],
    ] as const)
      it(`is what the kernel says outside and a program inside: ${privilege}, ${name}`, async () => {
        const bundle = await place.bundle(privilege, 'notes', change);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, console, hostPid } = await client.start(bundle);
        const screen = await client.attach(console);
        await screen.shows(/#$/);
        const table = new Table(client);
        await table.begin(id);
        await table.settled(
          () =>
            table.of('init').length === 1 &&
            (name === 'by hand' ? table.of('inside').length === 1 : true),
        );
        for (const row of table.rows) compare(row, table.seen.get(row.key)!);

        const [[, init]] = table.of('init') as [[SightRow, ProcessSnapshot]];
        assert.equal(init.pid, hostPid);
        assert.equal(init.pids.at(-1), 1);
        const [[, viewer]] = table.of('viewer') as [[SightRow, ProcessSnapshot]];
        assert.equal(viewer.pid, process.pid);
        const helper = (await client.rpc.request('hello', { client: 'test' })).pid;
        assert.equal(table.of('helper')[0]?.[1].pid, helper);
        assert.equal(table.of('sudo').length > 0, privilege === 'sudo');
        const monitors = table.of('monitor').map(([, { name }]) => name);
        assert.ok(
          monitors.includes(name === 'by hand' ? 'unshare' : 'terrarium-init'),
          String(monitors),
        );
        const roles = table.rows.map(({ role }) => role);
        const order = ['viewer', 'sudo', 'helper', 'monitor', 'init', 'inside'];
        assert.deepEqual(
          roles.map((role) => order.indexOf(role)),
          roles.map((role) => order.indexOf(role)).sort((a, b) => a - b),
        );
        const rootless = privilege === 'rootless';
        const reasons = new Set(table.rows.flatMap(({ key }) => table.seen.get(key)!.untold));
        if (!rootless) assert.deepEqual([...reasons], []);
        else
          assert.deepEqual(viewer.untold.find(({ field }) => field === 'root')?.reason, 'EACCES');

        screen.type('echo in:$$:$(hostname):end\r');
        const said = await screen.shows(/^in:\d+:.*:end$/m);
        const [, number, hostname] = /^in:(\d+):([^:]*):/m.exec(said) ?? [];
        const [, shell] = table.of(name === 'by hand' ? 'inside' : 'init')[0]!;
        assert.equal(Number(number), shell.pids.at(-1));
        if (hostname !== '') assert.equal(hostname, shell.hostname);
        assert.equal(shell.uid.inside, 0);
        assert.equal(shell.uid.outside, rootless ? place.user.uid : 0);
        await served.stop();
      });

  describe('runc', () => {
    useEngine('runc', () => place);
    it('is what the kernel says of a container of runc, with runc between helper and PID 1', async () => {
      const bundle = await place.bundle('root', 'notes', (config) => {
        config.annotations = { ...config.annotations, 'dev.terrarium.engine': 'runc' };
      });
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const { id, hostPid } = await client.start(bundle);
      const table = new Table(client);
      await table.begin(id);
      await table.settled();
      for (const row of table.rows) compare(row, table.seen.get(row.key)!);
      assert.equal(table.of('init')[0]![1].pid, hostPid);
      assert.ok(
        table.of('monitor').some(([, { name }]) => name === 'runc'),
        JSON.stringify(table.rows.map(({ key, role }) => [role, table.seen.get(key)!.name])),
      );
      await served.stop();
    });
  });

  it('tells a process within a second of its start, one alone, and nothing more of one that has ended', async () => {
    const bundle = await place.bundle('root');
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const { id, console } = await client.start(bundle);
    const screen = await client.attach(console);
    await screen.shows(/#$/);
    const table = new Table(client);
    await table.begin(id);
    await table.settled();
    const { messages } = table;
    screen.type('sleep 500 & sleep 600 &\r');
    await until(
      'a first child',
      () =>
        readFileSync(
          `/proc/${table.of('init')[0]![1].pid}/task/${table.of('init')[0]![1].pid}/children`,
          'latin1',
        ) !== '',
    );
    const start = Date.now();
    await table.settled(() => table.of('inside').length === 2);
    assert.ok(Date.now() - start < 2000, `${Date.now() - start} ms`);
    assert.ok(table.messages > messages);
    const [row] = table.of('inside')[0]!;
    const [pid, startTime] = [row.process!.pid, row.key.split(':')[1]!];
    await client.rpc.request('endSights', { watch });
    await table.begin(id, { only: { pid, startTime } });
    await table.settled(() => table.of('inside').length === 1);
    assert.deepEqual(table.of('inside')[0]![0].key, row.key);
    screen.type(`kill ${pid}; wait ${pid}\r`);
    await until('its end', () => table.last?.gone === true);
    assert.equal(table.of('inside').length, 0);
    await served.stop();
  });

  for (const count of [10, 1000])
    it(`reads ${count} processes in bounded looks`, async () => {
      const words = `i=0; while [ $i -lt ${count} ]; do sleep 60 & i=$((i+1)); done; echo ready; wait`;
      const shell = spawn('sh', ['-c', words], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      await new Promise((resolve) => shell.stdout.once('data', resolve));
      const pids = await childrenOf(shell.pid!);
      const upserted = await Promise.all(
        pids.map(async (hostPid, at) => {
          const { startTime } = (await readStat(`/proc/${hostPid}`))!;
          return processInfo(at + 1, { ...(at > 0 && { ppid: 1 }), hostPid, startTime });
        }),
      );
      const seen = new Set<string>();
      const watcher = new SightWatcher({
        ...{ watch, id: watch, place: { helper: process.pid, pid1: pids[0], viewer: undefined } },
        source: () => ({
          changes: (since) =>
            Promise.resolve({
              ...{ version: 1, full: since === undefined, removed: [], isLively: false },
              upserted: since === undefined ? upserted : [],
            }),
        }),
        emit: (delta) => delta.seen.forEach(([key]) => seen.add(key)),
      });
      const start = performance.now();
      const over = watcher.run();
      await until('all of them', () => seen.size > Math.min(count, 1000), 50_000);
      const first = performance.now() - start;
      const { looks, ms, snapshots } = { ...watcher.cost };
      await until('five looks more', () => watcher.cost.looks >= looks + 5);
      watcher.stop();
      await over;
      process.kill(-shell.pid!, 'SIGKILL');
      const later = watcher.cost;
      const each = (later.ms - ms) / (later.looks - looks);
      console.log(
        `      ${count}: all after ${first.toFixed(0)} ms; then ${each.toFixed(1)} ms a look, ${((later.snapshots - snapshots) / (later.looks - looks)).toFixed(0)} snapshots in each`,
      );
      assert.ok(each < 400, `${each} ms a look`);
      assert.ok(later.snapshots - snapshots <= 26 * (later.looks - looks), 'bounded');
    });

  it('says of a viewer in another PID namespace that the helper cannot see it', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const { id } = await client.start(await place.bundle('root'));
    const table = new Table(client);
    const viewer = { pid: process.pid, pidNamespace: '1' };
    await client.rpc.request('watchSights', { watch, id, viewer });
    await table.settled();
    assert.equal(table.last?.viewerElsewhere, true);
    assert.equal(table.of('viewer').length, 0);
    await served.stop();
  });
});
