// F5: what .vscode names is there, and the watch task's patterns fit what the build says.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { projectRoot } from '../host/project.mjs';
import { makeSample, sampleFolder } from '../sample.mjs';
import { temporaryFolder } from './core/bundle/temporaryFolder';

interface Pattern {
  readonly regexp: string;
  readonly [group: string]: string | number;
}

interface Task {
  readonly label: string;
  readonly type?: string;
  readonly script?: string;
  readonly command?: string;
  readonly args?: string[];
  readonly dependsOn?: string[];
  readonly problemMatcher?: {
    readonly pattern: readonly Pattern[];
    readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
  };
}

const root = projectRoot();
const read = <T>(file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const { scripts } = read<{ scripts: Record<string, string> }>('package.json');
const { tasks } = read<{ tasks: Task[] }>('.vscode/tasks.json');
const { configurations } = read<{
  configurations: { args: string[]; outFiles: string[]; preLaunchTask: string }[];
}>('.vscode/launch.json');
const labels = tasks.map(({ label }) => label);
const watch = tasks.find(({ label }) => label === 'watch')!.problemMatcher!;

describe('F5', () => {
  it('runs tasks, scripts and files that exist', () => {
    for (const { preLaunchTask } of configurations) assert.ok(labels.includes(preLaunchTask));
    for (const { type, script, command, args, dependsOn = [] } of tasks) {
      for (const label of dependsOn) assert.ok(labels.includes(label), label);
      if (type === 'npm') assert.ok(script && script in scripts, script);
      if (command === 'node') assert.ok(existsSync(path.join(root, args?.[0] ?? '')), args?.[0]);
    }
  });

  it('opens the sample workspace of npm start, which a task makes', async () => {
    const [{ args } = assert.fail('no configuration')] = configurations;
    const folder = args[1]!;
    assert.ok(tasks.some((task) => task.args?.includes(folder)));
    if (!process.env.XDG_CACHE_HOME)
      assert.equal(folder.replace('${userHome}', homedir()), sampleFolder());
    const made = path.join(workspace(), 'a/sample');
    await makeSample(made);
    assert.match(readFileSync(path.join(made, 'README.md'), 'utf8'), /New Container/);
  });
  const workspace = temporaryFolder();

  it('waits for the lines that the build says when it watches', () => {
    const build = readFileSync(path.join(root, 'esbuild.mjs'), 'utf8');
    const said = [...build.matchAll(/console\.log\('([^']+)'\)/g)].map(([, line]) => line!);
    const { beginsPattern, endsPattern } = watch.background;
    for (const pattern of [beginsPattern, endsPattern])
      assert.equal(said.filter((line) => new RegExp(pattern).test(line)).length, 1, pattern);
  });

  it('shows an error of the build in its file', async () => {
    const file = path.join(workspace(), 'broken.ts');
    const failed = await esbuild
      .build({
        stdin: { contents: "import './nothing';", sourcefile: file, resolveDir: workspace() },
        ...{ bundle: true, write: false, logLevel: 'silent' },
      })
      .catch((error: unknown) => error as esbuild.BuildFailure);
    const lines = (
      await esbuild.formatMessages(failed.errors, { kind: 'error', color: false })
    ).flatMap((text) => text.split('\n'));
    const found = watch.pattern.map(({ regexp }, index) => new RegExp(regexp).exec(lines[index]!));
    const [error, , place] = watch.pattern;
    assert.equal(found[0]?.[error!['message'] as number], 'Could not resolve "./nothing"');
    assert.equal(path.resolve(found[2]?.[place!['file'] as number] ?? ''), file, lines.join('\n'));
    assert.equal(found[2]?.[place!['line'] as number], '1');
  });
});
