/** The built-in engine: plans a start, and has it carried out by commands or by terrarium-init. */
import { chown } from 'node:fs/promises';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { type StartWay, startWay } from '../../../core/config/startWay';
import { exportScript } from '../../../core/sequence/exportScript';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { planStart } from '../../../core/sequence/planStart';
import { whyNoProgram } from '../../host/initProgram';
import type { Engine, LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { needsOwnConsole } from '../shared/ownConsole';
import { launchByCommands } from './launchByCommands';
import { launchByHand } from './launchByHand';
import { launchByProgram } from './launchByProgram';

export const builtin: Engine = {
  name: 'builtin',
  needsOwnConsole,
  launch,
  exportScript: (bundle, facts) =>
    Promise.resolve(exportScript(bundle, planStart(bundle, facts, 'commands'), facts)),
};

async function launch(
  bundle: Bundle,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  const { terminal } = options;
  const way = await possibleWay(bundle, options);
  const plan = planStart(bundle, { ...facts, ...(terminal ? { tty: terminal.path } : {}) }, way);
  for (const warning of plan.warnings) options.onWarning?.(warning);
  // The machine's group "tty" is nobody inside, and root there may only open what is somebody's.
  if (plan.rootInside && terminal) await chown(terminal.place, facts.uid, facts.gid);
  const carryOut = { program: launchByProgram, hand: launchByHand, commands: launchByCommands };
  return carryOut[plan.way](bundle, plan, facts, options);
}

/** By commands where the program cannot be executed here, and that is said. */
async function possibleWay({ config }: Bundle, options: LaunchOptions): Promise<StartWay> {
  const way = startWay(config);
  const why = way === 'program' ? await whyNoProgram() : undefined;
  if (why === undefined) return way;
  options.onWarning?.(`${why} So this start is carried out by commands of this machine.`);
  return 'commands';
}
