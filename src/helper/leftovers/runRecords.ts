/**
 * Records of what a killed `helper.js run` may leave, one each in a folder of its user, verified as those
 * of `serve`. A PID 1 that changes its user loses the signal that would end it with its helper
 * (PR_SET_PDEATHSIG(2const)).
 */
import path from 'node:path';
import { readdir } from '../../core/fs/files';
import { claimName, ownName } from '../processes/alive';
import { isLeftOver } from '../cgroup/cgroupName';
import { ownFolder } from '../host/ownFolder';
import { PidRecords, identifyNow } from './PidRecords';

const pattern = /^run-(\d+)-(\d+)-(\d+)\.json$/;

/**
 * @param isInit whether PID 1 is terrarium-init still when it is recorded: nothing of a container holds a read of it then
 * @throws TerrariumError `runtime-directory`
 */
export async function recordsOfRun(isInit: boolean): Promise<PidRecords> {
  const folder = path.dirname(await claimName());
  const file = path.join(folder, `run-${await ownName()}.json`);
  return isInit ? new PidRecords(file, identifyNow) : new PidRecords(file);
}

/** @returns the PIDs that were killed */
export async function sweepRuns(): Promise<number[]> {
  const folder = await ownFolder();
  const killed: number[] = [];
  for (const name of await readdir(folder)) {
    if (!(await isLeftOver(name, pattern))) continue;
    killed.push(...(await new PidRecords(path.join(folder, name)).sweep()));
  }
  return killed;
}
