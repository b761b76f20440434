/** `helper.js plan BUNDLE`: the start as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../core/bundle/loadBundleOrFolder';
import { exportScript } from '../core/sequence/exportScript';
import { planStart } from '../core/sequence/planStart';
import { runtimeOf } from '../core/config/engine';
import { exportRuntime } from './engine/exportRuntime';
import { requireOwnCgroup } from './engine/requireOwnCgroup';
import { gatherFacts } from './launch/gatherFacts';

export async function plan(folder: string): Promise<string> {
  const bundle = await loadBundleOrFolder(folder);
  const facts = await gatherFacts(bundle);
  const runtime = runtimeOf(bundle.config);
  if (runtime) await requireOwnCgroup(bundle);
  return runtime
    ? exportRuntime(runtime, bundle, facts)
    : exportScript(bundle, planStart(bundle, facts), facts);
}
