/** `helper.js plan FOLDER`: the start as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../core/bundle/loadBundleOrFolder';
import { exportScript } from '../core/sequence/exportScript';
import { planStart } from '../core/sequence/planStart';
import type { FolderKind } from '../protocol/container';
import { runtimeOf } from '../core/config/engine';
import { exportRuntime } from './engine/exportRuntime';
import { requireOwnCgroup } from './engine/requireOwnCgroup';
import { gatherFacts } from './launch/gatherFacts';

/** @param kind what the caller says that the folder is */
export async function plan(folder: string, kind?: FolderKind): Promise<string> {
  const bundle = await loadBundleOrFolder(folder, kind);
  const facts = await gatherFacts(bundle);
  const runtime = runtimeOf(bundle.config);
  if (runtime) await requireOwnCgroup(bundle);
  return runtime
    ? exportRuntime(runtime, bundle, facts)
    : exportScript(bundle, planStart(bundle, facts), facts);
}
