/**
 * Records of what a killed `helper.js run` may leave, one each in a folder of its user, verified as those
 * of `serve`. A PID 1 that changes its user loses the signal that would end it with its helper
 * (PR_SET_PDEATHSIG(2const)).
 */
import path from 'node:path';
import { readdir } from '../../core/fs/files';
import { announceAlive, ownName } from '../processes/alive';
import { isLeftOver } from '../cgroup/cgroupName';
import { ownFolder } from '../host/ownFolder';
import { PidRecords } from './PidRecords';

const pattern = /^run-(\d+)-(\d+)-(\d+)\.json$/;

/** @throws TerrariumError `runtime-directory` */
export async function recordsOfRun(): Promise<PidRecords> {
  await announceAlive();
  const name = `run-${await ownName()}.json`;
  return new PidRecords(path.join(await ownFolder(), name));
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
