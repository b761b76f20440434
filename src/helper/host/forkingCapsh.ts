/**
 * The capsh(1) of this machine, if it can start a program as its child. Asked by builtinSession.ts and
 * by the check of that name.
 */
import { findTool } from './hostTools';
import { runTool } from '../../core/fs/runTool';

/** In its help: that of libcap 2.44 does not have it yet, and Ubuntu 22.04 has that. */
const launches = /^\s+-\+\s/m;

let found: string | undefined;

/** undefined where there is none, or an older one that only becomes another program itself. */
export async function forkingCapsh(): Promise<string | undefined> {
  if (found !== undefined) return found;
  const program = findTool('capsh');
  if (program === undefined) return undefined;
  // Its help ends with 1.
  const { said } = await runTool(program, ['--help']);
  if (launches.test(said)) found = program;
  return found;
}
