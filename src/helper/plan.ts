/** `helper.js plan BUNDLE`: the start sequence as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../core/bundle/looksLikeRootfs';
import { exportScript } from '../core/sequence/exportScript';
import { planStart } from '../core/sequence/planStart';
import { gatherFacts } from './launch/gatherFacts';

export async function plan(folder: string): Promise<string> {
  const bundle = await loadBundleOrFolder(folder);
  const facts = await gatherFacts(bundle);
  return exportScript(bundle, planStart(bundle, facts), facts);
}
