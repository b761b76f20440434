/** How the first program of a further shell ended, where Node has spawned it. Used by joinOnMaster.ts and by Session.ts. */
import type { ChildProcess } from 'node:child_process';
import type { SessionExit } from './Engine';

/** Never rejects. */
export function exitOfProgram(child: ChildProcess): Promise<SessionExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
