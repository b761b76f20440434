/**
 * A further shell is the same under each engine: its variables, folder, umask, terminal, user, limits and
 * rights are those that config.json and the container's passwd give it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import {
  type TestPrivilege,
  type Workplace,
  closeToOthers,
  privileges,
  usePlace,
} from './containers';
import { Served, size } from './serving';
import { isInstalled, prefixFor } from './useEngine';
import { skipBecause } from '../skip';

const engines = ['builtin', 'runc', 'crun'] as const;

/** One fact a line; the number of a terminal is chance. */
const look = [
  'pwd',
  'umask',
  'tty | tr -d 0-9',
  'id',
  'env | sort',
  'ulimit -Hn', // runc 1.1 may leave the soft limit at this one (docs/runc.md)
  'cat /proc/self/oom_score_adj',
  'grep -E "^(Cap|NoNewPrivs|Groups)" /proc/self/status',
].join('; ');

const passwd = 'root:x:0:0::/root:/bin/sh\nlab:x:1000:1000::/work:/bin/ash\n';

/**
 * Where config.json names no further groups, those of the helper are left to root by the built-in engine,
 * to PID 1 and to a session: none that gives a right.
 */
function factsIn(text: string): string {
  return text
    .replace(/ groups=(65534\(nogroup\),)?0\(root\)$/m, '')
    .replace(/^Groups:.*$/m, (line) => line.replace(/\b(65534|0) /g, '').trim());
}

/** What PID 1 is in each of them. */
const processes: readonly (readonly [string, (process: OciConfig['process']) => void])[] = [
  ['root, with all left open', () => undefined],
  [
    'a user, with all set',
    (process) => {
      const capabilities = ['CAP_KILL', 'CAP_CHOWN'];
      Object.assign(process, {
        user: { uid: 1000, gid: 1000, additionalGids: [7], umask: 0o027 },
        cwd: '/work',
        env: [...(process.env ?? []), 'COLOUR=two  words', 'HOME=/work/home', 'TERM=vt220'],
        rlimits: [{ type: 'RLIMIT_NOFILE', soft: 200, hard: 300 }],
        oomScoreAdj: 300,
        noNewPrivileges: true,
        capabilities: {
          ...{ bounding: capabilities, permitted: capabilities, effective: capabilities },
        },
      });
    },
  ],
];

describe('a further shell under each engine', function () {
  this.timeout(240_000); // also in a virtual machine without KVM
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  afterEach(() => (place.prefix = []));

  /** A container that waits, with a folder that everybody may write to. */
  const bundleFor = async (
    privilege: TestPrivilege,
    engine: (typeof engines)[number],
    change: (process: OciConfig['process']) => void,
  ) => {
    const made = await place.bundle(privilege, 'notes', (config) => {
      config.annotations = { 'dev.terrarium.engine': engine };
      config.process.args = ['/bin/sleep', '1000'];
      // Without it an engine gives none, and the built-in one all.
      const all = ['CAP_KILL', 'CAP_SETUID', 'CAP_SETGID'];
      config.process.capabilities = { bounding: all, permitted: all, effective: all };
      change(config.process);
      // runc sets none without root.
      if (privilege === 'rootless') delete config.process.user.additionalGids;
    });
    const work = path.join(made, 'rootfs/work');
    mkdirSync(work);
    chmodSync(work, 0o777);
    writeFileSync(path.join(made, 'rootfs/etc/passwd'), passwd);
    if (privilege !== 'root') place.give(made);
    closeToOthers(made);
    if (privilege === 'rootless') chmodSync(path.dirname(made), 0o755);
    return made;
  };

  const missing = (engine: string) => engine !== 'builtin' && !isInstalled(engine);

  const within = async <T>(
    privilege: TestPrivilege,
    engine: (typeof engines)[number],
    change: (process: OciConfig['process']) => void,
    act: (client: Awaited<ReturnType<Served['connect']>>, id: string, made: string) => Promise<T>,
  ): Promise<T> => {
    place.prefix = await prefixFor(engine);
    const served = await Served.start(place, privilege);
    const client = await served.connect();
    const made = await bundleFor(privilege, engine, change);
    const { id } = await client.start(made);
    const result = await act(client, id, made);
    await served.stop();
    return result;
  };

  for (const privilege of privileges) {
    for (const [what, change] of processes)
      it(`is the same to ${what} (${privilege})`, async function () {
        const absent = engines.filter(missing);
        if (absent.length > 0) skipBecause(this, `no ${absent.join(' and no ')} here`);
        const seen: string[] = [];
        for (const engine of engines)
          seen.push(
            await within(privilege, engine, change, async (client, id, made) => {
              const over = client.next('streamEnded', () => true);
              await client.rpc.request('openSession', {
                ...{ id, args: ['/bin/sh', '-c', `{ ${look}; } >/work/seen`], ...size },
              });
              await over;
              return factsIn(readFileSync(path.join(made, 'rootfs/work/seen'), 'utf8'));
            }),
          );
        const [builtin, ...others] = seen;
        assert.match(builtin!, /^\/dev\/pts\/$/m);
        if (what !== processes[0]![0]) {
          assert.match(builtin!, /^\/work\n0027\n/);
          assert.match(builtin!, /^COLOUR=two {2}words$/m);
          assert.match(builtin!, /^TERM=vt220$/m);
          assert.match(builtin!, /^300\n300$/m);
        }
        for (const [index, other] of others.entries())
          assert.equal(other, builtin, `${engines[index + 1]} and the built-in engine`);
      });

    it(`is the shell that passwd names, and another user's with a login's variables (${privilege})`, async function () {
      const absent = engines.filter(missing);
      if (absent.length > 0) skipBecause(this, `no ${absent.join(' and no ')} here`);
      for (const engine of engines)
        await within(
          privilege,
          engine,
          () => undefined,
          async (client, id) => {
            const { stream } = await client.rpc.request('openSession', {
              ...{ id, args: [], user: 'lab', ...size },
            });
            const screen = await client.attach(stream);
            const over = client.next('streamEnded', () => true);
            screen.type('echo "<$0 $USER $HOME $(id -u) $(umask)>"; exit\r');
            await screen.shows(/<\/bin\/ash lab \/work 1000 0022>/);
            await over;
          },
        );
    });
  }

  it('has no variable of config.json in a command line', async function () {
    if (missing('runc')) skipBecause(this, 'no runc here');
    const secret = `secret-${process.pid}`;
    const change = (process: OciConfig['process']) => {
      process.env = [...(process.env ?? []), `TOKEN=${secret}`];
    };
    await within('root', 'runc', change, async (client, id, made) => {
      const { stream } = await client.rpc.request('openSession', { ...{ id, args: [], ...size } });
      const screen = await client.attach(stream);
      screen.type('echo "$TOKEN" >/work/seen; echo do"ne"\r');
      await screen.shows(/^done$/m);
      assert.equal(readFileSync(path.join(made, 'rootfs/work/seen'), 'utf8'), `${secret}\n`);
      const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
      assert.ok(stdout.includes('exec --process'));
      assert.ok(!stdout.includes(secret));
    });
  });
});
