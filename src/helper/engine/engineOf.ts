/** Which engine a bundle is started by. The one place that knows them all. */
import { type EngineConfig, runtimeOf } from '../../core/config/engine';
import { builtin } from './builtin/launchBuiltin';
import type { Engine } from './shared/Engine';
import { runtimeEngine } from './oci/runtimeEngine';

export function engineOf(config: EngineConfig): Engine {
  const runtime = runtimeOf(config);
  return runtime === undefined ? builtin : runtimeEngine(runtime);
}
