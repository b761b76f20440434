/** Looks before "go" whether PID 1 leads its session. Called by the launcher. */
import { readFile } from '../../../core/fs/files';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { parseStat } from '../../../core/procfs/parseStat';
import { endAsNotPlanned } from './notAsPlanned';

/** Who leads a session leads its process group too (setsid(2)). @throws TerrariumError `not-as-planned` */
export async function verifySession(bundle: Bundle, hostPid: number): Promise<void> {
  const { session } = parseStat(await readFile(`/proc/${hostPid}/stat`));
  if (session !== hostPid) endAsNotPlanned(bundle, 'its PID 1 leads no session of its own');
}
