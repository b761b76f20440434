/** What the suites of runc and crun share: whether one is here, and where it can run. */
import { spawnSync } from 'node:child_process';
import { cgroupLayout } from '../../src/core/cgroup/cgroupFacts';
import { skipBecause } from '../skip';
import { withCgroup2Alone } from './cgroups';
import type { Workplace } from './containers';

export function isInstalled(engine: string): boolean {
  return spawnSync(engine, ['--version']).error === undefined;
}

/** For Workplace.prefix: crun refuses a machine with cgroup v1 beside v2. */
export async function prefixFor(engine: string): Promise<string[]> {
  return engine === 'crun' && (await cgroupLayout()).layout === 'hybrid' ? withCgroup2Alone : [];
}

/**
 * For the suite around the call: skips it where the engine is not here.
 * @param placeOf asked once the hooks of the suites around it have run
 */
export function useEngine(engine: 'runc' | 'crun', placeOf: () => Workplace | undefined): void {
  before(async function () {
    if (!isInstalled(engine)) skipBecause(this, `no ${engine} here`);
    placeOf()!.prefix = await prefixFor(engine);
  });
  after(() => {
    const place = placeOf();
    if (place) place.prefix = [];
  });
}
