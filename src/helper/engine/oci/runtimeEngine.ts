/** An installed runtime as an engine: `dev.terrarium.engine`. */
import type { RuntimeName } from '../../../core/config/engine';
import { engineFacts } from '../../../core/config/engineFacts';
import { engineWarnings } from '../../../core/sequence/startWarnings';
import { rootfsWarnings } from '../shared/rootfsWarnings';
import type { Engine } from '../shared/Engine';
import { exportRuntime } from './exportRuntime';
import { requireOwnCgroup } from './requireOwnCgroup';

export function runtimeEngine(name: RuntimeName): Engine {
  return {
    name,
    needsOwnConsole: () => false, // the runtime opens it in the container's devpts
    async launch(bundle, facts, options) {
      const warnings = [
        ...engineWarnings(bundle, await engineFacts(name), facts),
        ...(await rootfsWarnings(bundle, facts)),
      ];
      for (const warning of warnings) options.onWarning?.(warning);
      const { launchRuntime } = await import('./launchRuntime'); // with execa, which starts of our own need not load
      return launchRuntime(name, bundle, facts, options);
    },
    async exportScript(bundle, facts) {
      await requireOwnCgroup(bundle);
      return exportRuntime(await engineFacts(name), bundle, facts);
    },
  };
}
