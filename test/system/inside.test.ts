/** What "Inspect Process" says, against what the kernel and config.json say; and a shell beside a process. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import type { ContainerInfo } from '../../src/protocol/container';
import type { ProcessInfo } from '../../src/protocol/processes';
import { Workplace, privileges, until } from './containers';
import { type Client, type Screen, size, useServed } from './serving';

describe('a process from inside', function () {
  this.timeout(30_000);
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  for (const privilege of privileges) {
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );

      /** A container with a user, and its console. */
      async function start(
        point: 'notes' | 'safe',
        bundle?: string,
      ): Promise<{ info: ContainerInfo; screen: Screen }> {
        const info = await client.start(bundle ?? (await place.bundle(privilege, point)));
        const screen = await client.attach(info.console);
        await screen.shows(/#$/);
        screen.type('echo someone:x:1000:1000::/tmp:/bin/sh >>/etc/passwd\r');
        return { info, screen };
      }

      /** Runs a line in the console and waits for the process that it starts. */
      async function started(
        { info, screen }: { info: ContainerInfo; screen: Screen },
        line: string,
        is: (one: ProcessInfo) => boolean,
      ): Promise<ProcessInfo> {
        const found = client.next('processes', ({ upserted }) => upserted.some(is));
        await client.rpc.request('watchProcesses', { id: info.id, on: true });
        screen.type(`${line}\r`);
        return (await found).upserted.find(is)!;
      }

      const beside = ({ id }: ContainerInfo, { pid, startTime }: ProcessInfo) =>
        client.rpc.request('openSession', { id, args: [], beside: { pid, startTime }, ...size });

      it('opens a shell in the folder of a process, as its user, with nothing more', async () => {
        // Root has no subordinate ids, so a user namespace of its own has no user but root.
        const points = privilege === 'root' ? (['notes'] as const) : (['notes', 'safe'] as const);
        for (const point of points) {
          const container = await start(point);
          const process = await started(
            container,
            `mkdir "/tmp/it's here"; cd "/tmp/it's here"; su someone -c "exec sleep 2001" &`,
            ({ uid, commandLine }) => uid === 1000 && commandLine === 'sleep 2001',
          );
          const screen = await client.attach((await beside(container.info, process)).stream);
          await screen.shows(/\$ ?$/);
          screen.type(
            'echo "$(pwd) $(id -u) $(id -g) $(id -G) $HOME"; grep CapEff /proc/self/status\r',
          );
          await screen.shows(/^CapEff:\s+0+$/m);
          assert.match(screen.text, /^\/tmp\/it's here 1000 1000 1000 \/tmp$/m);
          await client.rpc.request('stop', { id: container.info.id, graceMs: 0 });
        }
      });

      it('opens no shell beside a process that has ended, or whose mounts are others', async () => {
        const container = await start('notes');
        const hidden = await started(
          container,
          'unshare -m sleep 2002 &',
          ({ commandLine }) => commandLine === 'sleep 2002',
        );
        await assert.rejects(beside(container.info, hidden), /a mount namespace of its own/);
        const other = { ...hidden, startTime: String(Number(hidden.startTime) - 1) };
        await assert.rejects(beside(container.info, other), /has ended/);
      });

      it('does nothing to the process that a number has come to since (34)', async () => {
        const container = await start('notes');
        const sleeping = (args: string) => (one: ProcessInfo) => one.commandLine === args;
        const meant = await started(container, 'sleep 2011 &', sleeping('sleep 2011'));
        // Start times count hundredths of a second, and a zombie keeps its number.
        const again = `{ kill -9 ${meant.pid}; wait ${meant.pid}; } 2>/dev/null; sleep 0.1; echo ${meant.pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 2012 &`;
        const other = await started(container, again, sleeping('sleep 2012'));
        assert.equal(other.pid, meant.pid, 'the kernel gave the number out again');
        const { id } = container.info;
        const it = { id, pid: meant.pid, startTime: meant.startTime };
        const ask = client.rpc.request.bind(client.rpc);
        for (const refused of [
          () => ask('signal', { ...it, signal: 'SIGKILL' }),
          () => ask('signalTree', { ...it, signal: 'SIGKILL' }),
          () => ask('renice', { ...it, nice: 5 }),
          () => ask('inspectProcess', { ...it, environment: true }),
          () => beside(container.info, meant),
        ])
          await assert.rejects(refused, /has ended/);
        const stat = readFileSync(`/proc/${other.hostPid}/stat`, 'utf8').split(') ')[1]!.split(' ');
        assert.deepEqual([stat[0], stat[16]], ['S', '0'], 'it sleeps on, as nice as before');
      });

      it('tells capabilities, ids, namespaces, files and limits as the kernel has them', async () => {
        const bundle = await place.bundle(privilege, 'safe');
        const container = await start('safe', bundle);
        const process = await started(
          container,
          'cd /tmp; exec 7</etc/passwd; sleep 2003 &',
          ({ commandLine }) => commandLine === 'sleep 2003',
        );
        const { id } = container.info;
        const { pid, startTime, hostPid } = process;
        const look = { id, pid, startTime };
        const found = await client.rpc.request('inspectProcess', { ...look, environment: false });
        const status = (field: string) =>
          new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(
            readFileSync(`/proc/${hostPid}/status`, 'utf8'),
          )![1]!;

        const config = JSON.parse(
          readFileSync(path.join(bundle, 'config.json'), 'utf8'),
        ) as OciConfig;
        const wanted = config.process.capabilities!.bounding!;
        const { capabilities } = found;
        assert.deepEqual(
          capabilities.bounding.map((name) => `CAP_${name}`).sort(),
          [...wanted].sort(),
        );
        for (const [set, field] of [
          ['effective', 'CapEff'],
          ['permitted', 'CapPrm'],
          ['inheritable', 'CapInh'],
          ['bounding', 'CapBnd'],
          ['ambient', 'CapAmb'],
        ] as const) {
          const bits = [...BigInt(`0x${status(field)}`).toString(2)].filter((bit) => bit === '1');
          assert.equal(capabilities[set].length, bits.length, set);
        }
        assert.equal(found.noNewPrivileges, status('NoNewPrivs') === '1');
        assert.equal(found.noNewPrivileges, true);

        const uid = (of: string) => found.ids.find((one) => one.of === of)!;
        assert.equal(uid('real user').inside, 0);
        assert.equal(uid('real user').outside, Number(status('Uid').split(/\s+/)[0]));
        assert.deepEqual(
          found.namespaces.map(({ type }) => type),
          ['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time'],
        );
        for (const { type, inode, isHosts, isPid1s } of found.namespaces) {
          assert.equal(readlinkSync(`/proc/${hostPid}/ns/${type}`), `${type}:[${inode}]`);
          assert.equal(isPid1s, true, type);
          const hosts = readlinkSync(`/proc/self/ns/${type}`) === `${type}:[${inode}]`;
          assert.equal(isHosts, hosts, type);
        }
        assert.equal(found.cwd, '/tmp');
        assert.equal(found.exe, '/bin/busybox');
        assert.equal(found.root, '/');
        assert.ok(
          found.files.entries.some(({ fd, target }) => fd === 7 && target === '/etc/passwd'),
        );
        const open = found.limits.find(({ name }) => name === 'open files');
        assert.deepEqual([open?.soft, open?.hard], ['1024', '4096']);
        assert.deepEqual(
          found.mounts.entries.slice(0, 2).map(({ place: at, type }) => [at, type === 'proc']),
          [
            ['/', false],
            ['/proc', true],
          ],
        );
        assert.equal(found.environment, undefined, 'secrets are not read unless asked for');
        const whole = await client.rpc.request('inspectProcess', { ...look, environment: true });
        assert.ok(whole.environment?.some((line) => line.startsWith('PATH=')));
      });

      it('tells the unix sockets of a process', async () => {
        const container = await start('notes');
        const { pid, startTime, hostPid } = await started(
          container,
          'syslogd -n -O /tmp/messages &',
          ({ commandLine }) => commandLine.startsWith('syslogd'),
        );
        await until('the socket', () => existsSync(`/proc/${hostPid}/root/dev/log`));
        const { sockets } = await client.rpc.request('inspectProcess', {
          ...{ id: container.info.id, pid, startTime },
          environment: false,
        });
        assert.deepEqual(
          sockets.filter(({ protocol }) => protocol.startsWith('unix')),
          [{ protocol: 'unix datagram', local: '/dev/log', remote: '', state: 'unconnected' }],
        );
      });
    });
  }
});
