// All of a session is killed in the right order, also where processes hold up who looks at them.
import assert from 'node:assert/strict';
import { parseStat } from '../../../../src/core/procfs/parseStat';
import { killSession } from '../../../../src/helper/server/killSession';

interface Process {
  readonly ppid: number;
  readonly session: number;
  readonly startTime?: number;
  /** Nobody gets its stat. */
  readonly silent?: true;
  readonly state?: string;
  readonly threads?: number;
}

const stat = (pid: number, { ppid, session, startTime = 1, state = 'S', threads = 1 }: Process) =>
  parseStat(
    Buffer.from(
      `${pid} (x) ${state} ${ppid} ${session} ${session} 0 -1 0 ${'0 '.repeat(10)}${threads} 0 ${startTime} ${'0 '.repeat(30)}`,
    ),
  );

/** @param afterLook changes the machine between a look and the kill */
function machine(processes: Record<number, Process>, afterLook?: () => void) {
  const now = new Map(Object.entries(processes).map(([pid, one]) => [Number(pid), one]));
  const sent: string[] = [];
  let looks = 0;
  const asked: number[] = [];
  return {
    now,
    sent,
    asked,
    pids: () => {
      looks++;
      return Promise.resolve([...now.keys()]);
    },
    stat: (pid: number) => {
      asked.push(pid);
      const one = now.get(pid);
      const isLast = pid === [...now.keys()].at(-1);
      const answer = one ? (one.silent ? undefined : stat(pid, one)) : ('gone' as const);
      if (looks === 1 && isLast) afterLook?.();
      return Promise.resolve(answer);
    },
    childrenOf: (pid: number) =>
      Promise.resolve([...now].filter(([, { ppid }]) => ppid === pid).map(([child]) => child)),
    kill: (pid: number, signal = 'SIGKILL') => {
      sent.push(`${signal} ${pid}`);
      if (signal === 'SIGKILL') now.delete(pid);
    },
  };
}

const no = () => false;

/** 10 is what waits on the host, 20 leads the session inside. */
const usual: Record<number, Process> = {
  1: { ppid: 0, session: 1 },
  10: { ppid: 5, session: 10 },
  20: { ppid: 10, session: 20 },
  21: { ppid: 20, session: 20 },
  22: { ppid: 1, session: 20 }, // a job whose parent has ended
  30: { ppid: 1, session: 30 },
};

describe('killSession', () => {
  it('kills what is inside, and lets what waits for it on the host go on to reap it', async () => {
    const here = machine(usual);
    await killSession([10], no, here);
    assert.deepEqual(here.sent, ['SIGKILL 20', 'SIGKILL 21', 'SIGKILL 22', 'SIGCONT 10']);
  });

  it('kills what waits where nothing is inside any more', async () => {
    const here = machine({ 10: usual[10]!, 20: { ppid: 10, session: 20, state: 'Z' } });
    await killSession([10], no, here);
    assert.deepEqual(here.sent, ['SIGKILL 10']);
  });

  it('kills one whose main thread alone has ended', async () => {
    const process = { ppid: 10, session: 20, state: 'Z', threads: 2 };
    const here = machine({ 10: usual[10]!, 20: process });
    await killSession([10], no, here);
    assert.deepEqual(here.sent, ['SIGKILL 20', 'SIGCONT 10']);
  });

  it('kills one that holds up who looks at it, and what waits for it', async () => {
    const here = machine({ ...usual, 20: { ...usual[20]!, silent: true } });
    await killSession([10], no, here);
    assert.ok(here.sent.includes('SIGKILL 20'), here.sent.join());
    assert.ok(here.sent.includes('SIGKILL 21'), here.sent.join());
    assert.equal(here.sent.at(-1), 'SIGKILL 10');
    assert.ok(!here.sent.some((one) => / (1|30)$/.test(one)), here.sent.join());
    assert.equal(here.asked.filter((pid) => pid === 20).length, 1, 'asked once');
  });

  it('kills what it knows by its parents where nobody can be looked at', async () => {
    const all = Object.entries(usual).map(([pid, one]) => [pid, { ...one, silent: true as const }]);
    const here = machine(Object.fromEntries(all) as Record<number, Process>);
    await killSession([10], no, here);
    assert.deepEqual(here.sent, ['SIGKILL 20', 'SIGKILL 21', 'SIGKILL 10']);
  });

  it('leaves processes of others alone that hold up who looks at them', async () => {
    const here = machine({ ...usual, 30: { ...usual[30]!, silent: true } });
    await killSession([10], no, here);
    assert.ok(!here.sent.includes('SIGKILL 30'));
    assert.equal(here.sent.at(-1), 'SIGKILL 10');
  });

  it('kills none that took the number of one during the look', async () => {
    const here = machine(usual, () => {
      here.now.set(21, { ppid: 1, session: 30, startTime: 2 });
    });
    await killSession([10], no, here);
    assert.deepEqual(here.sent, ['SIGKILL 20', 'SIGKILL 22', 'SIGCONT 10']);
  });

  it('sends nothing to the number of what waited once that was reaped', async () => {
    let isOver = false;
    const here = machine(usual, () => (isOver = true));
    await killSession([10], () => isOver, here);
    assert.deepEqual(here.sent, ['SIGKILL 20', 'SIGKILL 21', 'SIGKILL 22']);
  });
});
