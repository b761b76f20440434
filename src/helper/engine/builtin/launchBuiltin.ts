/** The built-in engine: plans a start, and has it carried out by terrarium-init, or by hand. */
import { promises as files } from 'node:fs';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { TerrariumError } from '../../../core/errors';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { planStart } from '../../../core/sequence/planStart';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { whyNoProgram, withoutProgram } from '../../host/initProgram';
import type { Engine, LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { needsOwnConsole } from '../shared/ownConsole';
import { launchByProgram } from './launchByProgram';

export const builtin: Engine = {
  name: 'builtin',
  needsOwnConsole,
  launch,
  async exportScript(bundle, facts) {
    // Nothing of it is for a start.
    const { exportScript } = await import('../../../core/sequence/exportScript');
    const { scriptFacts } = await import('../../../core/sequence/scriptFacts');
    return exportScript(bundle, planStart(bundle, await scriptFacts(facts), 'script'), facts);
  },
};

async function launch(
  bundle: Bundle,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  const { terminal, plan: planned = planStart } = options;
  const plan = planned(bundle, terminal ? onTerminal(facts, terminal.path) : facts);
  if (plan.way === 'program') requireProgram(bundle);
  for (const warning of plan.warnings) options.onWarning?.(warning);
  // The machine's group "tty" is nobody inside, and root there may only open what is somebody's.
  if (plan.rootInside && terminal) await files.chown(terminal.place, facts.uid, facts.gid);
  if (plan.way === 'program') return launchByProgram(bundle, plan, facts, options);
  const { launchByHand } = await import('./launchByHand');
  return launchByHand(bundle, plan, facts, options);
}

const onTerminals = new WeakMap<HostFacts, HostFacts & { readonly tty: string }>();

/** The same object for the same terminal: keptPlans.ts compares that first. */
function onTerminal(facts: HostFacts, tty: string): HostFacts {
  const known = onTerminals.get(facts);
  if (known?.tty === tty) return known;
  const made = { ...facts, tty };
  onTerminals.set(facts, made);
  return made;
}

/** @throws TerrariumError `no-start-program` */
function requireProgram({ name }: Bundle): void {
  const why = whyNoProgram();
  if (why === undefined) return;
  throw new TerrariumError(
    'no-start-program',
    `“${escapeControlCharacters(name)}” did not start: ${escapeControlCharacters(why)}`,
    withoutProgram,
  );
}
