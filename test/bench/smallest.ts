/** Runs the benches of a level once, at their smallest: for benches.test.ts of the levels system and ui. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { endGroup } from '../host/processes.mjs';
import { projectRoot } from '../host/project.mjs';

const Text = z.string().min(1);
const Figure = z.number().min(0);

/** What `npm run bench -- NAME --json` writes on its last line. */
const Report = z.strictObject({
  name: Text,
  machine: Text,
  cases: z
    .array(
      z.strictObject({
        ...{ name: Text, unit: Text },
        ...{ median: Figure, min: Figure, max: Figure, runs: z.number().int().min(1) },
      }),
    )
    .min(1),
  ratios: z.record(Text, Figure),
  skipped: z.array(z.strictObject({ name: Text, why: Text })),
});
type Report = z.infer<typeof Report>;

const folder = join(projectRoot(), 'test/bench');

/** @returns all benches, with the level that each names for itself */
export async function benches(): Promise<{ name: string; level: unknown }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.bench.mjs')).sort();
  return Promise.all(
    files.map(async (file) => {
      const bench = (await import(pathToFileURL(join(folder, file)).href)) as { level: unknown };
      return { name: file.replace('.bench.mjs', ''), level: bench.level };
    }),
  );
}

/** Rejects unless it ends with 0 and its last line is a report. */
export async function runSmallest(name: string, env = process.env): Promise<Report> {
  const child = spawn(
    process.execPath,
    [join(folder, 'run.mjs'), name, '--json', '--smallest'],
    // A group of its own: what it leaves when it is ended by its limit goes with it.
    { cwd: projectRoot(), env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const late = setTimeout(() => void endGroup(child), 120_000);
  try {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const [code, stdout, stderr] = await Promise.all([
      ended,
      text(child.stdout),
      text(child.stderr),
    ]);
    assert.equal(code, 0, `npm run bench -- ${name} ended with ${String(code)}\n${stderr}`);
    const report = Report.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1)!));
    assert.equal(report.name, name);
    checkFigures(report);
    return report;
  } finally {
    clearTimeout(late);
  }
}

/** What the figures of any run have in common. */
function checkFigures({ cases, ratios }: Report): void {
  for (const one of cases)
    assert.ok(one.min <= one.median && one.median <= one.max, JSON.stringify(one));
  const known = new Set(cases.map((one) => one.name));
  assert.equal(known.size, cases.length, 'no name stands twice');
  for (const pair of Object.keys(ratios)) {
    const slashes = [...pair.matchAll(/\//g)].map(({ index }) => index);
    const isPair = slashes.some(
      (at) => known.has(pair.slice(0, at)) && known.has(pair.slice(at + 1)),
    );
    assert.ok(isPair, `${pair} is no two cases`);
  }
}
