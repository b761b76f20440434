import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../../../src/core/errors';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { encodeProgram, reportsOf } from '../../../../src/core/sequence/encodeProgram';
import { planStart } from '../../../../src/core/sequence/planStart';
import { type StartPlan, stepsOf } from '../../../../src/core/sequence/step';
import { plannedBundles } from './plannedBundles';
import { type Privilege, factsFor, privileges } from './plannedFacts';

/** What the program does without being told by a step. */
const own = new Set([
  ...['join', 'become-person', 'unshare', 'session', 'map-uid', 'map-gid', 'become-root'],
  ...[
    'bind-rootfs',
    'overlay-rootfs',
    'enter-cgroup',
    'seccomp',
    'pivot_root',
    'umount-old-root',
    'payload',
  ],
]);

const facts = {
  ...{ rootfs: '/b/rootfs', uid: 1000, gid: 1000 },
  toolOf: (name: string) => `/usr/bin/${name}`,
};

describe('encodeProgram', () => {
  it('has each step of each plan as an operation, or as what the program does by itself', () => {
    for (const { name, plan } of plans()) {
      const { steps } = decoded(encodeProgram(plan, facts));
      const reports = reportsOf(plan);
      for (const [index, step] of stepsOf(plan).entries()) {
        const made = steps.filter((one) => one.index === index);
        assert.equal(made.length, own.has(step.id) ? 0 : reports[index], `${name}: ${step.id}`);
        if (!own.has(step.id)) assert.ok(made.length > 0, `${name}: ${step.id} is left out`);
      }
    }
  });

  /** TERRARIUM_WRITE_PLANS=1 writes them anew, as it does the plans. */
  it('is what the fuzzer of the plan reader begins with (test/init/seeds)', async () => {
    const folder = path.resolve('test/init/seeds');
    const files = await seeds();
    if (process.env.TERRARIUM_WRITE_PLANS === '1')
      for (const [name, encoded] of files) await writeFile(path.join(folder, name), encoded);
    assert.deepEqual((await readdir(folder)).sort(), [...files.keys()].sort());
    for (const [name, encoded] of files)
      assert.ok(encoded.equals(await readFile(path.join(folder, name))), name);
  });

  it('has a seed for each word that the plan reader knows', async () => {
    const inSeeds = new Set([...(await seeds()).values()].flatMap(wordsIn));
    const known = await knownWords();
    assert.ok(known.length > 50, `${known.length} words were found in plan.c`);
    assert.deepEqual(
      known.filter((word) => !inSeeds.has(word)),
      [],
    );
  });

  it('hands over words as they are, whatever is in them', () => {
    const words = ['/bin/echo', '', '$(id)', 'a\nb', "'", 'ü'];
    const plan = planOf({ process: { args: words, env: ['a.b=c', 'UID=7', 'X=1\n2'] } });
    const { settings } = decoded(encodeProgram(plan, facts));
    assert.deepEqual(settings.arguments, words);
    assert.deepEqual(settings.environment, ['a.b=c', 'UID=7', 'X=1\n2', 'HOME=/']);
  });

  it('tells namespaces and privileges in the numbers of the kernel', () => {
    const plan = planOf({
      process: {
        capabilities: { bounding: ['CAP_CHOWN', 'CAP_BPF', 'CAP_NONE'], inheritable: [] },
        user: { uid: 7, gid: 8, additionalGids: [9, 10] },
        noNewPrivileges: true,
        rlimits: [{ type: 'RLIMIT_NOFILE', soft: 16, hard: 2 ** 64 }],
      },
    });
    const { settings, steps } = decoded(encodeProgram(plan, { ...facts, openFiles: 99 }));
    // NEWNS, NEWUTS, NEWIPC, NEWPID (linux/sched.h)
    assert.deepEqual(settings.namespaces, [String(0x20000 + 0x4000000 + 0x8000000 + 0x20000000)]);
    assert.equal(settings.openfiles, undefined, 'config.json has that limit');
    const wordsOf = (kind: string) => steps.find((one) => one.kind === kind)?.words;
    assert.deepEqual(wordsOf('privileges'), ['8000000001', '0', '-', '7', '8', '9,10', '1']);
    assert.deepEqual(wordsOf('rlimits'), ['7', '16', '18446744073709551615']);
  });

  it('says before which of its own steps it can wait', () => {
    const plan = planOf({ process: { oomScoreAdj: 7 } });
    const { stepwise } = decoded(encodeProgram(plan, { ...facts, stepwise: true })).settings;
    const steps = stepsOf(plan);
    assert.deepEqual(
      stepwise?.map((index) => steps[Number(index)]?.id),
      ['bind-rootfs', 'umount-old-root'],
    );
    // It begins with the root: what it tells of its steps comes in their order.
    assert.ok(steps.findIndex(({ id }) => id === 'oom') > Number(stepwise?.[0]));
    assert.equal(decoded(encodeProgram(plan, facts)).settings.stepwise, undefined);
  });

  it('gives a start without root the maps that nobody has to write', () => {
    const plan = planOf({}, 'rootless with one id');
    assert.deepEqual(decoded(encodeProgram(plan, facts)).settings.selfmap, ['1000', '1000']);
  });
});

/** Plans with many steps, and for each word that none of them has the shortest one that has it. */
async function seeds(): Promise<Map<string, Buffer>> {
  const all = [...plans()].flatMap(({ name, plan }) =>
    [
      { name, encoded: encodeProgram(plan, facts) },
      { name: `stepwise ${name}`, encoded: encodeProgram(plan, { ...facts, stepwise: true }) },
      {
        name: `terminal ${name}`,
        encoded: encodeProgram(plan, { ...facts, tty: '/dev/pts/0', openFiles: 1024 }),
      },
    ].map((one) => ({ ...one, words: new Set(wordsIn(one.encoded)) })),
  );
  const rich =
    /^((stepwise )?program-safe|program-order|limits-further|program-device-filter|namespace-joined|execution|program-propagation), (root|rootless)$/;
  const chosen = all.filter(({ name }) => rich.test(name));
  const shortest = all.sort((a, b) => a.encoded.length - b.encoded.length);
  for (const word of await knownWords()) {
    if (chosen.some(({ words }) => words.has(word))) continue;
    const one = shortest.find(({ words }) => words.has(word));
    if (one) chosen.push(one);
  }
  return new Map(
    chosen.map(({ name, encoded }) => [name.replaceAll(/[^a-z]+/g, '-'), encoded] as const),
  );
}

const wordsIn = (encoded: Buffer) => encoded.toString('utf8').split('\0');

/** The names of settings, of kinds of steps, of phases and of guards in src/init/plan.c. */
async function knownWords(): Promise<string[]> {
  const source = await readFile('src/init/plan.c', 'utf8');
  return ['kinds[]', 'setting_names[]', 'phases[]', 'guards[]'].flatMap((name) => {
    const [, list] = source.split(`${name} = {`);
    assert.ok(list !== undefined, name);
    const word = name === 'kinds[]' ? /\{"([a-zA-Z]+)"/g : /"([a-zA-Z]+)"/g; // their shapes are no names
    return [...list.slice(0, list.indexOf('};')).matchAll(word)].map((match) => match[1]!);
  });
}

function* plans(): Generator<{ name: string; plan: StartPlan }> {
  for (const bundle of plannedBundles)
    for (const privilege of privileges) {
      const { config } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...bundle.config }));
      const box = { path: '/b', name: 'box', rootfs: '/b/rootfs', config: config! };
      if (config!.annotations?.['dev.terrarium.root'] === 'chroot') continue;
      try {
        const plan = planStart(box, factsFor(privilege, bundle), 'program');
        yield { name: `${bundle.name}, ${privilege}`, plan };
      } catch (error) {
        if (!(error instanceof TerrariumError)) throw error; // refused, whatever carries it out
      }
    }
}

function planOf(change: { process?: object }, privilege: Privilege = 'root'): StartPlan {
  const { config } = parseConfig(
    JSON.stringify({
      ociVersion: '1.0.2',
      process: { args: ['/bin/sh'], cwd: '/', user: { uid: 0, gid: 0 }, ...change.process },
      root: { path: 'rootfs' },
      linux: { namespaces: ['pid', 'uts', 'ipc', 'mount'].map((type) => ({ type })) },
    }),
  );
  assert.ok(config);
  const bundle = { name: 'box', what: '', config };
  return planStart(
    { path: '/b', name: 'box', rootfs: '/b/rootfs', config },
    factsFor(privilege, bundle),
  );
}

interface Decoded {
  readonly settings: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly {
    readonly index: number;
    readonly kind: string;
    readonly words: readonly string[];
  }[];
}

/** As src/init/plan.c reads it. */
function decoded(encoded: Buffer): Decoded {
  const words = encoded.toString('utf8').split('\0');
  assert.equal(words.pop(), '', 'the last word is ended too');
  const take = (count: number) => words.splice(0, count);
  assert.deepEqual(take(2), ['terrarium-init', '1']);
  const settings: Record<string, readonly string[]> = {};
  const lists = ['environment', 'arguments', 'join'];
  const pairs = ['person', 'selfmap', 'uidmap', 'gidmap', 'seccomp', 'stepwise', 'cgroup'];
  for (let [name] = take(1); name !== 'steps'; [name] = take(1)) {
    assert.ok(name !== undefined && !(name in settings), name);
    if (/^[ug]idtool$/.test(name)) {
      const [index, tool, count] = take(3) as [string, string, string];
      settings[name] = [index, tool, ...take(Number(count))];
    } else if (lists.includes(name))
      settings[name] = take(Number(take(1)[0]) * (name === 'join' ? 2 : 1));
    else if (name === 'layer') settings[name] = take(3);
    else settings[name] = take(name === 'timeoffsets' ? 6 : pairs.includes(name) ? 2 : 1);
  }
  const steps: Decoded['steps'][number][] = [];
  for (let [word] = take(1); word !== 'end'; [word] = take(1)) {
    assert.equal(word, 'step');
    const [index, phase, guard, cwd, kind, count] = take(6) as [
      ...[string, string, string, string, string, string],
    ];
    assert.match(phase, /^(before|inside|drop)$/);
    assert.match(guard, /^(directory|file|plain)?$/);
    assert.match(cwd, /^(\/.*)?$/);
    steps.push({ index: Number(index), kind, words: take(Number(count)) });
  }
  assert.deepEqual(words, []);
  return { settings, steps };
}
