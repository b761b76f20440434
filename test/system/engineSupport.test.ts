/**
 * What runc and crun do with keys of config.json, by the real ones: a key is said to be dropped exactly
 * where the kernel shows that it is.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadBundle } from '../../src/core/bundle/loadBundle';
import { boundingSet } from '../../src/core/config/boundingSet';
import { safeSeccomp } from '../../src/core/config/safeSeccomp';
import type { OciConfig } from '../../src/core/config/schema';
import { namesOfCapabilities } from '../../src/core/procfs/capabilities';
import { Workplace } from './containers';
import { useEngine } from './useEngine';

interface Probe {
  readonly key: string;
  readonly change: (config: OciConfig) => void;
  /** For the shell inside. */
  readonly look: string;
  /** What it prints where the key was carried out. */
  readonly done: RegExp;
}

const probes: readonly Probe[] = [
  {
    key: 'domainname',
    change: (config) => (config.domainname = 'lab.test'),
    look: 'cat /proc/sys/kernel/domainname',
    done: /^lab\.test$/m,
  },
  {
    key: 'process.scheduler',
    change: ({ process }) => (process.scheduler = { policy: 'SCHED_OTHER', nice: 5 }),
    look: `awk '{ print "nice", $19 }' /proc/self/stat`,
    done: /^nice 5$/m,
  },
  {
    key: 'process.ioPriority',
    change: ({ process }) => (process.ioPriority = { class: 'IOPRIO_CLASS_BE', priority: 6 }),
    look: 'ionice',
    done: /prio 6/,
  },
  {
    key: 'linux.personality',
    change: ({ linux }) => (linux.personality = { domain: 'LINUX32' }),
    look: 'cat /proc/self/personality',
    done: /^0*8$/m,
  },
  {
    key: 'mounts[2].options[1]',
    change: ({ mounts }) =>
      mounts.push({
        ...{ destination: '/mnt', type: 'bind', source: '/usr/share' },
        options: ['bind', 'nosymfollow'],
      }),
    look: 'grep " /mnt " /proc/self/mountinfo',
    done: /nosymfollow/,
  },
];

/** `process.capabilities` that name no set that bounds, or none at all. */
const capabilitySets: readonly OciConfig['process']['capabilities'][] = [
  undefined,
  {},
  { permitted: ['CAP_SYS_ADMIN'], effective: ['CAP_SYS_ADMIN'] },
  { bounding: ['CAP_KILL'], permitted: ['CAP_SYS_ADMIN'] },
];

async function showsBoundingSets(place: Workplace, engine?: 'runc' | 'crun'): Promise<void> {
  for (const capabilities of capabilitySets) {
    const made = await place.bundle('root', 'notes', (config) => {
      if (engine) config.annotations = { 'dev.terrarium.engine': engine };
      config.process.terminal = false;
      delete config.process.capabilities;
      if (capabilities) config.process.capabilities = capabilities;
    });
    const { config } = await loadBundle(made);
    const look = 'grep CapBnd /proc/self/status';
    const { stdout, stderr } = await place.run('root', made, ['/bin/sh', '-c', look]);
    const shown = /^CapBnd:\s+([0-9a-f]+)$/m.exec(stdout)?.[1];
    assert.ok(shown, stderr);
    const expected = boundingSet(config);
    const own = /^CapBnd:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
    const names = namesOfCapabilities(BigInt(`0x${shown}`));
    if (expected)
      assert.deepEqual(
        names.map((name) => `CAP_${name}`),
        expected,
        JSON.stringify(capabilities),
      );
    else assert.equal(shown, own);
  }
}

describe('what an engine drops', function () {
  this.timeout(240_000); // also in a virtual machine without KVM
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  it('leaves root the bounding set that is reckoned with (built-in)', () =>
    showsBoundingSets(place));

  for (const engine of ['runc', 'crun'] as const)
    describe(engine, () => {
      useEngine(engine, () => place);

      const bundle = (change: (config: OciConfig) => void) =>
        place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.process.terminal = false;
          change(config);
        });
      const lines = (text: string) => text.split('\n').filter((line) => line !== '');

      for (const { key, change, look, done } of probes)
        it(`says that ${key} is dropped where it is, and only there`, async () => {
          const { code, stdout, stderr } = await place.run('root', await bundle(change), [
            ...['/bin/sh', '-c', look],
          ]);
          assert.equal(code, 0, stderr);
          const said = lines(stderr).filter((line) => line.includes('drops'));
          assert.equal(said.length, done.test(stdout) ? 0 : 1, stdout + stderr);
          if (said.length > 0)
            assert.ok(said[0]!.startsWith(`terrarium: ${key} is not carried out: ${engine} `));
        });

      it('leaves root the bounding set that is reckoned with', () =>
        showsBoundingSets(place, engine));

      it('drops no option of a mount that it is not said to drop', async () => {
        const options = ['bind', 'ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'private'];
        const made = await bundle(({ mounts }) =>
          mounts.push({ destination: '/mnt', type: 'bind', source: '/usr/share', options }),
        );
        const look = 'grep " /mnt " /proc/self/mountinfo';
        const { stdout, stderr } = await place.run('root', made, ['/bin/sh', '-c', look]);
        assert.match(stdout, / ro,nosuid,nodev,noexec,noatime /);
        assert.doesNotMatch(stderr, /drops/);
      });

      it('says what it makes of each option for all mounts below', async () => {
        const words = [
          'ro',
          'suid',
          'nosuid',
          'nodev',
          'noexec',
          'diratime',
          'nodiratime',
          'atime',
        ];
        words.push('noatime', 'relatime', 'norelatime', 'strictatime', 'nostrictatime');
        for (const option of words.map((word) => `r${word}`)) {
          const made = await bundle(({ mounts }) =>
            mounts.push({
              ...{ destination: '/mnt', type: 'bind', source: '/usr/share' },
              options: ['rbind', option],
            }),
          );
          const look = 'grep " /mnt " /proc/self/mountinfo';
          const { code, stdout, stderr } = await place.run('root', made, ['/bin/sh', '-c', look]);
          const said = lines(stderr).filter((line) => line.includes(`"${option}"`));
          const fails = said.some((line) => line.includes('makes the start fail'));
          assert.equal(fails, code !== 0, `${option}: ${stderr}`);
          const isOther = /nosymfollow/.test(stdout);
          assert.equal(
            said.some((line) => line.includes('sets "rnosymfollow"')),
            isOther,
            option,
          );
          assert.equal(said.length, code !== 0 || isOther ? 1 : 0, stderr);
        }
      });

      it('says before a start what a time namespace comes to', async () => {
        const made = await bundle(({ linux }) => {
          linux.namespaces.push({ type: 'time' });
          linux.timeOffsets = { monotonic: { secs: 86400, nanosecs: 0 } };
        });
        const look = 'cat /proc/self/timens_offsets';
        const { code, stdout, stderr } = await place.run('root', made, ['/bin/sh', '-c', look]);
        const shifted = /^monotonic\s+86400\s+0$/m.test(stdout);
        assert.equal(/linux\.timeOffsets is not carried out/.test(stderr), !shifted, stderr);
        const fails = /linux\.namespaces\[4\] makes the start fail: (runc|crun) \d/.test(stderr);
        assert.equal(fails, code !== 0, stderr);
      });

      it('filters system calls, and begins with the umask 022 whatever its caller has', async () => {
        const made = await bundle(({ linux }) => {
          linux.seccomp = {
            defaultAction: 'SCMP_ACT_ALLOW',
            syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
          };
        });
        place.starter = ['sh', '-c', 'umask 077 && exec "$@"', 'sh'];
        const look = 'umask; mkdir /new && echo made';
        const { stdout, stderr } = await place
          .run('root', made, ['/bin/sh', '-c', look])
          .finally(() => (place.starter = []));
        assert.equal(stdout, '0022\n', stderr);
        assert.match(stderr, /mkdir: .*Operation not permitted/);
      });

      it('starts under the filter of Safe, and makes no mount and no user namespace there', async () => {
        const made = await bundle(({ linux }) => (linux.seccomp = safeSeccomp));
        const look = [
          'grep Seccomp: /proc/self/status',
          'unshare -U true || echo no namespace',
          'mount -t tmpfs none /tmp || echo no mount',
          'ls / | grep -c bin; (sleep 0 & wait; echo lives)',
        ].join('; ');
        const { code, stdout, stderr } = await place.run('root', made, ['/bin/sh', '-c', look]);
        assert.equal(code, 0, stderr);
        assert.deepEqual(
          stdout.split('\n').map((line) => line.trim().replace(/\s+/g, ' ')),
          ['Seccomp: 2', 'no namespace', 'no mount', '1', 'lives', ''],
          stderr,
        );
        assert.match(stderr, /unshare.*Operation not permitted/);
      });

      it('writes the same warnings into an exported script', async () => {
        const made = await bundle(
          (config) => (config.process.scheduler = { policy: 'SCHED_OTHER', nice: 5 }),
        );
        const { stderr } = await place.run('root', made, ['/bin/true']);
        const script = await place.exportedScript('root', made);
        const dropped = 'process.scheduler is not carried out';
        assert.equal(readFileSync(script, 'utf8').includes(dropped), stderr.includes(dropped));
      });
    });
});
