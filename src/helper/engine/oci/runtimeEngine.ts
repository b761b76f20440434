/** An installed runtime as an engine: `dev.terrarium.engine`. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import { isOnLayer } from '../../../core/config/scratchLayer';
import { TerrariumError } from '../../../core/errors';
import { engineWarnings } from '../../../core/sequence/startWarnings';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Engine } from '../shared/Engine';

function takesAllSteps(name: RuntimeName, bundle: Bundle): TerrariumError {
  return new TerrariumError(
    'not-stepwise',
    `“${escapeControlCharacters(bundle.name)}” is started by ${name}, which takes all steps itself and waits before none of them.`,
    'Remove the annotation dev.terrarium.engine from config.json, and the built-in engine starts it step by step.',
  );
}

/** What their starts load and starts of our own need not. */
const parts = {
  facts: () => import('../../../core/config/engineFacts'),
  launch: () => import('./launchRuntime'),
  exported: () => import('./exportRuntime'),
  cgroup: () => import('./requireOwnCgroup'),
};

/** Without the layer the container would change the rootfs. */
function requireNoLayer(name: RuntimeName, { name: bundle, config }: Bundle): void {
  if (!isOnLayer(config)) return;
  throw new TerrariumError(
    'layer-by-runtime',
    `“${escapeControlCharacters(bundle)}” is to start on a scratch layer, and ${name} makes none.`,
    'Remove the annotation dev.terrarium.engine from config.json for the built-in engine, or dev.terrarium.overlay for a start without a layer.',
  );
}

export function runtimeEngine(name: RuntimeName): Engine {
  return {
    name,
    needsOwnConsole: () => false, // the runtime opens it in the container's devpts
    async launch(bundle, facts, options) {
      requireNoLayer(name, bundle);
      if (options.steps) throw takesAllSteps(name, bundle);
      const { engineFacts } = await parts.facts();
      const warnings = [
        ...engineWarnings(bundle, await engineFacts(name), facts),
        ...(await options.rootfsWarnings()),
      ];
      for (const warning of warnings) options.onWarning?.(warning);
      const { launchRuntime } = await parts.launch();
      return launchRuntime(name, bundle, facts, options);
    },
    async exportScript(bundle, facts) {
      requireNoLayer(name, bundle);
      const [{ engineFacts }, { exportRuntime }, { requireOwnCgroup }] = await Promise.all([
        parts.facts(),
        parts.exported(),
        parts.cgroup(),
      ]);
      await requireOwnCgroup(bundle);
      return exportRuntime(await engineFacts(name), bundle, facts);
    },
  };
}
