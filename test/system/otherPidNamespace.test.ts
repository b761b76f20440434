/**
 * Helpers in different PID namespaces that share /run and the cgroup tree, as a dev container and its
 * host may: to each the other's numbers mean other processes, or none. None takes away what a living one
 * has, and what a dead one left goes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { containerId } from '../../src/helper/cgroup/containerId';
import { cgroupMount } from './cgroups';
import { type Workplace, commandLineOf, ended, processesWith, until, usePlace } from './containers';
import { Served } from './serving';
import { skipBecause } from '../skip';

const apart = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];

describe('helpers in different PID namespaces', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  afterEach(() => (place.prefix = []));

  const folders = () => (existsSync('/run/terrarium') ? readdirSync('/run/terrarium') : []);
  const left = (made: string) => folders().filter((name) => name.endsWith(containerId(made)));
  const sockets = () => folders().filter((name) => name.startsWith('alive-'));

  for (const [where, first, second] of [
    ['another one', apart, []],
    ['the machine’s', [], apart],
  ] as const)
    it(`keep what one of ${where} has, start no bundle twice, and sweep once it is dead`, async function () {
      if (spawnSync('runc', ['--version']).error) skipBecause(this, 'no runc here');
      const bundleOf = (args: [string, ...string[]]) =>
        place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': 'runc' };
          config.process.terminal = false;
          config.process.args = args;
        });
      const socketsBefore = sockets();
      place.prefix = first;
      const made = await bundleOf(['/bin/sleep', '3002']);
      const child = place.start('root', ['run', made]);
      const over = ended(child);
      const sleeps = () =>
        processesWith('/bin/sleep 3002').filter((pid) =>
          commandLineOf(pid).startsWith('/bin/sleep'),
        );
      await until('its program', () => sleeps().length > 0);
      const state = `/run/runc/terrarium-${containerId(made)}`;
      await until('its state', () => existsSync(path.join(state, 'state.json')));

      place.prefix = second;
      const other = await bundleOf(['/bin/true']);
      const { code, stderr } = await place.run('root', other);
      assert.equal(code, 0, stderr);
      assert.equal(left(made).length, 1);
      assert.ok(existsSync(path.join(state, 'state.json')));
      assert.equal(sleeps().length, 1);
      const twice = await place.run('root', made, ['/bin/true']);
      assert.equal(twice.code, 125);
      assert.match(twice.stderr, /“box” is started already/);
      assert.equal(sleeps().length, 1);

      const inIts = processesWith(place.helper).filter(
        (pid) => !commandLineOf(pid).includes(' -- '),
      );
      for (const pid of inIts) process.kill(pid, 'SIGKILL');
      await over;
      await until('the end of all', () => sleeps().length === 0);
      assert.equal((await place.run('root', other)).code, 0);
      assert.deepEqual(left(made), []);
      assert.ok(!existsSync(state));
      assert.deepEqual(sockets(), socketsBefore);
    });

  it('leave what another one has paused as it is', async function () {
    const mount = cgroupMount();
    if (mount === undefined) skipBecause(this, 'no cgroup v2 here');
    place.prefix = apart;
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const made = await place.bundle('root', 'notes', (config) => {
      config.process.args = ['/bin/sleep', '3003'];
    });
    const { id } = await client.start(made);
    await client.rpc.request('pause', { id });
    place.prefix = [];
    const events = () =>
      readdirSync(mount)
        .filter((name) => name.endsWith(`-${id}`))
        .map((name) => readFileSync(path.join(mount, name, 'cgroup.events'), 'utf8'));
    assert.match(events().join(), /^frozen 1$/m);
    await (await Served.start(place, 'root')).stop();
    assert.match(events().join(), /^frozen 1$/m);
    await served.stop();
  });
});
