/** Tries something on this machine by running it. Used by the checks of this folder. */
import { execa } from 'execa';
import { visible } from '../../core/text/visible';
import { findTool, hostEnvironment } from '../launch/hostTools';

/** Longest that one try may take, in milliseconds. */
const within = 10_000;

export interface Attempt {
  readonly worked: boolean;
  /** The first line of what it said, safe to show. */
  readonly said: string;
}

export async function attempt(name: string, ...args: readonly string[]): Promise<Attempt> {
  const program = findTool(name);
  if (!program) return { worked: false, said: `there is no ${name}` };
  const result = await execa(program, args, {
    cwd: '/',
    env: hostEnvironment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    timeout: within,
    maxBuffer: 64 * 1024,
  });
  const said = visible(result.all.split('\n').find((line) => line.trim() !== '') ?? '');
  return { worked: !result.failed, said };
}
