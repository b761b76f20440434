/**
 * The system calls of some plans, as text that a reviewer can hold against src/init: `calls/NAME.txt`.
 * TERRARIUM_WRITE_PLANS=1 writes them anew. `system/systemCalls.test.ts` holds them against strace(1).
 */
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startWay } from '../../../../src/core/config/startWay';
import { TerrariumError } from '../../../../src/core/errors';
import { displayCommand } from '../../../../src/core/sequence/commandLine';
import { planStart } from '../../../../src/core/sequence/planStart';
import { type StepwisePlan, stepwisePlan } from '../../../../src/core/sequence/stepwise';
import { AnsweredCall, maxCalls } from '../../../../src/protocol/steps';
import { type PlannedBundle, plannedBundles } from './plannedBundles';
import { type Privilege, factsFor, privileges } from './plannedFacts';

const folder = path.resolve('test/unit/core/sequence/calls');
const told: readonly (readonly [bundle: string, privilege: Privilege])[] = [
  ['hand', 'root'],
  ['hand', 'rootless'],
  ['own', 'root'],
  ['program-safe', 'sudo'],
  ['program-safe', 'rootless'],
  ['program-propagation', 'root'],
  ['namespace-joined', 'root'],
  ['limits-further', 'root'],
  ['execution', 'root'],
  ['program-overlay', 'rootless'],
  ['program-emulated', 'rootless'],
];

describe('systemCalls', () => {
  for (const [name, privilege] of told)
    it(`says those of ${name} with ${privilege}`, async () => {
      const plan = planned(
        plannedBundles.find((one) => one.name === name)!,
        privilege,
      );
      assert.ok(plan);
      const text = textOf(plan);
      const file = path.join(folder, fileOf(name, privilege));
      if (process.env.TERRARIUM_WRITE_PLANS === '1') await writeFile(file, text);
      assert.equal(text, await readFile(file, 'utf8'));
    });

  it('has no file of another plan', async () => {
    const files = told.map(([name, privilege]) => fileOf(name, privilege)).sort();
    assert.deepEqual((await readdir(folder)).sort(), files);
  });

  it('has some for each step of every plan, as the protocol takes them', () => {
    for (const bundle of plannedBundles)
      for (const privilege of privileges) {
        const plan = planned(bundle, privilege);
        for (const [index, calls] of plan?.calls(4711).entries() ?? []) {
          const { id } = plan!.steps[index]!;
          // PID 1 is born there.
          if (id !== 'enter-cgroup') assert.ok(calls.length > 0, `${bundle.name}: ${id}`);
          assert.ok(calls.length <= maxCalls, `${bundle.name}: ${id}`);
          for (const call of calls) AnsweredCall.parse(call);
        }
      }
  });

  it('names the calls whose answers src/init reports, and no others', async () => {
    const names = new Set(
      plannedBundles.flatMap((bundle) =>
        privileges.flatMap((privilege) => {
          const plan = byProgram(bundle) ? planned(bundle, privilege) : undefined;
          return plan?.calls(4711).flatMap((calls) => calls.map(nameOf)) ?? [];
        }),
      ),
    );
    const reported = new Set<string>();
    for (const file of await readdir('src/init'))
      if (file.endsWith('.c'))
        for (const [, quoted, bare] of (
          await readFile(path.join('src/init', file), 'utf8')
        ).matchAll(/\b(?:TOLD|note_call)\("(\w+)"|\bNOTED\((?!name\b)(\w+),/g))
          reported.add((quoted ?? bare)!);
    const missing = (of: ReadonlySet<string>, from: ReadonlySet<string>) =>
      [...of].filter((name) => !from.has(name)).sort();
    // A payload reports nothing, nor does newuidmap(1), whose execve(2) it is as well.
    assert.deepEqual(missing(names, reported), ['execve']);
    // Of a layer that is changed below a container, and where fsconfig(2) refuses an option.
    assert.deepEqual(missing(reported, names), ['fspick', 'mount']);
  });

  it('bounds what a bundle makes long', () => {
    const words = Array.from({ length: 400 }, () => 'é'.repeat(1000)) as [string];
    const plan = planned({
      ...{ name: 'long', what: '' },
      config: {
        process: { args: words, cwd: '/', user: { uid: 0, gid: 0 } },
        root: { path: 'rootfs' },
        mounts: Array.from({ length: 3 }, (_, index) => ({
          destination: `/${index}`,
          ...{ type: 'tmpfs', options: Array.from({ length: 100 }, () => 'size=1m') },
        })),
        linux: { namespaces: ['pid', 'mount'].map((type) => ({ type })) },
      },
    });
    for (const calls of plan!.calls()) for (const call of calls) AnsweredCall.parse(call);
    const tmpfs = plan!.calls()[plan!.steps.findIndex(({ id }) => id === 'mount:/0')]!;
    assert.equal(tmpfs.length, maxCalls);
    assert.match(tmpfs.at(-1)!.call, /^move_mount\(/);
  });
});

describe('stepwisePlan', () => {
  const gatesOf = ({ steps, gates }: StepwisePlan) =>
    steps.flatMap(({ id }, index) =>
      gates[index] === index ? [] : [`${steps[gates[index]!]!.id} > ${id}`],
    );
  const of = (name: string, privilege: Privilege) =>
    planned(
      plannedBundles.find((one) => one.name === name)!,
      privilege,
    )!;

  it('says what goes together', () => {
    assert.deepEqual(gatesOf(of('hand', 'root')), ['own-session > payload']);
    assert.deepEqual(gatesOf(of('namespace-joined', 'root')), [
      'join > unshare',
      'devices > links',
      'seccomp > payload',
    ]);
    const safe = of('program-safe', 'sudo');
    assert.deepEqual(
      gatesOf(safe).filter((one) => !/^(mask|readonly):/.test(one)),
      [
        ...['become-person > unshare', 'map-uid > map-gid'],
        ...['device-files > devices', 'device-files > links', 'device-files > console-file'],
        ...['device-files > console', 'seccomp > payload'],
      ],
    );
    assert.deepEqual([safe.steps.length, new Set(safe.gates).size], [54, 19]);
    const limits = gatesOf(of('limits-further', 'root'));
    assert.ok(limits.includes('enter-cgroup > unshare') && limits.includes('seccomp > payload'));
  });

  it('has one command for what is alike but for the place, and all others as they are', () => {
    const gates = of('program-safe', 'rootless').plannedGates();
    const loops = gates.flatMap(({ commands }) =>
      commands.filter(({ lines }) => lines[0]?.startsWith('for place in')),
    );
    assert.deepEqual(
      loops.map(({ why }) => /^\w+ \d+ places/.exec(why)?.[0]),
      ['Hide 10 places', 'Make 5 places'],
    );
    assert.deepEqual(
      [...new Set(gates.map(({ part }) => part))],
      ['namespaces', 'ids', 'filesystems', 'names', 'root', 'privileges', 'program'],
    );
  });

  it('says from where on a shell can be opened, and in which root', () => {
    const shell = ({ steps, shellFrom, ownRootFrom }: StepwisePlan) => [
      steps[shellFrom - 1]!.id,
      ownRootFrom === undefined ? undefined : steps[ownRootFrom - 1]!.id,
    ];
    assert.deepEqual(shell(of('hand', 'root')), ['unshare', undefined]);
    assert.deepEqual(shell(of('own', 'root')), ['unshare', 'pivot_root']);
    assert.deepEqual(shell(of('program-safe', 'rootless')), ['map-gid', 'pivot_root']);
  });
});

const nameOf = ({ call }: AnsweredCall) => /^\w+/.exec(call)?.[0] ?? call;

function byProgram({ config }: PlannedBundle): boolean {
  const parsed = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...config })).config;
  return parsed !== undefined && startWay(parsed) === 'program';
}

function fileOf(name: string, privilege: Privilege): string {
  return `${name}-${privilege.replaceAll(' ', '-')}.txt`;
}

/** As terrarium-init carries it out, or by hand; undefined where it is refused. */
function planned(bundle: PlannedBundle, privilege: Privilege = 'root'): StepwisePlan | undefined {
  const { config } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...bundle.config }));
  const facts = factsFor(privilege, bundle);
  try {
    const box = { path: '/b', name: 'box', rootfs: '/b/rootfs', config: config! };
    const way = startWay(config!) === 'hand' ? 'hand' : 'program';
    const { uid, gid } = facts;
    return stepwisePlan(planStart(box, facts, way), { rootfs: '/b/rootfs', own: { uid, gid } });
  } catch (error) {
    if (error instanceof TerrariumError) return undefined;
    throw error;
  }
}

function textOf(plan: StepwisePlan): string {
  const calls = plan.calls(4711);
  return plan.steps
    .map((step, index) => {
      const lines = calls[index]!.map(({ call, answer }) => `  ${call} = ${answer}\n`);
      return `$ ${displayCommand(step)}${step.guard ? `  [${step.guard}]` : ''}\n${lines.join('')}`;
    })
    .join('');
}
