/**
 * What planStart makes of some thirty bundles, as text files that a reviewer can hold against the man
 * pages: `plans/NAME.txt` has the steps as commands, for each privilege. TERRARIUM_WRITE_PLANS=1 writes
 * them anew; read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../../../src/core/errors';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startWay } from '../../../../src/core/config/startWay';
import { configJsonSchema } from '../../../../src/core/config/jsonSchema';
import { displayCommand } from '../../../../src/core/sequence/commandLine';
import { planStart } from '../../../../src/core/sequence/planStart';
import {
  type StartPlan,
  type Step,
  type StepOf,
  isPinned,
  stepsOf,
} from '../../../../src/core/sequence/step';
import { type PlannedBundle, plannedBundles } from './plannedBundles';
import { type Privilege, factsFor, privileges } from './plannedFacts';

// The tests are bundled: the files stay beside their source.
const folder = path.resolve('test/unit/core/sequence/plans');
const rewrites = process.env.TERRARIUM_WRITE_PLANS === '1';

describe('planStart', () => {
  for (const bundle of plannedBundles) {
    it(`plans ${bundle.what}`, async () => {
      const file = path.join(folder, `${bundle.name}.txt`);
      const text = planned(bundle);
      if (rewrites) await writeFile(file, text);
      assert.equal(text, await readFile(file, 'utf8'));
    });
  }

  it('has no plan on record that no bundle makes', async () => {
    const known = plannedBundles.map(({ name }) => `${name}.txt`).sort();
    assert.deepEqual((await readdir(folder)).sort(), known);
  });

  it('has each key of config.json in a bundle whose plan is another without it', () => {
    const { then } = configJsonSchema() as { then: Schema };
    const idle = keysInSchema(then)
      .filter((key) => !plannedBundles.some((one) => acts(one, key)))
      .map((key) => key.join('/'));
    assert.deepEqual(idle, [
      'ociVersion',
      'process/execCPUAffinity/initial', // of further shells alone
      'process/execCPUAffinity/final',
      'linux/resources/memory/checkBeforeUpdate', // nothing is in use yet
      'annotations/dev.terrarium.engine', // the others' engines plan no steps
    ]);
  });

  it('numbers every step by an id of its own', () => {
    for (const bundle of plannedBundles)
      for (const privilege of privileges) {
        const plan = planOf(bundle, privilege);
        if (plan instanceof TerrariumError) continue;
        const ids = stepsOf(plan).map(({ id }) => id);
        assert.deepEqual(ids, [...new Set(ids)], `${bundle.name}, ${privilege}`);
      }
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | readonly Schema[];
}

type Key = readonly string[];

/** Without the places in lists: `mounts`, `type`. */
function keysInSchema({ properties = {}, items = [] }: Schema, above: Key = []): Key[] {
  return [
    ...Object.entries(properties).flatMap(([name, value]) => {
      const key = [...above, name];
      return [key, ...keysInSchema(value, key)];
    }),
    ...[items].flat().flatMap((item) => keysInSchema(item, above)),
  ];
}

/** Whether the bundle has a key that its plan depends on: as steps, as a warning, or by a refusal without it. */
function acts(bundle: PlannedBundle, key: Key): boolean {
  const config = without(bundle.config, key) as object;
  if (JSON.stringify(config) === JSON.stringify(bundle.config)) return false;
  const { diagnostics } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...config }));
  if (diagnostics.length > 0) return true;
  const plan = (one: PlannedBundle) => planned(one).replace(/^# .*\n/gm, '');
  return plan({ ...bundle, config }) !== plan(bundle);
}

function without(value: unknown, key: Key): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, key));
  if (typeof value !== 'object' || value === null) return value;
  const [first, ...rest] = key;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
      if (name !== first) return [[name, one]];
      return rest.length > 0 ? [[name, without(one, rest)]] : [];
    }),
  );
}

function planned(bundle: PlannedBundle): string {
  // Privileges with the same plan share a section.
  const sections = new Map<string, Privilege[]>();
  let first: readonly string[] | undefined;
  for (const privilege of privileges) {
    const plan = planOf(bundle, privilege);
    const text = plan instanceof TerrariumError ? refusal(plan) : planLines(plan, first);
    if (!(plan instanceof TerrariumError)) first ??= stepsOf(plan).map(stepText);
    sections.set(text, [...(sections.get(text) ?? []), privilege]);
  }
  return [
    `# ${bundle.what}\n`,
    `# ${JSON.stringify(bundle.config)}\n`,
    ...[...sections].map(([text, who]) => `\n== ${who.join(', ')} ==\n${text}`),
  ].join('');
}

function planOf(bundle: PlannedBundle, privilege: Privilege): StartPlan | TerrariumError {
  const { config, diagnostics } = parseConfig(
    JSON.stringify({ ociVersion: '1.0.2', ...bundle.config }),
  );
  assert.ok(config, `${bundle.name}: ${JSON.stringify(diagnostics)}`);
  const facts = factsFor(privilege, bundle);
  try {
    const way = startWay(config) === 'hand' ? 'hand' : (bundle.way ?? 'script');
    return planStart({ path: '/b', name: 'box', rootfs: '/b/rootfs', config }, facts, way);
  } catch (error) {
    if (error instanceof TerrariumError) return error;
    throw error;
  }
}

function refusal({ code, problem, remedy }: TerrariumError): string {
  return `refused: ${code}\n  ${problem}\n  ${remedy}\n`;
}

/** @param first the steps of the first section: where they stand here too, their numbers are enough */
function planLines(plan: StartPlan, first: readonly string[] | undefined): string {
  const { way, warnings, env, cwd, umask, shell } = plan;
  const steps = stepsOf(plan).map(stepText);
  return [
    ...warnings.map((warning) => `! ${warning}\n`),
    ...(first && first.join() !== steps.join() ? besides(steps, first) : numbered(steps)),
    ...(way === 'program' ? ['carried out by terrarium-init\n'] : []),
    ...(plan.cgroup?.steps ?? []).flatMap((step) =>
      step.kind === 'deviceFilter' ? instructionLines('devices', step.program) : [],
    ),
    ...plan.dropPrivileges.flatMap((step) =>
      step.kind === 'filter' ? filterLines(step, first !== undefined) : [],
    ),
    `hands over: cwd ${cwd}`,
    ...(umask === undefined ? [] : [`, umask ${umask}`]),
    ...(shell === undefined ? [] : [`, waits in ${shell}`]),
    env.length === 0 ? ', no variables\n' : `\n${env.map((one) => `  ${one}\n`).join('')}`,
  ].join('');
}

/** An instruction a line: code, jumps and operand as in struct sock_filter, little endian. */
function filterLines({ flags, program }: StepOf<'filter'>, isKnown: boolean): string[] {
  if (isKnown) return [`filter, flags ${flags}, ${program.length / 16} instructions\n`];
  return instructionLines(`filter, flags ${flags}`, program);
}

function instructionLines(what: string, program: string): string[] {
  return [`${what}:\n`, ...(program.match(/.{16}/g) ?? []).map((one) => `  ${one}\n`)];
}

function numbered(steps: readonly string[]): string[] {
  return steps.map((step, index) => `${String(index + 1).padStart(2)} ${step}`);
}

/** Runs of steps that follow each other in `first` as well become one line. */
function besides(steps: readonly string[], first: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < steps.length;) {
    const from = first.indexOf(steps[at]!);
    let length = from < 0 ? 0 : 1;
    while (length > 0 && at + length < steps.length && steps[at + length] === first[from + length])
      length++;
    if (length > 0) lines.push(`   ${runText(from + 1, length)} above\n`);
    else lines.push(` + ${steps[at]!}`);
    at += length || 1;
  }
  return lines;
}

function runText(from: number, length: number): string {
  return length === 1 ? `step ${from}` : `steps ${from} to ${from + length - 1}`;
}

function stepText(step: Step): string {
  const conditions = [step.guard, isPinned(step) ? 'held' : undefined].filter((one) => one);
  const condition = conditions.length ? ` [${conditions.join(', ')}]` : '';
  return `${step.where.padEnd(10)} # ${step.why}${condition}\n              ${displayCommand(step)}\n`;
}
