/** The same bundle under an installed runtime: status, ids, sessions' home, and nothing left behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Workplace, hostState } from './containers';
import { skipBecause } from '../skip';

describe('engines', function () {
  this.timeout(60_000);
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  for (const engine of ['runc', 'crun'] as const) {
    describe(engine, () => {
      before(function () {
        const { error } = spawnSync(engine, ['--version']);
        if (error) skipBecause(this, `no ${engine} here`);
      });

      const bundle = (point: 'notes' | 'safe') =>
        place.bundle('root', point, (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
        });
      const skipWhereRefused = (context: Mocha.Context, stderr: string) => {
        if (/hybrid mode not supported/.test(stderr))
          skipBecause(context, `this ${engine} refuses a machine with cgroup v1 beside v2`);
      };

      for (const point of ['notes', 'safe'] as const) {
        it(`runs the bundle “${point}” unchanged and passes its status on`, async function () {
          const before = hostState();
          const words = ['/bin/sh', '-c', 'echo $$; hostname; exit 42'];
          const { code, stdout, stderr } = await place.run('root', await bundle(point), words);
          skipWhereRefused(this, stderr);
          assert.equal(stdout, '1\nbox\n', stderr);
          assert.equal(code, 42);
          assert.deepEqual(hostState(), before);
        });
      }

      it('gives PID 1 the capabilities of config.json', async function () {
        const words = ['/bin/sh', '-c', 'grep CapEff /proc/self/status'];
        const { stdout, stderr } = await place.run('root', await bundle('safe'), words);
        skipWhereRefused(this, stderr);
        assert.match(stdout, /CapEff:\s00000000000405fb/);
      });
    });
  }
});
