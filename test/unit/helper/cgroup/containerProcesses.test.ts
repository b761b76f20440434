// Who is of a container, for a pause: known for certain, or the pause fails by name.
import assert from 'node:assert/strict';
import { TerrariumError } from '../../../../src/core/errors';
import { containerProcesses, processOf } from '../../../../src/helper/cgroup/containerProcesses';
import { BoundedReads } from '../../../../src/helper/processes/BoundedReads';
import { type Gate, gate } from '../gate';

/** By PID: its namespace and its parent; without a parent its stat never comes. */
type Processes = Record<number, readonly [namespace: string, parent?: number]>;

const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;

describe('containerProcesses', () => {
  const gates: Gate[] = [];
  after(() => gates.forEach(({ open }) => open()));
  const never = () => {
    const one = gate();
    gates.push(one);
    return one.opened.then(() => undefined);
  };
  const inside = async (processes: Processes) => {
    const found = await containerProcesses(10, {
      reads: new BoundedReads(20),
      pids: () => Promise.resolve(Object.keys(processes).map(Number)),
      namespaceOf: (pid) => Promise.resolve(pid === 'self' ? 'host' : processes[pid]?.[0]),
      stat: (pid) => {
        const parent = processes[pid]?.[1];
        return parent === undefined ? never() : Promise.resolve({ parent, folder: `/proc/${pid}` });
      },
    });
    return found.map(({ pid }) => pid);
  };
  const usual: Processes = { 5: ['host', 1], 10: ['own', 5], 11: ['own', 10], 12: ['below', 11] };

  it('are those of its namespace and below it', async () => {
    assert.deepEqual(await inside({ ...usual, 20: ['other', 5] }), [10, 11, 12]);
  });

  it('are none once it has ended', async () => {
    assert.deepEqual(await inside({ 5: ['host', 1] }), []);
  });

  for (const [what, pid, namespace] of [
    ['of its own', 11, 'own'],
    ['of a namespace that may be below it', 12, 'below'],
  ] as const)
    it(`are refused by name where one ${what} holds up who looks at it`, async () => {
      await assert.rejects(inside({ ...usual, [pid]: [namespace] }), (error) => {
        assert.ok(error instanceof TerrariumError);
        assert.equal(error.code, 'process-held-up');
        assert.match(error.problem, new RegExp(`Process ${pid} `));
        assert.notEqual(error.remedy, '');
        return true;
      });
    });

  it('does not look at processes of the machine’s own namespace', async () => {
    assert.deepEqual(await inside({ ...usual, 5: ['host'] }), [10, 11, 12]);
  });

  it('are refused where it shares the machine’s namespace', async () => {
    await assert.rejects(inside({ 10: ['host', 5] }), code('no-pid-namespace'));
  });

  it('take a thread for its process where that is not known', async () => {
    const silent = new BoundedReads(20, 1);
    await silent.ask(1, never);
    assert.equal(await processOf(process.pid, silent), process.pid);
    assert.equal(await processOf(2 ** 22 + 1), undefined, 'ended');
  });
});
