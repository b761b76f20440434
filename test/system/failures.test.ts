/**
 * A failure forced at each step of what commands carry out (security case 20), an exported script and a start
 * by hand: the error names the step, and the host is as before. The step's own program is replaced, in a mount
 * namespace of the test's, by one that fails for exactly its arguments.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { loadBundle } from '../../src/core/bundle/loadBundle';
import { displayCommand } from '../../src/core/sequence/commandLine';
import { quote } from '../../src/core/text/quote';
import { bindsOf } from '../../src/core/sequence/mountTargets';
import { planStart } from '../../src/core/sequence/planStart';
import { scriptFacts } from '../../src/core/sequence/scriptFacts';
import { type StartPlan, type Step, pidPlaceholder, stepsOf } from '../../src/core/sequence/step';
import { toArgv } from '../../src/core/sequence/toArgv';
import { argvByHand } from '../../src/core/sequence/typedByHand';
import { gatherFacts } from '../../src/helper/host/gatherFacts';
import { findTool } from '../../src/helper/host/hostTools';
import {
  type Ended,
  type TestPrivilege,
  Workplace,
  ended,
  assertSameHost,
  hostState,
  privileges,
} from './containers';

type Change = (config: OciConfig, privilege: TestPrivilege, stranger: string) => unknown;

/** Together they have every kind of step. */
const bundles: readonly (readonly ['safe' | 'joined' | 'by hand', 'safe' | 'notes', Change])[] = [
  [
    'safe',
    'safe',
    (config, privilege) => {
      config.root.readonly = true;
      config.domainname = 'example';
      // Nothing is delegated to the user here.
      if (privilege === 'rootless') return;
      config.linux.cgroupsPath = 'lab/box';
      config.linux.resources = { unified: { 'cgroup.max.depth': '2' } };
    },
  ],
  [
    'joined',
    'notes',
    (config, privilege, stranger) => {
      const { mounts, linux } = config;
      delete config.hostname; // a joined namespace has others' name
      mounts.push({ destination: '/dev', type: 'tmpfs', source: 'tmpfs' });
      linux.devices = [{ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 }];
      const uts = linux.namespaces.find(({ type }) => type === 'uts')!;
      if (privilege !== 'rootless') uts.path = `/proc/${stranger}/ns/uts`;
    },
  ],
  [
    'by hand',
    'notes',
    (config) => {
      config.annotations = { 'dev.terrarium.root': 'chroot' };
    },
  ],
];

describe('a failure at any step', function () {
  this.timeout(240_000);
  let place: Workplace;
  let hostBefore: ReturnType<typeof hostState>;
  /** Whose UTS namespace is joined. */
  let stranger: ChildProcess;
  before(async function () {
    place = await Workplace.open(this);
    hostBefore = hostState();
    stranger = spawn('unshare', ['--uts', 'sleep', '1000'], { stdio: 'ignore' });
  });
  afterEach(() => place?.endChildren());
  after(() => {
    stranger?.kill();
    return place?.close();
  });

  for (const privilege of privileges) {
    for (const [what, point, change] of bundles)
      it(`is named and leaves nothing behind (${privilege}, ${what})`, async () => {
        const bundle = await place.bundle(privilege, point, (config) =>
          change(config, privilege, String(stranger.pid)),
        );
        const steps = await stepsFor(privilege, bundle);
        // One of each kind, and every mount: six devices fail in one way.
        const kindOf = ({ id, kind }: Step) =>
          kind === 'createFiles'
            ? kind
            : id.replace(/^(device|link|mask|mask-folder|readonly):.*/, '$1');
        const forced = steps
          .filter(canBeForced)
          .filter(
            (step, at, all) => all.findIndex((other) => kindOf(other) === kindOf(step)) === at,
          );
        const least = { safe: 12, joined: 8, 'by hand': 3 }[what];
        assert.ok(forced.length > least, `${forced.length} steps`);
        const filesBefore = filesOf(bundle);
        for (const step of forced) {
          const { code, stdout, stderr } = await runWith(privilege, bundle, step);
          assert.notEqual(code, 0, `${step.id}: ${stdout}${stderr}`);
          assert.equal(stdout, '', `${step.id}: ${stdout}${stderr}`);
          // What is executed before PID 1 reports speaks for itself in a script.
          if (what === 'by hand' || !executed.test(step.id))
            assert.ok(
              stderr.includes(withoutPid(displayCommand(step))),
              `${step.id} is named: ${stderr}`,
            );
          assert.match(stderr, /forced|Read-only file system/, step.id);
          await assertSameHost(hostBefore, { when: `after step ${step.id}` });
          assert.deepEqual(filesOf(bundle), filesBefore, `no file is left after ${step.id}`);
        }
      });

    it(`is named where the kernel refuses what is written (${privilege})`, async () => {
      const refused: [RegExp, Change][] = [
        // Less than it has needs a capability over the machine, which nobody has in a user namespace.
        [/-1000 > \/proc\/self\/oom_score_adj\)/, ({ process }) => (process.oomScoreAdj = -1000)],
        [
          /-1 > \/proc\/sys\/kernel\/msgmax\)/,
          ({ linux }) => (linux.sysctl = { 'kernel.msgmax': '-1' }),
        ],
      ];
      for (const [named, change] of refused) {
        const bundle = await place.bundle(
          privilege,
          'safe',
          (config) => void change(config, privilege, ''),
        );
        const { code, stdout, stderr } = await place.run(privilege, bundle, ['/bin/echo', 'up']);
        assert.equal(code, 125, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, named);
        assert.match(stderr, / failed: /);
        await assertSameHost(hostBefore);
      }
    });

    it(`leaves nothing behind where an id map is refused by the kernel (${privilege})`, async () => {
      for (const kind of ['uidMappings', 'gidMappings'] as const) {
        const bundle = await place.bundle(privilege, 'safe', (config) => {
          const good = [{ containerID: 0, hostID: place.user.uid, size: 1 }];
          config.linux.uidMappings = good;
          config.linux.gidMappings = good;
          config.linux[kind] = [...good, ...good];
        });
        const { code, stderr } = await place.run(privilege, bundle);
        assert.equal(code, 125, stderr);
        assert.match(stderr, kind === 'uidMappings' ? /uid_?map/ : /gid_?map/);
        assert.match(stderr, /Correct linux\.uidMappings and linux\.gidMappings in config\.json/);
        await assertSameHost(hostBefore);
      }
    });

    it(`refuses a device name that became a symlink meanwhile (${privilege})`, async () => {
      const bundle = await place.bundle(privilege, 'safe');
      const dev = (await stepsFor(privilege, bundle)).find(({ id }) => id === 'mount:/dev')!;
      const name = quote(path.join(bundle, 'rootfs/dev/null'));
      const planted = `"$real" "$@" && ln -s /etc/passwd ${name}; exit`;
      const { code, stderr } = await runWith(privilege, bundle, dev, planted);
      assert.notEqual(code, 0);
      assert.match(stderr, /\.\/null is a symlink[^]*touch \.\/null .*\): exit code 1/);
      await assertSameHost(hostBefore);
    });
  }

  async function stepsFor(privilege: TestPrivilege, folder: string): Promise<Step[]> {
    return stepsOf(await planFor(privilege, folder));
  }

  async function planFor(privilege: TestPrivilege, folder: string): Promise<StartPlan> {
    const person =
      privilege === 'root' ? { uid: 0, gid: 0 } : { uid: place.user.uid, gid: place.user.gid };
    const bundle = await loadBundle(folder);
    const { config } = bundle;
    const { linux } = config;
    // Root only asks who may be mapped where a user namespace is wanted; a person always gets one.
    const namespaces = [...linux.namespaces, { type: 'user' as const }];
    const asked =
      privilege === 'rootless'
        ? { ...bundle, config: { ...config, linux: { ...linux, namespaces } } }
        : bundle;
    const facts = await gatherFacts(asked, person);
    const kind = privilege === 'rootless' ? ('rootless' as const) : ('root' as const);
    // Who may use sudo is in its group.
    const furtherGroups = privilege === 'rootless';
    const known = await scriptFacts({ ...facts, furtherGroups, privilege: kind });
    return planStart(bundle, known, 'script');
  }

  /** Makes one step fail, by its program or by what it writes to. */
  async function runWith(
    privilege: TestPrivilege,
    bundle: string,
    step: Step,
    instead?: string,
  ): Promise<Ended> {
    if (instead !== undefined) return runInstead(privilege, bundle, step, instead);
    const steps = await stepsFor(privilege, bundle);
    const mount = findTool('mount')!;
    if (step.kind === 'createFiles') {
      const before = steps.slice(
        0,
        steps.findIndex(({ id }) => id === step.id),
      );
      const last = before.findLast(({ kind }) => kind === 'mount')!;
      const folder = quote(path.join(bundle, 'rootfs/dev'));
      return runInstead(
        privilege,
        bundle,
        last,
        `"$real" "$@" && "$real" -o remount,ro ${folder}; exit`,
      );
    }
    if (step.kind !== 'write') return runInstead(privilege, bundle, step);
    const { file } = step;
    const readOnly = `${mount} --bind -o ro ${quote(file)} ${quote(file)}`;
    // The file comes into being with the folder of its cgroup.
    const maker = steps.find((one) => one.kind === 'mkdir' && one.folder === path.dirname(file))!;
    return runInstead(privilege, bundle, maker, `"$real" "$@" && ${readOnly}; exit`);
  }

  /** Runs the bundle where `instead` runs in place of this step's command. */
  async function runInstead(
    privilege: TestPrivilege,
    bundle: string,
    step: Step,
    instead?: string,
  ): Promise<Ended> {
    const { annotations } = (await loadBundle(bundle)).config;
    const { argv, input } = annotations?.['dev.terrarium.root']
      ? place.command(privilege, ['run', bundle, '--', '/bin/sh', '-c', 'echo up'])
      : place.as(privilege, ['sh', await place.exportedScript(privilege, bundle)]);
    const [wrapper, tool] = replacement(step, instead);
    const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
    const child = spawn(
      'unshare',
      ['--mount', '--', 'sh', '-c', script, 'sh', wrapper, tool, ...argv],
      { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' },
    );
    child.stdin.end(input);
    return ended(child);
  }

  /** @returns what to put in place of the step's program, and that */
  function replacement(step: Step, instead?: string): [wrapper: string, tool: string] {
    const work = mkdtempSync(path.join(place.folder, 'fail-'));
    const [program, ...words] = programOf(step);
    const tool = findTool(program)!;
    const [real, wrapper] = [path.join(work, 'real'), path.join(work, 'wrapper')];
    copyFileSync(tool, real);
    // The PID is not known yet: any will do.
    const known = quote(words.join(' ')).replaceAll(pidPlaceholder, `'*'`);
    // The same words come before unshare, too.
    const pattern = step.id === 'setpriv' ? `${known}' sh '` : known;
    writeFileSync(
      wrapper,
      `#!/bin/sh\nreal=${real}\ncase "$*" in ${pattern}*) ${instead ?? fail} ;; esac\nexec "$real" "$@"\n`,
    );
    for (const file of [work, wrapper]) chmodSync(file, 0o755);
    chmodSync(real, statSync(tool).mode); // of newuidmap set-user-ID: one that gains nothing is found out before
    return [wrapper, tool];
  }
});

/** The first program that a step runs: words of steps.sh run several. */
function programOf(step: Step): readonly [string, ...string[]] {
  if (step.kind === 'symlinks') return ['ln', '-s', '-n', ...step.links[0]!];
  if (step.id.includes('#') || step.id === 'mount')
    return argvByHand(step) as [string, ...string[]];
  if (step.kind !== 'bindEach') return toArgv(step) as [string, ...string[]];
  return toArgv(bindsOf(step)[0]!) as [string, ...string[]];
}

const fail = `echo "\${0##*/}: forced" >&2; exit 77`;

/** Of steps that a script executes one by the other. */
const executed =
  /^(enter-cgroup|join|become-person|unshare|session|become-root|rlimits|setpriv|env)$/;

/**
 * A guarded step runs where its file is there. Of what is written, the files of a cgroup can be made
 * read-only: those of procfs come with the process, and what the kernel refuses is another test.
 */
function canBeForced(step: Step): boolean {
  if (
    step.id === 'payload' ||
    step.id === 'own-session' ||
    (step.kind === 'write' && step.file.startsWith('/proc/'))
  )
    return false;
  if (!step.guard) return true;
  const [kind, name] = [step.guard.split(':')[0], step.guard.slice(step.guard.indexOf(':') + 1)];
  const found = statSync(path.posix.join(step.cwd ?? '/', name), { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() === (kind === 'if-directory');
}

/** Every file of the bundle, with what a step could change. */
function filesOf(bundle: string): string[] {
  return (readdirSync(bundle, { recursive: true }) as string[])
    .map((name) => {
      const found = lstatSync(path.join(bundle, name));
      return `${name} ${found.mode} ${found.uid} ${found.isDirectory() ? '' : found.size}`;
    })
    .sort();
}

function withoutPid(command: string): string {
  return command.split('$pid')[0]!;
}
