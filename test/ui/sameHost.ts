/** That a suite leaves nothing on the machine, on which another file of ui tests runs at the same time. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { hostState } from '../system/containers';

/** What of the other file comes and goes is waited for so long, in milliseconds: it kills helpers. */
const othersMs = 15_000;

/** Nothing is there now that was not there before. */
export async function assertSameHost(before: ReturnType<typeof hostState>): Promise<void> {
  const deadline = Date.now() + othersMs;
  while (added(before).length > 0 && Date.now() < deadline) await delay(100);
  assert.deepEqual(added(before), [], 'the host is as it was');
}

/** A cgroup of runc's or crun's, which call it as the container: `engines.test.ts` looks after these. */
const isEngines = (folder: string) => /^\/sys\/fs\/cgroup\/.*\/box(\/|$)/.test(folder);

function added(before: ReturnType<typeof hostState>): string[] {
  return Object.entries(hostState()).flatMap(([what, all]) =>
    all
      .filter((one) => !before[what]!.includes(one) && !isEngines(one))
      .map((one) => `${what}: ${one}`),
  );
}
