/** The exported script of every planned bundle, for its own test and for ShellCheck. */
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { TerrariumError } from '../../../../src/core/errors';
import { exportScript } from '../../../../src/core/sequence/exportScript';
import { planStart } from '../../../../src/core/sequence/planStart';
import type { StartPlan } from '../../../../src/core/sequence/step';
import { type PlannedBundle, plannedBundles } from './plannedBundles';
import { type Privilege, factsFor, privileges } from './plannedFacts';

export interface Exported {
  readonly script: string;
  readonly plan: StartPlan;
  readonly what: string;
}

function exported(planned: PlannedBundle, privilege: Privilege): Exported | undefined {
  const { config } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...planned.config }));
  const bundle = { path: '/b', name: 'box', rootfs: '/b/rootfs', config: config! };
  const facts = factsFor(privilege, planned);
  try {
    const plan = planStart(bundle, facts, 'script');
    const script = exportScript(bundle, plan, facts);
    return { script, plan, what: `${planned.name}, ${privilege}` };
  } catch (error) {
    if (error instanceof TerrariumError) return undefined; // plans.test.ts has why
    throw error;
  }
}

export function exportedScripts(): Exported[] {
  return plannedBundles.flatMap((bundle) =>
    privileges.flatMap((privilege) => exported(bundle, privilege) ?? []),
  );
}
