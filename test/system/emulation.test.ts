/**
 * Programs for other processors, by an emulator that each container registers for itself: BusyBox and a program of
 * glibc, from Debian's packages for arm64 and riscv64; of others, with 32 bits or another byte order, BusyBox alone.
 * Nothing is registered on the machine.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findEmulator, hasOwnBinfmt, usualPlaces } from '../../src/core/bundle/emulation';
import type { OciConfig } from '../../src/core/config/schema';
import { messageOf } from '../../src/core/errors';
import { foreignPrograms } from '../../src/helper/doctor/foreignPrograms';
import { RootfsCheck } from '../../src/protocol/rootfsCheck';
import { ensureUnpacked } from '../host/index.mjs';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { bundleWith, foreignBusybox, treeWith } from './foreign';
import { type Client, size, useServed } from './serving';
import { sh } from './trees';

/** As Debian, qemu and `uname -m` inside call them. */
const processors = [
  ['arm64', 'aarch64', 'aarch64'],
  ['riscv64', 'riscv64', 'riscv64'],
  ['armhf', 'arm', 'armv7l'],
  ['ppc64el', 'ppc64le', 'ppc64le'],
  ['s390x', 's390x', 's390x'],
] as const;

/** Those of which everything is tried, and those whose programs of glibc are checked and not started. */
const tried = new Set<string>(['arm64', 'riscv64']);
const checked = new Set<string>(['armhf', 's390x']);

const { binfmt } = usualPlaces;
/** The mounts at and below /sys, of a mountinfo. */
const sysOf = (mountinfo: string) =>
  mountinfo
    .split(/\r?\n/)
    .map((line) => ({ line, words: line.split(' ') }))
    .filter(({ words }) => /^\/sys(\/|$)/.test(words[4] ?? ''))
    .map(({ line, words }) => ({ line, options: words[5]!.split(',') }));
const registered = () => (existsSync(binfmt) ? readdirSync(binfmt).sort() : []);

describe('programs for other processors', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  before(function () {
    if (process.arch !== 'x64') skipBecause(this, 'the programs are for other machines than x64');
    const kernel = os.release();
    if (!hasOwnBinfmt(kernel)) skipBecause(this, `Linux ${kernel}: no binfmt_misc of a container`);
    if (!existsSync(binfmt)) skipBecause(this, 'this kernel has no binfmt_misc');
    if (registered().some((name) => name.startsWith('qemu')))
      skipBecause(this, 'this machine has emulators registered');
  });

  for (const [architecture, processor, inside] of processors)
    describe(architecture, () => {
      const isTried = tried.has(architecture);
      let busybox = '';
      let glibc: string[] = [];
      before(async function () {
        const machine = os.machine();
        if (!(await findEmulator({ name: processor }, { ...usualPlaces, machine })))
          skipBecause(this, `no qemu-${processor}-static here`);
        try {
          busybox = await foreignBusybox(architecture);
          if (isTried || checked.has(architecture))
            glibc = [
              await ensureUnpacked('libc6', architecture),
              await ensureUnpacked('dash', architecture),
            ];
        } catch (error) {
          skipBecause(this, messageOf(error).split('\n', 1)[0]!);
        }
      });

      for (const privilege of isTried ? privileges : (['root', 'rootless'] as const))
        describe(privilege, () => {
          let client: Client;
          useServed(
            () => place,
            privilege,
            (connected) => (client = connected),
          );

          it('start with everything that Safe takes away, and further shells beside them', async () => {
            const before = registered();
            const bundle = await withBusybox(privilege, 'safe', ['/bin/sleep', '1000']);
            const { id, warnings = [] } = await client.start(bundle);
            assert.match(warnings.join('\n'), new RegExp(`are for ${processor} and run emulated`));
            await client.rpc.request('openSession', {
              ...{ id, ...size },
              args: ['/bin/sh', '-c', '/bin/sleep 2000; :'],
            });
            const found = await treeWith(client, id, ['/bin/sleep 1000', '/bin/sleep 2000']);
            const named = found.map(({ pid, name, commandLine, emulated }) => ({
              ...{ isFirst: pid === 1, name, commandLine, emulated },
            }));
            const emulated = processor;
            assert.deepEqual(
              named.sort((a, b) => (a.commandLine < b.commandLine ? -1 : 1)),
              [
                {
                  ...{ isFirst: false, name: 'sh', emulated },
                  commandLine: '/bin/sh -c /bin/sleep 2000; :',
                },
                { isFirst: true, name: 'sleep', commandLine: '/bin/sleep 1000', emulated },
                { isFirst: false, name: 'sleep', commandLine: '/bin/sleep 2000', emulated },
              ],
            );
            assert.deepEqual(registered(), before, 'nothing is registered on the machine');
          });

          if (!isTried) {
            it('run by `run`, and say for which machine they are', async () => {
              const bundle = await withBusybox(privilege, 'notes', ['/bin/uname', '-m']);
              const { code, stdout, stderr } = await place.run(privilege, bundle);
              assert.equal(stdout.replaceAll('\r', ''), `${inside}\n`, stderr);
              assert.equal(code, 0);
            });
            return;
          }

          it('start from glibc, with the arguments that they are called with', async () => {
            const waits = 'while read -r line; do :; done';
            const bundle = await withGlibc(privilege, ['dash', '-c', waits]);
            const { id } = await client.start(bundle);
            const first = (await treeWith(client, id, [`dash -c ${waits}`])).find(
              ({ pid }) => pid === 1,
            );
            assert.ok(first);
            assert.equal(first.emulated, processor);
            const inspection = await client.rpc.request('inspectProcess', {
              ...{ id, pid: first.pid, startTime: first.startTime, environment: false },
            });
            assert.deepEqual(inspection.argv, ['dash', '-c', waits]);
          });

          it('end as they say, by a script too, and no variable reaches the emulator', async () => {
            const bundle = await withBusybox(privilege, 'notes', [
              '/bin/sh',
              '-c',
              'uname -m; echo "[$QEMU_STRACE]"; exit 5',
            ]);
            for (const { code, stdout, stderr } of [
              await place.run(privilege, bundle),
              await place.runScript(privilege, bundle),
            ]) {
              assert.equal(stdout.replaceAll('\r', ''), `${inside}\n[]\n`, stderr);
              assert.equal(code, 5);
              assert.doesNotMatch(stderr, /write\(/);
            }
          });

          if (privilege === 'rootless' && architecture === 'arm64') {
            it('start on a scratch layer', async () => {
              const script = 'uname -m; echo x > /new; exit 5';
              const bundle = await withBusybox(privilege, 'notes', ['/bin/sh', '-c', script]);
              const child = place.start(privilege, ['run', '--layer', bundle]);
              child.stdin!.end();
              const { code, stdout, stderr } = await ended(child);
              assert.equal(stdout.replaceAll('\r', ''), `${processor}\n`, stderr);
              assert.equal(code, 5);
              assert.ok(!existsSync(path.join(bundle, 'rootfs/new')));
              assert.ok(existsSync(path.join(bundle, '.terrarium/upper/new')));
            });

            it('start step by step', async () => {
              const bundle = await withBusybox(privilege, 'safe', ['/bin/sleep', '1000']);
              const { id } = await client.rpc.request('start', {
                ...{ bundle, kind: 'bundle', stepwise: true, ...size },
              });
              const { steps, gates } = await client.rpc.request('stepsOf', { id });
              const carriedOut = new Set<string>();
              for (const { first } of [...gates.slice(1), { first: steps.length }]) {
                const { results } = await client.rpc.request('advance', { id, to: first });
                for (const { index, failure, calls } of results) {
                  assert.equal(failure, undefined, steps[index]!.command);
                  if (calls.length > 0) carriedOut.add(steps[index]!.id);
                }
              }
              for (const step of ['mount-binfmt', 'register-emulator', 'readonly-binfmt'])
                assert.ok(carriedOut.has(step), step);
              await treeWith(client, id, ['/bin/sleep 1000']);
            });
          }

          if (privilege === 'root' && architecture === 'arm64')
            it('leave the /sys of the machine as it is, where they share its network', async () => {
              const bundle = await withBusybox(
                privilege,
                'notes',
                ['/bin/cat', '/proc/self/mountinfo'],
                ({ linux, mounts }) => {
                  mounts.push({ destination: '/sys', type: 'sysfs', source: 'sysfs' });
                  linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'network');
                },
              );
              const script = await place.runScript(privilege, bundle);
              assert.deepEqual(sysOf(script.stdout), [], script.stderr);
              assert.match(script.stdout, / \/proc /, script.stderr);
              const { stdout, stderr } = await place.run(privilege, bundle);
              assert.match(stdout, / \/sys\/fs\/cgroup /, stderr);
              for (const { line, options } of sysOf(stdout))
                assert.deepEqual(
                  ['ro', 'nosuid', 'nodev', 'noexec'].filter((one) => !options.includes(one)),
                  [],
                  line,
                );
            });
        });

      if (checked.has(architecture))
        it('are checked by the rootfs check, with the loader and the libraries that they need', async () => {
          const bundle = await withGlibc('root', ['/bin/dash']);
          const codes = () => {
            const words = [path.resolve('dist/helper.js'), 'lint', bundle];
            const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
            assert.notEqual(stdout, '', stderr);
            const { faults } = RootfsCheck.parse(JSON.parse(stdout));
            // There is no /etc/passwd and no link to dash.
            return faults
              .map(({ code, path: of }) => `${of} ${code}`)
              .filter((one) => !/^\/ /.test(one));
          };
          assert.deepEqual(codes(), []);
          const library = sh('find . -name libc.so.6', path.join(bundle, 'rootfs')).trim();
          rmSync(path.join(bundle, 'rootfs', library));
          const missing = codes();
          assert.ok(
            missing.some((one) => /\/bin\/dash library-missing$/.test(one)),
            missing.join(),
          );
        });

      const withBusybox = (
        privilege: TestPrivilege,
        point: 'notes' | 'safe',
        args: [string, ...string[]],
        change: (config: OciConfig) => void = () => undefined,
      ) =>
        bundleWith(place, busybox, privilege, point, (config) => {
          config.process.args = args;
          config.process.env.push('QEMU_STRACE=1');
          change(config);
        });

      async function withGlibc(
        privilege: TestPrivilege,
        args: [string, ...string[]],
      ): Promise<string> {
        const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
          process.args = args;
          process.env = ['PATH=/usr/bin:/bin'];
        });
        const rootfs = path.join(bundle, 'rootfs');
        rmSync(rootfs, { recursive: true });
        mkdirSync(rootfs);
        for (const folder of glibc)
          assert.equal(spawnSync('cp', ['-a', `${folder}/.`, rootfs]).status, 0);
        // Newer releases have both below usr alone.
        sh('for name in bin lib; do [ -e $name ] || ln -s usr/$name $name; done', rootfs);
        if (privilege !== 'root') place.give(bundle);
        return bundle;
      }
    });

  it('are what the check of the machine says they are', async () => {
    const { verdict, found } = await foreignPrograms();
    assert.equal(verdict, 'ok', found);
    assert.match(found, /registers its own emulator: .*aarch64.*riscv64/);
    assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), / binfmt_misc /);
  });
});
