/** The exported script as it is read, for each planned bundle: steps first, and nothing that they do not need. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { isPinned, stepsOf } from '../../../../src/core/sequence/step';
import { shellFunctionOf } from '../../../../src/core/sequence/toArgv';
import { exportedScripts } from './exportedScripts';

const all = exportedScripts();
const notes = all.find(({ what }) => what === 'own, root')!;

/** What stands above the line below which there are no steps. */
const top = (script: string) => script.split('\n# ── ')[0]!;

describe('exportScript', () => {
  it('has every step at the top, numbered as it happens, with what it is for', () => {
    for (const { script, plan, what } of all) {
      const found = [...top(script).matchAll(/^ {2}# (\d+)\. (.+)$/gm)].map(([, at, why]) => ({
        at: Number(at),
        why,
      }));
      found.sort((one, other) => one.at - other.at);
      assert.deepEqual(
        found,
        stepsOf(plan).map(({ why }, index) => ({ at: index + 1, why })),
        what,
      );
    }
  });

  it('is a script that a shell can read', () => {
    for (const { script, what } of all) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
      assert.equal(status, 0, `${what}: ${stderr}`);
    }
  });

  it('names the step of a PID 1 that has ended when its number is read', () => {
    const [, outside = ''] = /\n(pid=\ngive_up\(\)[^]*?\nattend_pid1\(\)[^]*?\n}\n)/.exec(
      notes.script,
    )!;
    /** What PID 1 reports. */
    const attend = (reports: string) => {
      const script = `${outside}\nattend_pid1 5<<'END' 6>/dev/full 7>/dev/full\n${reports}END\n`;
      const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
      assert.notEqual(status, 0);
      return stderr;
    };
    const ended = spawnSync('true').pid;
    assert.equal(attend(`pid ${ended}\nfail mount 32\n`), 'Failed: mount: exit code 32\n');
    const strange = 'Failed: what reported as PID 1 is another process, or has ended\n';
    for (const reports of [`pid ${ended}\n`, `pid ${ended}\nready\n`, 'pid 1\nfail mount 32\n'])
      assert.equal(attend(reports), strange);
  });

  it('has each function that a step needs, and none that no step needs', () => {
    const helpers = [
      'write_file',
      'make_files',
      'make_folder',
      'make_links',
      'bind_each',
      'hold',
      'flush',
    ];
    for (const { script, plan, what } of all) {
      if (plan.way === 'hand') continue; // it calls programs alone
      const [, steps = ''] = /<<'END-OF-STEPS'\n([^]*?)END-OF-STEPS/.exec(script)!;
      const opens = plan.rootfs.some(isPinned);
      const needed = helpers.filter(
        (name) =>
          plan.rootfs.some((step) => shellFunctionOf(step) === name) || (name === 'hold' && opens),
      );
      const there = helpers.filter((name) => steps.includes(`\n${name}() {`));
      assert.deepEqual(there, needed, what);
      assert.doesNotMatch(script, /^\s*#(begin|end) /m, what);
    }
  });

  it('shows the steps of a container with a root of its own on the first two screens, and is no book', () => {
    const { script } = notes;
    const lines = (text: string) => text.split('\n').length;
    assert.ok(lines(top(script)) <= 75, `${lines(top(script))} lines down to the last step`);
    assert.ok(lines(script) <= 340, `${lines(script)} lines`);
  });
});
