/**
 * The capsh(1) of this machine, if it can start a program as its child. Asked by sessionArgv.ts and
 * by the check of that name.
 */
import { execa } from 'execa';
import { findTool, hostEnvironment } from './hostTools';

/** In its help: that of libcap 2.44 does not have it yet, and Ubuntu 22.04 has that. */
const launches = /^\s+-\+\s/m;

let found: string | undefined;

/** undefined where there is none, or an older one that only becomes another program itself. */
export async function forkingCapsh(): Promise<string | undefined> {
  if (found !== undefined) return found;
  const program = findTool('capsh');
  if (program === undefined) return undefined;
  // Its help ends with 1.
  const { all } = await execa(program, ['--help'], {
    cwd: '/',
    env: hostEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    maxBuffer: 64 * 1024,
  });
  if (launches.test(all)) found = program;
  return found;
}
