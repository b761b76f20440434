/**
 * A failure forced at each step of the plan (security case 20): the error names the step, and the
 * host is as before. The step's own program is replaced, in a mount namespace of the test's, by one
 * that fails for exactly its arguments.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadBundle } from '../../src/core/bundle/loadBundle';
import { displayCommand, quote } from '../../src/core/sequence/commandLine';
import { lent } from '../../src/core/sequence/dressSteps';
import { planStart } from '../../src/core/sequence/planStart';
import { encodeBatched } from '../../src/core/sequence/encodeSteps';
import { type StartPlan, type Step, pidPlaceholder, stepsOf } from '../../src/core/sequence/step';
import { gatherFacts } from '../../src/helper/launch/gatherFacts';
import { findTool } from '../../src/helper/launch/hostTools';
import {
  type Ended,
  type TestPrivilege,
  Workplace,
  ended,
  hostState,
  privileges,
} from './containers';

describe('a failure at any step', function () {
  this.timeout(240_000);
  let place: Workplace;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    place = await Workplace.open(this);
    hostBefore = hostState();
  });
  afterEach(() => place?.endChildren());
  after(() => place?.close());

  for (const privilege of privileges) {
    it(`is named and leaves nothing behind (${privilege})`, async () => {
      const bundle = await place.bundle(privilege, 'safe', (config) => {
        config.process.oomScoreAdj = 500;
        config.root.readonly = true;
        config.domainname = 'example';
        // Nothing is delegated to the user here.
        if (privilege !== 'rootless') config.linux.cgroupsPath = 'lab/box';
      });
      const steps = await stepsFor(privilege, bundle);
      // One of each kind, and every mount: six devices fail in one way.
      const kindOf = ({ id }: Step) =>
        id.replace(/^(device|link|mask|mask-folder|readonly):.*/, '$1');
      const forced = steps
        .filter(canBeForced)
        .filter((step, at, all) => all.findIndex((other) => kindOf(other) === kindOf(step)) === at);
      assert.ok(forced.length > 12, `${forced.length} steps`);
      for (const step of forced) {
        const { code, stdout, stderr } = await runWith(privilege, bundle, step);
        assert.equal(code, 125, `${step.id}: ${stdout}${stderr}`);
        assert.equal(stdout, '', `${step.id}: ${stdout}${stderr}`);
        assert.ok(
          stderr.includes(withoutPid(displayCommand(step))),
          `${step.id} is named: ${stderr}`,
        );
        assert.match(stderr, /exit code (77|1)\b.*forced/, step.id);
        assert.deepEqual(hostState(), hostBefore, `the host is as before after ${step.id}`);
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
        assert.deepEqual(hostState(), hostBefore);
      }
    });

    it(`refuses a device name that became a symlink meanwhile (${privilege})`, async () => {
      const bundle = await place.bundle(privilege, 'safe');
      const dev = (await stepsFor(privilege, bundle)).find(({ id }) => id === 'mount:/dev')!;
      const name = quote(path.join(bundle, 'rootfs/dev/null'));
      const planted = `"$real" "$@" && ln -s /etc/passwd ${name}; exit`;
      const { code, stderr } = await runWith(privilege, bundle, dev, planted);
      assert.equal(code, 125);
      assert.match(stderr, /touch \.\/null .*\) ended with exit code 1: \.\/null is a symlink/);
      assert.deepEqual(hostState(), hostBefore);
    });
  }

  async function stepsFor(privilege: TestPrivilege, folder: string): Promise<Step[]> {
    return stepsOf(await planFor(privilege, folder));
  }

  async function planFor(privilege: TestPrivilege, folder: string): Promise<StartPlan> {
    const person =
      privilege === 'root' ? { uid: 0, gid: 0 } : { uid: place.user.uid, gid: place.user.gid };
    const bundle = await loadBundle(folder);
    const facts = await gatherFacts(bundle, person);
    const kind = privilege === 'rootless' ? ('rootless' as const) : ('root' as const);
    return planStart(bundle, { ...facts, privilege: kind });
  }

  /** Runs the bundle where `instead` runs in place of this step's command. */
  async function runWith(
    privilege: TestPrivilege,
    bundle: string,
    step: Step,
    instead?: string,
  ): Promise<Ended> {
    const work = mkdtempSync(path.join(place.folder, 'fail-'));
    const [program, ...words] = programOf(step);
    const tool = findTool(program)!;
    const [real, wrapper] = [path.join(work, 'real'), path.join(work, 'wrapper')];
    copyFileSync(tool, real);
    // The PID is not known yet: any will do.
    const pattern = quote(words.join(' ')).replaceAll(pidPlaceholder, `'*'`);
    const line = fstabLine(await planFor(privilege, bundle), step);
    const together = line
      ? `if [ "$2" = -a ] && grep -qxF ${quote(line)} /proc/self/fd/7; then ${instead ?? fail(line.split(' ')[1])}; fi\n`
      : '';
    writeFileSync(
      wrapper,
      `#!/bin/sh\nreal=${real}\n${together}case "$*" in ${pattern}*) ${instead ?? fail()} ;; esac\nexec "$real" "$@"\n`,
    );
    for (const file of [work, real, wrapper]) chmodSync(file, 0o755);
    const { argv, input } = place.command(privilege, [
      'run',
      bundle,
      '--',
      '/bin/sh',
      '-c',
      'echo up',
    ]);
    const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
    const child = spawn(
      'unshare',
      ['--mount', '--', 'sh', '-c', script, 'sh', wrapper, tool, ...argv],
      { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' },
    );
    child.stdin.end(input);
    return ended(child);
  }
});

/** The first program that a step runs: words of steps.sh run several. */
function programOf({ argv }: Step): readonly [string, ...string[]] {
  const [word, ...rest] = argv as [string, ...string[]];
  if (word === 'make_links') return ['ln', '-s', '-n', rest[0]!, rest[1]!];
  if (word === 'bind_each')
    return ['mount', '-ic', ...lent, `${rest[0]!}/${rest[1]!}`, `./${rest[1]!}`];
  return [word, ...rest];
}

/** @param target what a failing mount(8) names */
function fail(target?: string): string {
  return `echo "\${0##*/}: ${target === undefined ? '' : `${target}: `}forced" >&2; exit 77`;
}

/** Where the runner writes this mount down to make it with others in one go: its line of the fstab. */
function fstabLine(plan: StartPlan, step: Step): string | undefined {
  const words = encodeBatched(plan.dress, 0);
  const index = String(plan.dress.findIndex(({ id }) => id === step.id));
  const at = words.findIndex((word, place) => word === index && words[place + 3] === 'fstab');
  if (at < 0) return undefined;
  const [slot, source, from, target, rest] = words.slice(at + 4, at + 9);
  const folder = `/proc/self/fd/${slot}`;
  return `${source === '' ? folder + from : source} ${folder}${target} ${rest} 0 0`;
}

/** Programs can be replaced, words of steps.sh cannot; a guarded step runs where its file is there. */
function canBeForced(step: Step): boolean {
  if (step.id === 'payload' || ['write_file', 'make_files'].includes(step.argv[0]!)) return false;
  if (!step.guard) return true;
  const [kind, name] = [step.guard.split(':')[0], step.guard.slice(step.guard.indexOf(':') + 1)];
  const found = statSync(path.posix.join(step.cwd ?? '/', name), { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() === (kind === 'if-directory');
}

function withoutPid(command: string): string {
  return command.split('$pid')[0]!;
}
