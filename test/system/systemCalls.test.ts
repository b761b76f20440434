/** The system calls that a start by steps tells of, held against what strace(1) sees of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { skipBecause } from '../skip';
import { type Workplace, usePlace } from './containers';
import { Served, graceMs, size } from './serving';

describe('system calls of a start', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  before(function () {
    if (spawnSync('strace', ['--version']).error) skipBecause(this, 'there is no strace');
  });
  afterEach(() => (place.starter = []));

  const rich = (config: OciConfig) => {
    config.process.oomScoreAdj = 100;
    config.process.rlimits = [{ type: 'RLIMIT_NOFILE', soft: 1000, hard: 4096 }];
    config.mounts.push(
      { destination: '/opt', type: 'bind', source: '/etc', options: ['rbind', 'ro', 'nosuid'] },
      { destination: '/etc/told', type: 'bind', source: '/etc/hostname', options: ['bind', 'ro'] },
      // There already: nothing is created.
      { destination: '/etc/passwd', type: 'bind', source: '/etc/passwd', options: ['bind', 'ro'] },
    );
    config.linux.sysctl = { 'kernel.msgmax': '4096' };
    config.linux.rootfsPropagation = 'rprivate';
  };

  for (const point of ['notes', 'safe'] as const)
    it(`are those of the plan, in its order (${point})`, async () => {
      const trace = path.join(place.folder, `${point}.strace`);
      place.starter = ['strace', '-f', '-qq', '-s', '256', '-o', trace];
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const bundle = await place.bundle('root', point, rich);
      const { id, console } = await client.rpc.request('start', {
        ...{ bundle, kind: 'bundle', stepwise: true, layer: point === 'notes', ...size },
      });
      const { steps } = await client.rpc.request('stepsOf', { id });
      const { results } = await client.rpc.request('advance', { id, to: steps.length });
      await (await client.attach(console)).shows(/\/ [$#]$/);
      await client.rpc.request('stop', { id, graceMs });
      await served.stop();
      const created = (name: string) =>
        results.some(({ calls }) =>
          calls.some(({ call }) => call.includes(`"${name}", O_WRONLY|O_CREAT`)),
        );
      assert.deepEqual(['told', 'passwd'].map(created), [true, false]);
      const told = results.flatMap(({ index, calls }) =>
        calls.map(({ call, answer }) => ({
          step: steps[index]!.id,
          line: plain(`${call} = ${answer}`),
        })),
      );
      assert.ok(told.length > 70, String(told.length));
      // The kernel's own answers, but for what comes behind "go".
      const expected = results.flatMap(({ calls }) => calls.filter((one) => one.isExpected));
      assert.deepEqual(
        expected.map(({ call }) => call.split('(')[0]),
        ['seccomp', 'execve'],
      );
      const seen = tracedLines(readFileSync(trace, 'utf8'));
      let at = 0;
      for (const { step, line } of told) {
        const found = seen.indexOf(line, at);
        assert.ok(
          found >= 0,
          `${step}: ${line}\nis not among those that follow:\n${seen.slice(at, at + 25).join('\n')}`,
        );
        at = found + 1;
      }
    });
});

/** What terrarium-init and the container call, one call a line, in the order in which they were begun. */
function tracedLines(text: string): string[] {
  const lines: string[] = [];
  const unfinished = new Map<string, number>();
  for (const one of text.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(one) ?? [];
    const [, begun] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    const [, resumed] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    if (begun !== undefined) unfinished.set(pid, lines.push(begun) - 1);
    else if (resumed !== undefined) {
      const index = unfinished.get(pid);
      if (index !== undefined) lines[index] = plain(lines[index]! + resumed);
    } else lines.push(plain(rest));
  }
  return lines;
}

/**
 * Without what differs from one machine to another: open(2) of another libc, pointers, how strace pads, its
 * doubts about a propagation of 0, and the length of an answer in words.
 */
function plain(line: string): string {
  return (
    line
      .replace(/\)\s+= /, ') = ')
      .replace(/^open\(/, 'openat(AT_FDCWD, ')
      .replace('|O_LARGEFILE', '')
      .replace(' /* MS_??? */', '')
      .replace(/, (?:0x[0-9a-f]+|\[) ?\/\* (\d+) vars \*\/\]?\)/, ', VARS $1)')
      .replace(/filter=.*\)/, 'filter)')
      // The source of a bind may come from a process beside PID 1, which counts its own (sources.c).
      .replace(/^(open_tree\(AT_FDCWD, .*, OPEN_TREE_CLOEXEC\) = )\d+$/, '$1N')
  );
}
