import assert from 'node:assert/strict';
import type { Step } from '../../../../../src/core/sequence/step';
import { ProgramReports } from '../../../../../src/helper/engine/builtin/ProgramReports';

const step = (id: string, more: object): Step =>
  ({ id, where: 'namespaces', why: `does ${id}`, ...more }) as Step;
const steps = [
  step('unshare', { kind: 'unshare', types: [], mapRootUser: false, keepCaps: false }),
  step('bind-rootfs', { kind: 'bind', source: '.', name: '.', options: [], cwd: '/' }),
  step('devices', { kind: 'copy', sources: ['/dev/null', '/dev/zero'], cwd: '/dev' }),
  step('mask', { kind: 'bind', source: '/dev/null', name: './x', options: [], cwd: '/proc' }),
  step('pivot_root', { kind: 'pivotRoot', entry: { user: false, preserveCredentials: false } }),
  step('umount', { kind: 'umountOldRoot' }),
  step('payload', { kind: 'execute', args: ['/bin/sh'] }),
];
/** As reportsOf has them. */
const operations = [0, 0, 2, 1, 0, 0, 0];

function heard(lines: readonly string[]) {
  const said: string[] = [];
  const reports = new ProgramReports('box', steps, operations, {
    pid: (pid) => said.push(`pid ${pid}`),
    ready: () => said.push('ready'),
    step: ({ id }, state) => said.push(`${state} ${id}`),
    wait: (index) => said.push(`wait ${index}`),
  });
  reports.tellSteps();
  for (const line of lines) reports.line(line);
  return { said, reports };
}

describe('ProgramReports', () => {
  it('tells each step once and in its order, also what the program does untold', () => {
    const { said } = heard([
      ...['step 0', 'pid 77', 'done 0', 'step 2', 'done 2', 'step 2', 'done 2'],
      ...['step 4', 'done 4', 'ready'],
    ]);
    assert.deepEqual(said, [
      ...['start unshare', 'pid 77', 'done unshare', 'start bind-rootfs', 'done bind-rootfs'],
      ...['start devices', 'done devices', 'start pivot_root', 'done pivot_root'],
      ...['start umount', 'done umount', 'ready'],
    ]);
    // Of a guarded step that had nothing to do, nothing is said.
    assert.ok(!said.some((one) => one.includes('mask')));
  });

  it('keeps the steps until they are asked for, and nothing else', () => {
    const said: string[] = [];
    const reports = new ProgramReports('box', steps, operations, {
      pid: (pid) => said.push(`pid ${pid}`),
      ready: () => said.push('ready'),
      step: ({ id }, state) => said.push(`${state} ${id}`),
    });
    for (const line of ['step 0', 'pid 77', 'done 0', 'step 3', 'done 3', 'ready'])
      reports.line(line);
    assert.deepEqual(said, ['pid 77', 'ready']);
    reports.tellSteps();
    assert.deepEqual(said.slice(2, 4), ['start unshare', 'done unshare']);
    assert.equal(said.filter((one) => one === 'done mask').length, 1);
  });

  it('knows how PID 1 ended, by a code or by any signal', () => {
    assert.deepEqual(heard(['exit 7']).reports.end, { exitCode: 7 });
    assert.deepEqual(heard(['signal 9']).reports.end, { signal: 'SIGKILL' });
    assert.deepEqual(heard(['signal 40']).reports.end, { signal: 'SIGRTMIN+6' });
    assert.equal(heard(['step 0']).reports.end, undefined);
  });

  it('tells where it waits, once what is before that has been told', () => {
    const { said, reports } = heard(['wait 0', 'step 0', 'done 0', 'wait 2', 'wait 3', 'wait 4']);
    assert.deepEqual(said, [
      ...['wait 0', 'start unshare', 'done unshare', 'start bind-rootfs', 'done bind-rootfs'],
      ...['wait 2', 'wait 3', 'wait 4'],
    ]);
    assert.deepEqual(
      steps.map((_, index) => reports.isDone(index)),
      [true, true, false, false, true, true, true],
      'what is told as a step and was not reported had nothing to do',
    );
  });

  it('knows which call of which step failed, and how', () => {
    const { failed } = heard(['errno 11 fsconfig 3 Try again: later', 'fail 2']).reports;
    assert.deepEqual(failed, {
      index: 2,
      call: { name: 'fsconfig', times: 3, answer: '-1 EAGAIN (Try again: later)' },
    });
    assert.deepEqual(
      heard(['errno 2 openat2 1 x', 'refuse - rootfs']).reports.failed.index,
      undefined,
    );
    assert.deepEqual(heard(['errno x openat2 1 x']).reports.failed.call, undefined);
  });

  it('knows what the calls of each step have answered', () => {
    const { reports } = heard([
      ...['wait 0', 'answer clone3 4711', 'wait 1', 'answer openat 8'],
      ...['step 2', 'answer symlinkat -1 17 File exists', 'answer x', 'answer mkdir -5'],
    ]);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => reports.answers(index)),
      [
        [{ name: 'clone3', answer: '4711' }],
        [{ name: 'openat', answer: '8' }],
        [{ name: 'symlinkat', answer: '-1 EEXIST (File exists)' }],
        [],
      ],
    );
  });

  it('throws the step that failed, with the program’s message', () => {
    const { reports } = heard(['step 2', 'fail 2']);
    reports.print('/dev/null: File exists\n');
    assert.throws(() => reports.throwFailure(125), {
      code: 'step-failed',
      message: /the step “does devices” \(.*\) failed: \/dev\/null: File exists/,
    });
  });

  it('names a place that cannot be mounted on, and a rootfs that cannot be entered', () => {
    const { reports } = heard(['refuse 3 symlink']);
    assert.throws(() => reports.throwFailure(125), { code: 'mount-point-symlink' });
    assert.throws(() => heard(['refuse - rootfs']).reports.throwFailure(125), {
      code: 'mount-point-rootfs',
    });
  });

  it('says no more than it knows where the program died without a word', () => {
    const { reports } = heard([]);
    assert.throws(() => reports.throwFailure(125), { code: 'start-failed' });
  });

  it('takes no harm from lines that no program writes', () => {
    const odd = ['', 'step', 'step -1', 'step 99', 'done x', 'fail 99', 'pid 0x7', 'signal 999'];
    assert.deepEqual(heard(odd).said, []);
  });
});
