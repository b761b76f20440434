/** The command of a further shell in a container of the built-in engine. Called through Engine.ts. */
import { TerrariumError } from '../../../core/errors';
import type { StartPlan } from '../../../core/sequence/step';
import type { SessionTarget, SessionCommand, SessionRequest } from '../shared/Engine';

/**
 * @throws TerrariumError `session-processes`, and a CommandError where the program is not there to be run
 */
export async function builtinSession(
  container: SessionTarget,
  plan: StartPlan,
  request: SessionRequest,
): Promise<SessionCommand> {
  if (plan.way === 'hand') {
    const { handSession } = await import('./handSession');
    return handSession(container, plan, request);
  }
  const { bundle } = container;
  const types = new Set(bundle.config.linux.namespaces.map(({ type }) => type));
  if (plan.unshare.types.includes('user')) types.add('user');
  if (types.has('user') && !types.has('pid')) {
    throw new TerrariumError(
      'session-processes',
      `“${bundle.name}” has users of its own and the host's processes: it would see a further shell before that has left the host's root.`,
      'Add { "type": "pid" } to linux.namespaces of config.json.',
    );
  }
  const { programSession } = await import('./programSession');
  return programSession(container, plan, types, request);
}
