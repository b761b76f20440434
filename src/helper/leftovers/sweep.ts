/**
 * Removes what a killed helper leaves: processes, cgroups, a runtime's state, sockets. Called by `serve`
 * before it listens, and by `run`.
 */
import { messageOf } from '../../core/errors';
import { sweepSockets } from '../processes/alive';
import type { PidRecords } from './PidRecords';
import { sweepRuns } from './runRecords';
import { sweepCgroups } from './sweepCgroups';
import { sweepRuntimes } from './sweepRuntimes';

/**
 * A failed sweep prevents no start: a container may have caused the failure.
 * @param warn told what was killed, and what could not be removed
 * @param records of an earlier helper with the same socket
 */
export async function sweep(warn: (text: string) => void, records?: PidRecords): Promise<void> {
  const attempt = async (what: string, one: () => Promise<void>) => {
    try {
      await one();
    } catch (error) {
      warn(`${what}: ${messageOf(error)}`);
    }
  };
  const tellKilled = (pids: number[], what: string) => {
    for (const pid of pids) warn(`Process ${pid} had outlived ${what}, and was killed.`);
  };
  await attempt('Nothing is known of an earlier helper', async () => {
    if (records) tellKilled(await records.sweep(), 'an earlier helper');
  });
  await attempt('Nothing is known of earlier runs', async () => {
    tellKilled(await sweepRuns(), 'an earlier run');
  });
  await attempt('Cgroups of an earlier helper stay', sweepCgroups);
  await attempt('A runtime keeps what an earlier helper left', async () => {
    for (const id of await sweepRuntimes())
      warn(`${id} had outlived an earlier helper in its runtime, and was deleted.`);
  });
  await attempt('Sockets of earlier helpers stay', sweepSockets);
}
