/** Takes away what runtimes still keep of containers that ended with a killed helper. Called by serve.ts. */
import { execa } from 'execa';
import { findTool, hostEnvironment } from '../launch/hostTools';
import { personalEnvironment } from './launchRuntime';
import { sweepRuntimeFolders } from './runtimeFolder';

/** Ids that launchRuntime gives. */
const ours = /^terrarium-[0-9a-f]{16}$/;

/** What a runtime may take, in milliseconds: a helper that starts waits for it. */
const within = 5000;

/**
 * `delete` without --force: the runtime itself refuses what still runs, which may be another helper's.
 * @returns the ids that are gone, with their cgroups and state
 */
export async function sweepRuntimes(): Promise<string[]> {
  const env = {
    ...hostEnvironment,
    ...(process.geteuid!() === 0 ? {} : await personalEnvironment()),
  };
  const options = { env, extendEnv: false, reject: false, timeout: within } as const;
  const gone: string[] = [];
  const programs = ['runc', 'crun'].flatMap((name) => findTool(name) ?? []);
  for (const program of programs) {
    const { stdout = '' } = await execa(program, ['list', '-q'], options);
    for (const id of stdout.split('\n').filter((line) => ours.test(line))) {
      const { failed } = await execa(program, ['delete', id], options);
      if (!failed) gone.push(id);
    }
  }
  if (programs.length > 0) await sweepRuntimeFolders();
  return gone;
}
